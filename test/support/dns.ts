/** DNS messages, written and read without the library that the product uses. Reading is strict: it throws. */

/** What a query may contain; the defaults are those of a plain stub resolver. */
export interface QueryOptions {
  id?: number;
  flags?: number;
  type?: number;
  class?: number;
  /** The OPT record: its class (UDP payload), its TTL's parts and its options, as bytes. */
  edns?: { udpPayload?: number; version?: number; flags?: number; options?: number[] };
  /** Octets after the question, and the counts for them: answers, authorities, additionals. */
  after?: { octets: number[]; counts: [number, number, number] };
}

/** A name as octets; `\DDD` is an octet. */
export function nameOctets(name: string): number[] {
  const octets: number[] = [];
  for (const label of name === "" ? [] : name.split(".")) {
    const text = label.replace(/\\(\d{3})/g, (_, code: string) => String.fromCharCode(Number(code)));
    octets.push(text.length, ...[...text].map((character) => character.charCodeAt(0)));
  }
  return [...octets, 0];
}

const u16 = (value: number) => [(value >> 8) & 0xff, value & 0xff];

/** A query for a name. */
export function queryOf(name: string, options: QueryOptions = {}): Uint8Array<ArrayBuffer> {
  const { id = 0, flags = 0x0100, type = 16, class: klass = 1, edns, after } = options;
  const [an, ns, ar] = after?.counts ?? [0, 0, 0];
  const opt = edns === undefined ? [] : optOctets(edns);
  return new Uint8Array([
    ...[id, flags, 1, an, ns, ar + (edns === undefined ? 0 : 1)].flatMap(u16),
    ...nameOctets(name),
    ...u16(type),
    ...u16(klass),
    ...(after?.octets ?? []),
    ...opt,
  ]);
}

function optOctets({ udpPayload = 1232, version = 0, flags = 0, options = [] }: NonNullable<QueryOptions["edns"]>) {
  return [0, ...u16(41), ...u16(udpPayload), 0, version, ...u16(flags), ...u16(options.length), ...options];
}

/** A resource record; TXT data as its strings, other data as bytes. */
export interface Rr {
  name: string;
  type: number;
  class: number;
  ttl: number;
  data: Uint8Array;
  strings: string[];
}

export interface Message {
  id: number;
  qr: boolean;
  opcode: number;
  aa: boolean;
  tc: boolean;
  rd: boolean;
  ra: boolean;
  ad: boolean;
  cd: boolean;
  /** With EDNS, the extended RCODE. */
  rcode: number;
  questions: { name: string; type: number; class: number }[];
  answers: Rr[];
  authorities: Rr[];
  additionals: Rr[];
  opt: { udpPayload: number; version: number; dnssecOk: boolean; options: { code: number; length: number }[] } | null;
}

/** How many names are at the beginning of a type's data: NS, SOA. */
const NAMES_IN_DATA: Readonly<Record<number, number>> = { 2: 1, 6: 2 };

/** Reads a response. @throws if an octet is not as in the RFCs */
export function readMessage(bytes: Uint8Array): Message {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 12;
  /** A pointer leads back to where a name or one of its labels began, and ends its name (RFC 1035 §4.1.4). */
  const begun = new Set<number>();
  const name = (): string => {
    const labels: string[] = [];
    const start = at;
    let end = 0;
    for (;;) {
      const from = at;
      const length = view.getUint8(at++);
      if (length === 0) break;
      if (length >= 0xc0) {
        const to = ((length & 0x3f) << 8) | view.getUint8(at++);
        if (!begun.has(to) || to >= start) throw new Error(`a pointer from ${from} to ${to}, where no name begins`);
        end ||= at;
        at = to;
        continue;
      }
      if (length > 63) throw new Error(`a label of ${length} octets`);
      if (end === 0) begun.add(from);
      labels.push(
        String.fromCharCode(...bytes.subarray(at, at + length)).replace(
          /[^!-~]|[.\\]/g,
          (octet) => `\\${String(octet.charCodeAt(0)).padStart(3, "0")}`,
        ),
      );
      at += length;
    }
    if (labels.reduce((octets, label) => octets + 1 + label.replace(/\\\d{3}/g, ".").length, 1) > 255)
      throw new Error("a name of more than 255 octets");
    if (end !== 0) at = end;
    return labels.join(".");
  };
  const rr = (): Rr => {
    const owner = name();
    const [type, klass, ttl, length] = [
      view.getUint16(at),
      view.getUint16(at + 2),
      view.getUint32(at + 4),
      view.getUint16(at + 8),
    ];
    at += 10;
    const end = at + length;
    if (end > bytes.length) throw new Error("data beyond the message's end");
    // Names within data may be pointers too (RFC 1035 §3.3); here they are written out.
    const names = Array.from({ length: NAMES_IN_DATA[type] ?? 0 }, () => nameOctets(name())).flat();
    if (at > end) throw new Error("a name beyond its record's end");
    const data = new Uint8Array([...names, ...bytes.subarray(at, end)]);
    at = end;
    return { name: owner, type, class: klass, ttl, data, strings: type === 16 ? stringsOf(data) : [] };
  };
  const flags = view.getUint16(2);
  const counts = [4, 6, 8, 10].map((offset) => view.getUint16(offset));
  const many = <Item>(count: number, read: () => Item) => Array.from({ length: count }, read);
  const questions = many(counts[0]!, () => {
    const asked = name();
    at += 4;
    return { name: asked, type: view.getUint16(at - 4), class: view.getUint16(at - 2) };
  });
  const [answers, authorities, additionals] = [many(counts[1]!, rr), many(counts[2]!, rr), many(counts[3]!, rr)];
  if (at !== bytes.length) throw new Error(`${bytes.length - at} octets left over`);
  if ((flags & 0x0040) !== 0) throw new Error("the reserved bit is set");
  const opts = additionals.filter(({ type }) => type === 41);
  if (opts.length > 1) throw new Error("more than one OPT");
  const [found] = opts;
  if (found !== undefined && found.name !== "") throw new Error("OPT is not the root's");
  return {
    id: view.getUint16(0),
    qr: (flags & 0x8000) !== 0,
    opcode: (flags >> 11) & 0xf,
    aa: (flags & 0x0400) !== 0,
    tc: (flags & 0x0200) !== 0,
    rd: (flags & 0x0100) !== 0,
    ra: (flags & 0x0080) !== 0,
    ad: (flags & 0x0020) !== 0,
    cd: (flags & 0x0010) !== 0,
    rcode: (flags & 0xf) + (found === undefined ? 0 : (found.ttl >>> 24) << 4),
    questions,
    answers,
    authorities,
    additionals,
    opt:
      found === undefined
        ? null
        : {
            udpPayload: found.class,
            version: (found.ttl >>> 16) & 0xff,
            dnssecOk: (found.ttl & 0x8000) !== 0,
            options: optionsOf(found.data),
          },
  };
}

function stringsOf(data: Uint8Array): string[] {
  const strings: string[] = [];
  let at = 0;
  while (at < data.length) {
    const length = data[at]!;
    if (at + 1 + length > data.length) throw new Error("a string beyond its record's end");
    strings.push(new TextDecoder("latin1").decode(data.subarray(at + 1, at + 1 + length)));
    at += 1 + length;
  }
  if (strings.length === 0) throw new Error("a TXT record without a string");
  return strings;
}

function optionsOf(data: Uint8Array): { code: number; length: number }[] {
  const options: { code: number; length: number }[] = [];
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let at = 0; at < data.length; ) {
    const [code, length] = [view.getUint16(at), view.getUint16(at + 2)];
    at += 4 + length;
    if (at > data.length) throw new Error("an option beyond its record's end");
    options.push({ code, length });
  }
  return options;
}

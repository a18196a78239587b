/** The layout of a DNS message (RFC 1035 §4.1), read octet by octet. */

export const HEADER_OCTETS = 12;
/** RFC 1035 §2.3.4: the octets of a name, including its length octets and the root's. */
const LONGEST_NAME = 255;
const OPT = 41;

/** The question of a message. */
export interface Asked {
  /** In presentation form, as {@link readName} returns it. */
  name: string;
  type: number;
  class: number;
  /** Unchanged from the message. */
  octets: Uint8Array;
}

/** The question of a message that has exactly one; null: it has not exactly one, or is not well-formed. */
export function readQuestion(bytes: Uint8Array): Asked | null {
  const view = viewOf(bytes);
  if (bytes.length < HEADER_OCTETS || view.getUint16(4) !== 1) return null;
  const name = readName(bytes, HEADER_OCTETS);
  if (name === null || name.end + 4 > bytes.length) return null;
  return {
    name: name.text,
    type: view.getUint16(name.end),
    class: view.getUint16(name.end + 2),
    octets: bytes.subarray(HEADER_OCTETS, name.end + 4),
  };
}

/**
 * The name of a question, in presentation form without a dot at the end. Octets that are not printable ASCII, dots and
 * backslashes are written `\DDD` (RFC 1035 §5.1). Null: it is not well-formed, or has a pointer, which has nothing to point to
 * before the first name.
 */
export function readName(bytes: Uint8Array, start: number): { text: string; end: number } | null {
  let text = "";
  let at = start;
  for (;;) {
    const length = bytes[at++];
    if (length === undefined) return null;
    if (length === 0) return { text, end: at };
    if (length > 63 || at + length - start >= LONGEST_NAME || at + length > bytes.length) return null;
    if (text !== "") text += ".";
    for (const octet of bytes.subarray(at, at + length)) text += escaped(octet);
    at += length;
  }
}

function escaped(octet: number): string {
  const plain = octet > 0x20 && octet < 0x7f && octet !== 0x2e && octet !== 0x5c;
  return plain ? String.fromCharCode(octet) : `\\${String(octet).padStart(3, "0")}`;
}

/** An OPT record (RFC 6891 §6.1) in a message. */
export interface Opt {
  section: "answer" | "authority" | "additional";
  /** Whether its owner is the root, as it must be. */
  ofRoot: boolean;
  udpPayload: number;
  extendedRcode: number;
  version: number;
  flags: number;
  /** The codes of its options. */
  options: number[];
  /** Where its options begin, and where it ends. */
  data: number;
  end: number;
}

/**
 * Finds the OPT records in all sections of a message. `whole`: false if a record or an option is cut off, a count does not
 * match, or octets are left over; `opts` then has what was found before.
 */
export function readOpts(bytes: Uint8Array): { opts: Opt[]; whole: boolean } {
  const opts: Opt[] = [];
  return { whole: walk(bytes, opts), opts };
}

function walk(bytes: Uint8Array, opts: Opt[]): boolean {
  if (bytes.length < HEADER_OCTETS) return false;
  const view = viewOf(bytes);
  let at = HEADER_OCTETS;
  for (let left = view.getUint16(4); left > 0; left--) {
    const end = skipName(bytes, at);
    if (end === null) return false;
    at = end + 4;
  }
  for (const [index, section] of (["answer", "authority", "additional"] as const).entries()) {
    for (let left = view.getUint16(6 + 2 * index); left > 0; left--) {
      const fields = skipName(bytes, at);
      if (fields === null || fields + 10 > bytes.length) return false;
      const data = fields + 10;
      const end = data + view.getUint16(fields + 8);
      if (end > bytes.length) return false;
      if (view.getUint16(fields) === OPT) {
        const options = readOptions(view, data, end);
        opts.push({
          section,
          ofRoot: fields === at + 1,
          udpPayload: view.getUint16(fields + 2),
          extendedRcode: view.getUint8(fields + 4),
          version: view.getUint8(fields + 5),
          flags: view.getUint16(fields + 6),
          options: options ?? [],
          data,
          end,
        });
        if (options === null) return false;
      }
      at = end;
    }
  }
  return at === bytes.length;
}

/** RFC 6891 §6.1.2: code, length and data, one after the other. Null: they do not fit. */
function readOptions(view: DataView, start: number, end: number): number[] | null {
  const codes: number[] = [];
  let at = start;
  while (at + 4 <= end) {
    codes.push(view.getUint16(at));
    at += 4 + view.getUint16(at + 2);
  }
  return at === end ? codes : null;
}

/** Where the octets of a name end. A pointer (RFC 1035 §4.1.4) ends a name, and is not followed. */
function skipName(bytes: Uint8Array, start: number): number | null {
  let at = start;
  for (;;) {
    const length = bytes[at++];
    if (length === undefined || at - start > LONGEST_NAME) return null;
    if (length === 0) return at;
    if (length >= 0xc0) return at < bytes.length ? at + 1 : null;
    if (length > 63) return null;
    at += length;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

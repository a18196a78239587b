/** The layout of a DNS message (RFC 1035 §4.1), checked octet by octet before a library reads its values. */

const HEADER_OCTETS = 12;
/** RFC 1035 §2.3.4: a name's octets with their length octets and the root's. */
const LONGEST_NAME = 255;
const OPT = 41;

/**
 * The name of a question, in presentation form without a dot at its end; octets that are no printable ASCII, dots and
 * backslashes are written `\DDD` (RFC 1035 §5.1). Null where it is not well-formed. A pointer is not: before the first
 * name there is none to point to.
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

/** The section of each OPT record in a message. */
export type OptSections = ("answer" | "authority" | "additional")[];

/**
 * Walks the sections of a message with one question. Null where a record or an option is cut off, a count says more or
 * less than there is, or octets are left over.
 */
export function findOpts(bytes: Uint8Array): OptSections | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const question = skipName(bytes, HEADER_OCTETS);
  if (question === null) return null;
  const opts: OptSections = [];
  let at = question + 4;
  for (const [index, section] of (["answer", "authority", "additional"] as const).entries()) {
    for (let left = view.getUint16(6 + 2 * index); left > 0; left--) {
      const fields = skipName(bytes, at);
      if (fields === null || fields + 10 > bytes.length) return null;
      const data = fields + 10;
      at = data + view.getUint16(fields + 8);
      if (at > bytes.length) return null;
      if (view.getUint16(fields) !== OPT) continue;
      if (!optionsFit(view, data, at)) return null;
      opts.push(section);
    }
  }
  return at === bytes.length ? opts : null;
}

/** RFC 6891 §6.1.2: code, length and data, one after the other. */
function optionsFit(view: DataView, start: number, end: number): boolean {
  let at = start;
  while (at + 4 <= end) at += 4 + view.getUint16(at + 2);
  return at === end;
}

/** Where the octets of a name end; pointers (RFC 1035 §4.1.4) end a name and are not followed. */
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

/** The two numbers of an ECDSA signature, big-endian, with the leading 0 that DER gives to those that would look negative. */
export interface EcdsaSignature {
  r: Uint8Array;
  s: Uint8Array;
}

/**
 * Reads an ECDSA signature as passkeys make it: `SEQUENCE { r INTEGER, s INTEGER }` in DER (RFC 3279 §2.2.3). Throws at
 * anything else.
 */
export function readEcdsaSignature(bytes: Uint8Array): EcdsaSignature {
  const all = element(bytes, SEQUENCE);
  const r = element(all.value, INTEGER);
  const s = element(r.rest, INTEGER);
  if (all.rest.length > 0 || s.rest.length > 0) throw new Error("more follows upon an ECDSA signature");
  return { r: r.value, s: s.value };
}

const SEQUENCE = 0x30;
const INTEGER = 0x02;

/** X.690 §8.1.3: a length below 128 is one byte. For longer signatures, a byte first says how many bytes follow: one. */
function element(bytes: Uint8Array, tag: number): { value: Uint8Array; rest: Uint8Array } {
  const isLong = bytes[1] === 0x81;
  const start = isLong ? 3 : 2;
  const length = bytes[start - 1] ?? 0;
  const end = start + length;
  if (bytes[0] !== tag || length === 0 || length > 127 !== isLong || end > bytes.length)
    throw new Error("this is no ECDSA signature in DER");
  return { value: bytes.subarray(start, end), rest: bytes.subarray(end) };
}

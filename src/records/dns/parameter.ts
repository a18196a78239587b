/** By prefix. Only Base64 depends on case, which resolvers may change (draft-vixie-dnsext-dns0x20). */
const DECODERS: Readonly<Record<string, (text: string) => Uint8Array | null>> = {
  "b32-": fromBase32,
  "b64-": fromBase64Url,
  "hex-": fromHex,
};
const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
const KEY_LABEL = /^[a-z0-9_-]{1,63}$/;

/**
 * The label of a record's key that a parameter in a name stands for: itself in lower case, or what `b32-`, `b64-` (RFC 4648 §6
 * and §5, without padding) or `hex-` encode. Null: it does not decode to a label.
 *
 * @param label as it was asked for, since case matters in Base64
 */
export function keyLabelOf(label: string): string | null {
  const lower = label.toLowerCase();
  const decode = DECODERS[lower.slice(0, 4)];
  if (decode === undefined) return lower;
  const bytes = decode(label.slice(4));
  if (bytes === null) return null;
  const text = String.fromCharCode(...bytes).toLowerCase();
  return KEY_LABEL.test(text) ? text : null;
}

/** The bytes of Base32 without padding, in any case (RFC 4648 §6); null: it is not well-formed. */
function fromBase32(text: string): Uint8Array | null {
  const bytes: number[] = [];
  let [bits, held] = [0, 0];
  for (const character of text.toLowerCase()) {
    const value = BASE32.indexOf(character);
    if (value < 0) return null;
    held = (held << 5) | value;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push(held >> bits);
    held &= (1 << bits) - 1;
  }
  // The remaining bits must be fewer than a character's, and zero, so that a text has only one spelling.
  return bits < 5 && held === 0 ? new Uint8Array(bytes) : null;
}

function fromHex(text: string): Uint8Array | null {
  return /^([0-9a-f]{2})+$/i.test(text) ? Uint8Array.fromHex(text) : null;
}

/** The bytes of Base64url without padding (RFC 4648 §5); null: it is not well-formed. */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[\w-]+$/.test(text)) return null;
  try {
    return Uint8Array.fromBase64(text, { alphabet: "base64url" });
  } catch {
    return null; // a length that no bytes encode to
  }
}

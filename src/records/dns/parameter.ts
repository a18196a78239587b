const KEY_LABEL = /^[a-z0-9_-]{1,63}$/;

/**
 * The label of a record's key that a parameter of a name stands for: itself in lower case, or what `b64-` (Base64url
 * without padding) or `hex-` spell. Null where that does not decode to a label.
 *
 * @param label as it was asked for: case counts in Base64
 */
export function keyLabelOf(label: string): string | null {
  const lower = label.toLowerCase();
  if (!lower.startsWith("b64-") && !lower.startsWith("hex-")) return lower;
  const spelled = label.slice("b64-".length);
  const bytes = lower.startsWith("hex-") ? fromHex(spelled) : fromBase64Url(spelled);
  if (bytes === null) return null;
  const text = String.fromCharCode(...bytes).toLowerCase();
  return KEY_LABEL.test(text) ? text : null;
}

function fromHex(text: string): Uint8Array | null {
  return /^([0-9a-f]{2})+$/i.test(text) ? Uint8Array.fromHex(text) : null;
}

/** The bytes of Base64url without padding (RFC 4648 §5); null where it is not well-formed. */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[\w-]+$/.test(text)) return null;
  try {
    return Uint8Array.fromBase64(text, { alphabet: "base64url" });
  } catch {
    return null; // a length that no bytes have
  }
}

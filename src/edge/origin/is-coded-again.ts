/**
 * Whether a decoder's output is in the same coding once more, judged by how it begins. A coding that is named twice may have
 * been applied twice, or named by two servers and applied by one.
 */
export function isCodedAgain(coding: string, start: Uint8Array): boolean {
  switch (coding) {
    case "gzip":
      return beginsWith(start, [0x1f, 0x8b]);
    case "zstd":
      return beginsWith(start, [0x28, 0xb5, 0x2f, 0xfd]);
    case "deflate":
      // RFC 1950 §2.2: CM = 8, and FCHECK makes it a multiple of 31.
      return start.byteLength > 1 && (start[0]! & 0x0f) === 8 && (start[0]! * 256 + start[1]!) % 31 === 0;
    default:
      // Brotli has no signature. But it is not text, and hardly anything else is labelled with it twice.
      return !isText(start);
  }
}

function beginsWith(start: Uint8Array, mark: readonly number[]): boolean {
  return mark.every((byte, at) => start[at] === byte);
}

function isText(start: Uint8Array): boolean {
  const text = new TextDecoder().decode(start, { stream: true });
  return !/[\0-\x08\x0e-\x1f\ufffd]/.test(text);
}

/** CRC-32 as in ISO 3309 and PNG (polynomial 0xEDB88320, reflected), of a text's UTF-8 bytes; unsigned. */
export function crc32(text: string): number {
  let crc = 0xffff_ffff;
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb8_8320 : 0);
  }
  return ~crc >>> 0;
}

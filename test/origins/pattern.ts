/**
 * Bytes from `start` up to `end` (exclusive) of an endless pattern in which every four bytes (at a multiple of four)
 * name their own position: a byte that is lost, doubled or out of place shows.
 */
export function pattern(start: number, end: number): Buffer {
  const first = Math.floor(start / 4);
  const words = new Uint32Array(Math.ceil(end / 4) - first);
  for (let i = 0; i < words.length; i++) words[i] = Math.imul(first + i, 0x9e3779b1);
  return Buffer.from(words.buffer).subarray(start - first * 4, end - first * 4);
}

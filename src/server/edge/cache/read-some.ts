import type { BodyReader } from "../../../edge/body/body-reader.ts";

/** Reads to the end, or until more than `bound` bytes have come. */
export async function readSome(reader: BodyReader, bound: number): Promise<{ chunks: Uint8Array[]; isEnd: boolean }> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  while (size <= bound) {
    const chunk = await reader.next();
    if (chunk === null) return { chunks, isEnd: true };
    chunks.push(chunk.slice());
    size += chunk.byteLength;
  }
  return { chunks, isEnd: false };
}

/** Concatenates chunks. */
export function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((size, { byteLength }) => size + byteLength, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

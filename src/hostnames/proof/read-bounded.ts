/** The whole body, if it has at most `limit` bytes; null: it has more, and is not read any further. */
export async function readBounded(body: ReadableStream<Uint8Array> | null, limit: number): Promise<Uint8Array | null> {
  if (body === null) return new Uint8Array();
  const reader = body.getReader();
  const bytes = new Uint8Array(limit);
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return bytes.subarray(0, length);
    if (length + value.byteLength > limit) {
      await reader.cancel().catch(() => undefined); // what follows is not needed, however it ends
      return null;
    }
    bytes.set(value, length);
    length += value.byteLength;
  }
}

/** The first octets of a body; null where it has more than so many, of which no more is read. */
export async function readBounded(body: ReadableStream<Uint8Array> | null, limit: number): Promise<Uint8Array | null> {
  if (body === null) return new Uint8Array();
  const reader = body.getReader();
  const bytes = new Uint8Array(limit);
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return bytes.subarray(0, length);
    if (length + value.byteLength > limit) {
      await reader.cancel().catch(() => undefined); // what comes after it is of no use, however it ends
      return null;
    }
    bytes.set(value, length);
    length += value.byteLength;
  }
}

const BUFFER_BYTES = 65_536;

/**
 * A body that is counted while it goes out. A chunk counts when it is handed over, so that of a download that the client
 * breaks off nothing is missing that the client may have got; what was never handed over does not count.
 *
 * @param size bytes, as promised to the client; null: unknown
 */
export function countedBody(
  body: ReadableStream<Uint8Array>,
  size: number | null,
  count: (bytes: number) => void,
): ReadableStream<Uint8Array> {
  const { readable, writable } = size === null ? new IdentityTransformStream() : new FixedLengthStream(size);
  void copy(body.getReader({ mode: "byob" }), writable.getWriter(), count);
  return readable;
}

/** Never rejects: each end learns of the other's failure. */
async function copy(
  reader: ReadableStreamBYOBReader,
  writer: WritableStreamDefaultWriter<Uint8Array>,
  count: (bytes: number) => void,
): Promise<void> {
  let buffer = new ArrayBuffer(BUFFER_BYTES);
  try {
    for (;;) {
      const { done, value } = await reader.read(new Uint8Array(buffer));
      if (done) break;
      count(value.byteLength);
      await writer.write(value);
      buffer = value.buffer as ArrayBuffer;
    }
    await writer.close();
  } catch (error) {
    await Promise.allSettled([writer.abort(error), reader.cancel(error)]);
  }
}

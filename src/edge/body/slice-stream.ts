/**
 * Bytes `first` to `last` (inclusive) of a stream, with their length known to the platform. What follows is cancelled. If the
 * source ends before `last`, the slice fails.
 */
export function sliceStream(
  source: ReadableStream<Uint8Array>,
  first: number,
  last: number,
): ReadableStream<Uint8Array> {
  const { readable, writable } = new FixedLengthStream(last - first + 1);
  void copySlice(source.getReader(), writable.getWriter(), first, last);
  return readable;
}

async function copySlice(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  writer: WritableStreamDefaultWriter<Uint8Array>,
  first: number,
  last: number,
): Promise<void> {
  let position = 0;
  try {
    while (position <= last) {
      const { done, value } = await reader.read();
      if (done) throw new Error("the body ended before the range did");
      const from = Math.max(first - position, 0);
      const to = Math.min(last + 1 - position, value.byteLength);
      if (from < to) await writer.write(value.subarray(from, to));
      position += value.byteLength;
    }
    await writer.close();
    await reader.cancel("the rest is not wanted");
  } catch (error) {
    // Either end is gone: tell the other one.
    await Promise.allSettled([writer.abort(error), reader.cancel(error)]);
  }
}

import { WaitClock } from "./wait-clock.ts";

/** Each read costs some 30 µs, however much it moves, and each download has a buffer of its own (bytes). */
const BUFFER_BYTES = 131_072;

/**
 * A body that is counted while it goes out. A chunk counts when it is handed over. So a download that its client breaks off
 * counts all that the client may have got, and nothing that was never handed over.
 *
 * @param size bytes, as promised to the client; null: unknown
 * @param isOnTheWay whether the client should get each byte as soon as it is here, rather than a full buffer
 * @param stalledMs a client that takes nothing for this long is dropped, ms. It may take a quarter longer to notice
 * @param beforeEnd what the client waits for before the body is whole
 * @param ended called when nothing more is handed over, whether or not the body is whole; null: nobody needs to know
 */
export function countedBody(
  body: ReadableStream<Uint8Array>,
  size: number | null,
  isOnTheWay: boolean,
  stalledMs: number,
  count: (bytes: number) => void,
  beforeEnd: () => Promise<void> | undefined,
  ended: (() => void) | null,
): ReadableStream<Uint8Array> {
  const { readable, writable } = size === null ? new IdentityTransformStream() : new FixedLengthStream(size);
  const client = writable.getWriter();
  const least = isOnTheWay ? 1 : BUFFER_BYTES;
  void copy(body.getReader({ mode: "byob" }), client, least, stalledMs, count, beforeEnd, ended);
  return readable;
}

/** Never rejects: each end is told of the other's failure. */
async function copy(
  reader: ReadableStreamBYOBReader,
  writer: WritableStreamDefaultWriter<Uint8Array>,
  least: number,
  stalledMs: number,
  count: (bytes: number) => void,
  beforeEnd: () => Promise<void> | undefined,
  ended: (() => void) | null,
): Promise<void> {
  let buffer = new ArrayBuffer(BUFFER_BYTES);
  const clock = new WaitClock(stalledMs, () => void writer.abort(new Error("stalled")).catch(() => undefined));
  let isTold = false;
  const tellEnd = () => {
    if (!isTold) ended?.();
    isTold = true;
  };
  try {
    for (;;) {
      // The end may come with the last bytes.
      const { done, value } = await reader.readAtLeast(least, new Uint8Array(buffer));
      if (value !== undefined && value.byteLength > 0) {
        count(value.byteLength);
        clock.waiting();
        await writer.write(value);
        clock.resting();
        buffer = value.buffer as ArrayBuffer;
      }
      if (done) break;
    }
    tellEnd();
    await beforeEnd();
    await writer.close();
  } catch (error) {
    tellEnd();
    await Promise.allSettled([writer.abort(error), reader.cancel(error)]);
  } finally {
    clock.end();
  }
}

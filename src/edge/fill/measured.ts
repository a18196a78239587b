import { BodyReader } from "../body/body-reader.ts";
import { BUFFER_BYTES } from "../body/pump.ts";
import { pieceStream } from "../origin/piece-stream.ts";

/** How long to wait for the end of a body, ms. One that takes longer is passed on as it comes. */
const PATIENCE_MS = 1_000;

/** A body and its length in bytes; null: it is unknown until the end. */
export interface Measured {
  body: ReadableStream<Uint8Array> | Blob | null;
  length: number | null;
}

/**
 * Reads a body of unknown length to its end, if that is near: a cache can tell whether it has the whole body only if the length
 * is known. If the body breaks off, its reader finds out.
 *
 * @param received is called with the bytes as they come
 */
export async function measured(
  stream: ReadableStream<Uint8Array>,
  received: (bytes: number) => void,
): Promise<Measured> {
  const reader = new BodyReader(stream);
  const held: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const late = Promise.withResolvers<"late">();
  const timer = setTimeout(() => late.resolve("late"), PATIENCE_MS);
  let reading = reader.next();
  try {
    for (;;) {
      const piece = await Promise.race([reading, late.promise]);
      if (piece === "late") break;
      if (piece === null) return { body: new Blob(held), length: size };
      // The reader will read into the same buffer again.
      held.push(new Uint8Array(piece));
      size += piece.byteLength;
      received(piece.byteLength);
      reading = reader.next();
      if (size > BUFFER_BYTES) break;
    }
  } catch {
    // `reading` has failed, and will fail its next reader as well.
  } finally {
    clearTimeout(timer);
  }
  reading.catch(() => undefined); // awaited below
  async function* again(): AsyncGenerator<Uint8Array> {
    yield* held.splice(0);
    for (let piece = await reading; piece !== null; piece = await reader.next()) {
      received(piece.byteLength);
      yield piece.slice();
    }
  }
  return { body: pieceStream(again(), () => void reader.cancel("nobody wants the rest")), length: null };
}

/** A body of known length, as a stream that states its length and breaks if that is wrong. */
export function ofLength(stream: ReadableStream<Uint8Array>, length: number): Measured {
  return { body: stream.pipeThrough(new FixedLengthStream(length)), length };
}

import { BodyReader } from "../body/body-reader.ts";
import { WaitClock } from "../body/wait-clock.ts";
import { pieceStream } from "./piece-stream.ts";

/**
 * Reads the first bytes of a body until they suffice, and returns the whole body. If it breaks off after them, the reader of
 * the whole finds out.
 *
 * @param suffices called after each piece with all that has come
 * @param idleMs longest silence, ms. It may take a quarter longer to notice
 * @throws {BodySilent} and what the body itself throws, if nothing of it has come
 */
export async function peek(
  body: ReadableStream<Uint8Array>,
  suffices: (head: Uint8Array) => boolean,
  idleMs: number,
): Promise<ReadableStream<Uint8Array>> {
  const reader = new BodyReader(body);
  let head = new Uint8Array();
  let end: { error: unknown } | "whole" | null = null;
  const silence = new WaitClock(idleMs, () => reader.giveUp());
  try {
    while (!suffices(head) && end === null) {
      silence.waiting();
      const piece = await reader.next();
      silence.resting();
      if (piece === null) end = "whole";
      else head = joined(head, piece);
    }
  } catch (error) {
    if (head.byteLength === 0) throw error;
    end = { error };
  } finally {
    silence.end();
  }
  async function* again(): AsyncGenerator<Uint8Array> {
    if (head.byteLength > 0) yield head;
    if (end === "whole") return;
    if (end !== null) throw end.error;
    yield* reader.copies();
  }
  return pieceStream(again(), () => void reader.cancel("nobody wants the rest"));
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(one.byteLength + other.byteLength);
  all.set(one);
  all.set(other, one.byteLength);
  return all;
}

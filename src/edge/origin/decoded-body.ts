import type { Transform } from "node:stream";
import type { ZoneDocument } from "../../zones/zone.ts";
import { ExpandsTooMuch } from "../body/how-it-broke.ts";
import { makeDecoder } from "./decoders.ts";
import { isCodedAgain } from "./is-coded-again.ts";
import { pieceStream } from "./piece-stream.ts";
import { WindowBudget } from "./window-budget.ts";

/**
 * How far a coded body may expand, beyond the first bytes: this many bytes for each of its own. Text rarely exceeds 20, and
 * Envoy stops at 100 as well. A few hundred bytes of Brotli can claim to be gigabytes.
 */
const MOST_BYTES_FOR_ONE = 100;
const FIRST_BYTES = 1_048_576;

/** How many decoded bytes may wait to be taken. */
const MOST_WAITING_BYTES = 1_048_576;

/** The size of the slices that a decoder is given, bytes. */
const SLICE_BYTES = 4_096;

/** What an isolate's decoders may hold together, of its 128 MB for everything: two of Brotli's largest windows. */
const windows = new WindowBudget(33_554_432);

/**
 * A body without its content codings. It fails with {@link ExpandsTooMuch} if it becomes too large for what the origin sent. An
 * empty body is empty in any coding.
 *
 * @param codings the last applied first. One that is named twice in a row is removed twice only if it was applied twice
 * @param received is called with the bytes as they come, if there is a coding
 */
export async function decodedBody(
  body: ReadableStream<Uint8Array> | null,
  codings: readonly string[],
  zone: ZoneDocument,
  received: (bytes: number) => void = () => undefined,
): Promise<ReadableStream<Uint8Array> | null> {
  if (body === null || codings.length === 0) return body;
  // Loaded when first needed: most origins send no coding, since they are asked for none.
  const [zlib, { pipeline }] = await Promise.all([import("node:zlib"), import("node:stream")]);
  const reader = body.getReader();
  const closers: (() => void)[] = [];
  let coded = 0;
  const most = () =>
    Math.min(FIRST_BYTES + coded * MOST_BYTES_FOR_ONE, Math.max(zone.settings.max_object_bytes, FIRST_BYTES));

  async function* comingPieces(): AsyncGenerator<Uint8Array> {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      coded += read.value.byteLength;
      received(read.value.byteLength);
      if (read.value.byteLength > 0) yield read.value;
    }
  }

  async function* decoded(pieces: AsyncGenerator<Uint8Array>, coding: string): AsyncGenerator<Uint8Array> {
    const first = await pieces.next();
    if (first.done) return;
    const { decoder, windowBytes } = makeDecoder(zlib, coding, first.value[0]!);
    const window = windows.ask(zone.id, windowBytes);
    closers.push(() => {
      decoder.destroy();
      window.end();
    });
    await window.begun;
    askOnceAtATime(decoder);
    boundOutput(decoder, most);
    pipeline(inSlices(startingWith(first.value, pieces)), decoder, () => undefined); // the decoder's reader sees the error
    yield* decoder;
  }

  let pieces = comingPieces();
  for (const [at, coding] of codings.entries()) {
    pieces = at > 0 && codings[at - 1] === coding ? decodedIfCoded(pieces, coding, decoded) : decoded(pieces, coding);
  }
  return pieceStream(pieces, () => {
    for (const close of closers) close();
    reader.cancel().catch(() => undefined); // one that has failed is gone anyway
  });
}

async function* decodedIfCoded(
  pieces: AsyncGenerator<Uint8Array>,
  coding: string,
  decoded: (pieces: AsyncGenerator<Uint8Array>, coding: string) => AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const first = await pieces.next();
  if (first.done) return;
  const whole = startingWith(first.value, pieces);
  yield* isCodedAgain(coding, first.value) ? decoded(whole, coding) : whole;
}

async function* startingWith(first: Uint8Array, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}

async function* inSlices(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    for (let at = 0; at < piece.byteLength; at += SLICE_BYTES) yield piece.subarray(at, at + SLICE_BYTES);
  }
}

/**
 * Makes a decoder produce no more than is asked for. In workerd, a decoder that is asked for more asks itself again before it
 * returns, until its input is used up, since the read that waits for its next turn (`_read`) is replaced meanwhile.
 */
function askOnceAtATime(decoder: Transform): void {
  const readOn = decoder._read;
  let next = readOn;
  let isAsked = false;
  const ask = (size: number) => {
    if (isAsked) return;
    isAsked = true;
    const waited = next !== readOn;
    next.call(decoder, size);
    // It has used up its input, and may have produced nothing.
    if (waited && next === readOn) readOn.call(decoder, size);
    isAsked = false;
  };
  Object.defineProperty(decoder, "_read", {
    get: () => ask,
    set: (replaced) => {
      next = replaced === ask ? readOn : replaced;
    },
  });
}

/**
 * Makes a decoder fail as soon as it produces too much. By the time its reader could notice, all of that would be in memory.
 */
function boundOutput(decoder: Transform, most: () => number): void {
  const push = decoder.push.bind(decoder);
  let size = 0;
  decoder.push = (piece) => {
    size += piece?.byteLength ?? 0;
    if (size > most() || decoder.readableLength > MOST_WAITING_BYTES) {
      decoder.destroy(new ExpandsTooMuch(`a coded body became ${size} bytes`));
    }
    return push(piece);
  };
}

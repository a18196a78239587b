import type { Transform } from "node:stream";
import type { ZoneDocument } from "../../zones/zone.ts";
import { dropBody } from "../body/drop-body.ts";
import { ExpandsTooMuch } from "../body/expands-too-much.ts";
import { pieceStream } from "./piece-stream.ts";
import { WindowBudget } from "./window-budget.ts";

/**
 * An origin is asked for the identity form. Where it sends a coding all the same, the body is decoded on the way in, so
 * that one form is stored and any client can be served from it.
 */

/**
 * What a coded body may become: so many bytes for each of its own, beside the first. Text rarely passes 20, and Envoy stops
 * at 100 as well; a few hundred bytes of Brotli can claim to be gigabytes.
 */
const MOST_BYTES_FOR_ONE = 100;
const FIRST_BYTES = 1_048_576;

/** Bytes that may wait to be taken. */
const MOST_WAITING_BYTES = 1_048_576;

/** A decoder is given slices of so many bytes. */
const SLICE_BYTES = 4_096;

/** A decoder gives pieces of so many bytes. */
const PIECE_BYTES = 65_536;

/** Of zstd, as RFC 9659 §3 has it for a content coding: 8 MiB. */
const ZSTD_WINDOW_BITS = 23;

/** What the decoders of an isolate, which has 128 MB for everything, may hold together: two of the largest windows of Brotli. */
const windows = new WindowBudget(33_554_432);

type Zlib = typeof import("node:zlib");

/** How a decoder of each coding is made. */
const DECODERS: ReadonlyMap<string, (zlib: Zlib) => Transform> = new Map<string, (zlib: Zlib) => Transform>([
  ["gzip", (zlib) => zlib.createGunzip({ chunkSize: PIECE_BYTES })],
  ["x-gzip", (zlib) => zlib.createGunzip({ chunkSize: PIECE_BYTES })],
  ["deflate", (zlib) => zlib.createInflate({ chunkSize: PIECE_BYTES })],
  ["br", (zlib) => zlib.createBrotliDecompress({ chunkSize: PIECE_BYTES })],
  [
    "zstd",
    (zlib) =>
      zlib.createZstdDecompress({
        chunkSize: PIECE_BYTES,
        params: { [zlib.constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_BITS },
      }),
  ],
]);

/** Bytes that a decoder keeps of what it has made, by the first byte of the body. Those of gzip and deflate are few. */
function windowBytes(coding: string, first: number): number {
  if (coding === "zstd") return 1 << ZSTD_WINDOW_BITS;
  if (coding !== "br") return 0;
  // RFC 7932 §9.1: WBITS.
  if ((first & 1) === 0) return 1 << 16;
  const large = (first >> 1) & 7;
  return 1 << (large > 0 ? 17 + large : 17);
}

/** Whether the body of a response with this head, as {@link decodedBody} gives it, is no longer coded. */
export function isDecoded(head: ResponseHead): boolean {
  return decoderOf(head) !== undefined;
}

type ResponseHead = Pick<Response, "status" | "headers">;

/** A part of a coded body cannot be decoded alone, and is counted in coded bytes (RFC 9110 §14.1.2): it stays as it is. */
function decoderOf({ status, headers }: ResponseHead) {
  return status === 206 ? undefined : DECODERS.get(codingOf(headers));
}

/**
 * The body of an origin's answer without its content coding. A coding that is not known here stays on, one of several as
 * well. It fails with {@link ExpandsTooMuch} where it becomes too much for what the origin has sent.
 */
export async function decodedBody(response: Response, zone: ZoneDocument): Promise<ReadableStream | null> {
  const { body, headers } = response;
  const create = decoderOf(response);
  if (body === null || create === undefined) return body;
  if (headers.get("content-length") === "0") {
    // Nothing is no valid gzip: a decoder would fail on it.
    await dropBody(body);
    return null;
  }
  // Loaded when first needed: origins do not send what they were not asked for.
  const [zlib, { pipeline }] = await Promise.all([import("node:zlib"), import("node:stream")]);
  const decoder = create(zlib);
  const reader = body.getReader();
  let window: ReturnType<WindowBudget["ask"]> | null = null;
  let coded = 0;
  async function* received(): AsyncGenerator<Uint8Array> {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      const { value } = read;
      if (value.byteLength === 0) continue;
      window ??= windows.ask(zone.id, windowBytes(codingOf(headers), value[0]!));
      await window.begun;
      coded += value.byteLength;
      for (let at = 0; at < value.byteLength; at += SLICE_BYTES) yield value.subarray(at, at + SLICE_BYTES);
    }
  }
  askOnceAtATime(decoder);
  const most = () =>
    Math.min(FIRST_BYTES + coded * MOST_BYTES_FOR_ONE, Math.max(zone.settings.max_object_bytes, FIRST_BYTES));
  boundOutput(decoder, most);
  pipeline(received(), decoder, () => undefined); // whoever reads the decoder is told
  return pieceStream(decoder[Symbol.asyncIterator](), () => {
    decoder.destroy();
    window?.end();
    reader.cancel().catch(() => undefined); // one that has failed is gone all the same
  });
}

/**
 * Has a decoder make no more than is asked for. One of workerd that is asked for more asks itself again before it returns, and
 * so on until its input is used up, since what waits for its next turn (`_read`) is replaced in the midst of it.
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
    // It has used up its input, and may have made nothing of it.
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

/** Has a decoder fail as soon as it makes more than it may: when its reader sees it, all of it would be in memory. */
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

function codingOf(headers: Headers): string {
  return headers.get("content-encoding")?.trim().toLowerCase() ?? "";
}

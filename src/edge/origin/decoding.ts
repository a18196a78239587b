import type { Transform } from "node:stream";
import { dropBody } from "../body/drop-body.ts";
import { pieceStream } from "./piece-stream.ts";

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

/** Bytes that wait to be taken: workerd's Brotli makes all that a block becomes before it is asked for. */
const MOST_WAITING_BYTES = 16_777_216;

/** A decoder gives pieces of so many bytes. */
const PIECE_BYTES = 65_536;

/** A coded body that becomes more than one may. */
export class ExpandsTooMuch extends Error {}

type Zlib = typeof import("node:zlib");

/** How a decoder of each coding is made. */
const DECODERS: ReadonlyMap<string, (zlib: Zlib) => Transform> = new Map<string, (zlib: Zlib) => Transform>([
  ["gzip", (zlib) => zlib.createGunzip({ chunkSize: PIECE_BYTES })],
  ["x-gzip", (zlib) => zlib.createGunzip({ chunkSize: PIECE_BYTES })],
  ["deflate", (zlib) => zlib.createInflate({ chunkSize: PIECE_BYTES })],
  ["br", (zlib) => zlib.createBrotliDecompress({ chunkSize: PIECE_BYTES })],
  ["zstd", (zlib) => zlib.createZstdDecompress({ chunkSize: PIECE_BYTES })],
]);

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
 *
 * @param mostBytes that it may become in any case
 */
export async function decodedBody(response: Response, mostBytes: number): Promise<ReadableStream | null> {
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
  let coded = 0;
  async function* received(): AsyncGenerator<Uint8Array> {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      coded += read.value.byteLength;
      yield read.value;
    }
  }
  const most = () => Math.min(FIRST_BYTES + coded * MOST_BYTES_FOR_ONE, Math.max(mostBytes, FIRST_BYTES));
  boundOutput(decoder, most);
  pipeline(received(), decoder, () => undefined); // whoever reads the decoder is told
  return pieceStream(decoder[Symbol.asyncIterator](), () => {
    decoder.destroy();
    reader.cancel().catch(() => undefined); // one that has failed is gone all the same
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

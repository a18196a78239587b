import { BodyReader } from "../body/body-reader.ts";

/** As good as what a fast origin sends. The best quality takes ten times as long. */
const BROTLI_QUALITY = 5;
const GZIP_LEVEL = 6;

/** Codes bytes in one go. That takes a millisecond for each 10 KiB, during which the isolate does nothing else. */
export async function encodeAtOnce(bytes: Uint8Array, coding: "br" | "gzip"): Promise<Blob> {
  // Loaded when first needed, so that a cold start does not pay for it.
  const zlib = await import("node:zlib");
  if (coding === "gzip") return new Blob([zlib.gzipSync(bytes, { level: GZIP_LEVEL })]);
  return new Blob([zlib.brotliCompressSync(bytes, { params: brotliParams(zlib, bytes.byteLength) })]);
}

/** Codes a body piece by piece, so that the isolate can do other work in between. @param size the body's length, bytes */
export async function encodeByPieces(body: ReadableStream, size: number, coding: "br" | "gzip"): Promise<Blob> {
  const [zlib, { pipeline }] = await Promise.all([import("node:zlib"), import("node:stream")]);
  const encoder =
    coding === "gzip"
      ? zlib.createGzip({ level: GZIP_LEVEL })
      : zlib.createBrotliCompress({ params: brotliParams(zlib, size) });
  pipeline(piecesOf(body), encoder, () => undefined); // the encoder's reader sees the error
  const coded: Uint8Array[] = [];
  for await (const piece of encoder) coded.push(piece);
  return new Blob(coded);
}

async function* piecesOf(body: ReadableStream): AsyncGenerator<Uint8Array> {
  for await (const piece of new BodyReader(body).copies()) {
    yield piece;
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

function brotliParams({ constants }: typeof import("node:zlib"), size: number): Record<number, number> {
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = constants;
  return { [BROTLI_PARAM_QUALITY]: BROTLI_QUALITY, [BROTLI_PARAM_SIZE_HINT]: size };
}

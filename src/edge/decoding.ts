import { dropBody } from "./drop-body.ts";

/**
 * An origin is asked for the identity form. Where it sends a coding all the same, the body is decoded on the way in, so
 * that one form is stored and any client can be served from it.
 */

type Decoder = () => Promise<ReadableWritablePair<Uint8Array, Uint8Array>>;

/** Decoders by name. The platform has decoded `gzip` and `br` already, if they are spelled like that. */
const DECODERS: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ["gzip", async () => new DecompressionStream("gzip")],
  ["x-gzip", async () => new DecompressionStream("gzip")],
  ["deflate", async () => new DecompressionStream("deflate")],
  ["br", () => nodeDecoder("createBrotliDecompress")],
  ["zstd", () => nodeDecoder("createZstdDecompress")],
]);

/** Whether the body of a response with these fields, as {@link decodedBody} gives it, is no longer coded. */
export function isDecoded(headers: Headers): boolean {
  return DECODERS.has(codingOf(headers).toLowerCase());
}

/** The body of an origin's answer without its content coding; a coding that is not known here stays on. */
export async function decodedBody(response: Response): Promise<ReadableStream | null> {
  const { body, headers } = response;
  const coding = codingOf(headers);
  const decoder = DECODERS.get(coding.toLowerCase());
  if (body === null || decoder === undefined) return body;
  if (headers.get("content-length") === "0") {
    // Nothing is no valid gzip: a decoder would fail on it.
    await dropBody(body);
    return null;
  }
  const isDecodedByThePlatform = coding === "gzip" || coding === "br";
  return isDecodedByThePlatform ? body : body.pipeThrough(await decoder());
}

async function nodeDecoder(create: "createBrotliDecompress" | "createZstdDecompress") {
  const [zlib, { Duplex }] = await Promise.all([import("node:zlib"), import("node:stream")]);
  return Duplex.toWeb(zlib[create]());
}

function codingOf(headers: Headers): string {
  return headers.get("content-encoding")?.trim() ?? "";
}

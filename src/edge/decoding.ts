/**
 * An origin is asked for the identity form. Where it sends a coding all the same, the body is decoded on the way in, so
 * that one form is stored and any client can be served from it.
 */

/** Whether the body of a response with these fields, as {@link decodedBody} gives it, is no longer coded. */
export function isDecoded(headers: Headers): boolean {
  return codingOf(headers) in DECODERS;
}

/** The body of an origin's answer without its content coding; a coding that is not known here stays on. */
export async function decodedBody(response: Response): Promise<ReadableStream | null> {
  const { body } = response;
  if (body === null || !isDecoded(response.headers)) return body;
  const decoder = await DECODERS[codingOf(response.headers) as keyof typeof DECODERS]();
  return decoder === null ? body : body.pipeThrough(decoder);
}

/** Null: the platform has decoded it already by the time that the Worker reads it. */
const DECODERS = {
  gzip: async () => null,
  "x-gzip": async () => new DecompressionStream("gzip"),
  br: async () => null,
  deflate: async () => new DecompressionStream("deflate"),
  zstd: async () => {
    const [{ createZstdDecompress }, { Duplex }] = await Promise.all([import("node:zlib"), import("node:stream")]);
    return Duplex.toWeb(createZstdDecompress());
  },
} satisfies Record<string, () => Promise<ReadableWritablePair<Uint8Array, Uint8Array> | null>>;

function codingOf(headers: Headers): string {
  return headers.get("content-encoding")?.trim().toLowerCase() ?? "";
}

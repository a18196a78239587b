import { brotliDecompressSync } from "node:zlib";
import { preferredCoding } from "./http/accept-encoding.ts";

/** Answers with a file that is stored compressed with Brotli, decoded for clients that do not accept it. */
export function compressedAnswer(
  { method, headers: asked }: Request,
  compressed: ArrayBuffer,
  status: number,
  headers: Readonly<Record<string, string>>,
): Response {
  const isTaken = preferredCoding(asked.get("accept-encoding"), ["br", "identity"]) === "br";
  const body = isTaken ? compressed : brotliDecompressSync(compressed);
  return new Response(method === "HEAD" ? null : body, {
    status,
    headers: {
      vary: "accept-encoding",
      ...headers,
      "content-length": String(body.byteLength),
      ...(isTaken && { "content-encoding": "br" }),
    },
    encodeBody: "manual",
  });
}

import { createServer, type ServerResponse } from "node:http";
import { type Listening, listen } from "./listen.ts";
import { pattern } from "./pattern.ts";

/** An origin of large objects: `/<bytes>/<any name>` is that much of the pattern, `?slow` with a second before its last byte. */
export interface LargeOrigin extends Listening {
  /** Requests so far. */
  hits: number;
  /** Answers that were broken off by the other side. */
  broken: number;
}

const BLOCK_BYTES = 65_536;

export async function startLargeOrigin(): Promise<LargeOrigin> {
  const server = createServer((request, response) => {
    origin.hits++;
    const url = new URL(request.url ?? "/", "http://origin");
    const size = Number(url.pathname.split("/")[1]);
    response.writeHead(200, { "Content-Length": size, "Content-Type": "application/octet-stream", ETag: `"${size}"` });
    response.once("close", () => {
      if (!response.writableFinished) origin.broken++;
    });
    void writePattern(response, size, url.search === "?slow");
  });
  server.keepAliveTimeout = 0; // none
  const origin: LargeOrigin = { ...(await listen(server)), hits: 0, broken: 0 };
  return origin;
}

async function writePattern(response: ServerResponse, size: number, isSlow: boolean): Promise<void> {
  for (let at = 0; at < size; at += BLOCK_BYTES) {
    const isLast = at + BLOCK_BYTES >= size;
    if (isLast && isSlow) await new Promise((resolve) => setTimeout(resolve, 1_000));
    if (response.destroyed) return;
    if (!response.write(pattern(at, Math.min(at + BLOCK_BYTES, size)))) {
      const { promise: writable, resolve } = Promise.withResolvers<void>();
      response.once("drain", resolve).once("close", resolve);
      await writable;
      response.off("drain", resolve).off("close", resolve);
    }
  }
  response.end();
}

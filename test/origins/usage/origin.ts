import { createServer } from "node:http";
import { type Listening, listen } from "../listen.ts";
import { pattern } from "../pattern.ts";

/** A text that is worth coding. */
const TEXT = "body { margin: 0; padding: 0 }\n".repeat(700);

/**
 * An origin by path: `/missing…` is a 404, `/text…` some 20 KB of CSS, `/bytes/<n>/…` so many bytes of the pattern, `/fails…`
 * an origin that breaks off without an answer. Everything is fresh for an hour and has an ETag.
 */
export function startUsageOrigin(): Promise<Listening> {
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    if (path.startsWith("/fails")) {
      request.socket.destroy();
      return;
    }
    if (path.startsWith("/missing")) {
      response.writeHead(404, { "Content-Type": "text/plain" }).end("not here");
      return;
    }
    const size = Number(/^\/bytes\/(\d+)\//.exec(path)?.[1] ?? 0);
    const body = path.startsWith("/text") ? Buffer.from(TEXT) : pattern(0, size);
    const type = path.startsWith("/text") ? "text/css" : "application/octet-stream";
    response.writeHead(200, {
      "Content-Type": type,
      "Content-Length": body.byteLength,
      "Cache-Control": "max-age=3600",
      ETag: `"${body.byteLength}"`,
    });
    response.end(body);
  });
  server.keepAliveTimeout = 0; // none
  return listen(server);
}

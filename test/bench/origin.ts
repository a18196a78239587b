import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { assetBody } from "./asset-body.ts";
import { ASSETS, assetAt } from "./assets.ts";

/** The origin behind every contender. */
export interface Origin {
  url: string;
  port: number;
  /** Requests answered so far, which distinguishes hits from misses, whatever a contender reports. */
  requests(): number;
  stop(): void;
}

/** Precedes an asset's path: a 404 of its size. */
export const MISSING = "/missing";

/** Precedes an asset's path: the asset as Express and `send` serve it, which has to be validated at each use. */
export const VALIDATED = "/validated";

/** Serves the assets with everything that a cache needs to keep them for a day. */
export async function startOrigin(): Promise<Origin> {
  const bodies = new Map(ASSETS.map(({ path, size }) => [path, Buffer.from(assetBody(size))]));
  let requests = 0;
  const server = createServer((request, response) => {
    requests++;
    const url = request.url ?? "";
    const isValidated = url.startsWith(VALIDATED);
    const body = bodies.get(assetAt(isValidated ? url.slice(VALIDATED.length) : url)?.path ?? "");
    if (body === undefined) {
      // As large as the asset would be.
      const missing = bodies.get(assetAt(url.replace(MISSING, ""))?.path ?? "");
      response.writeHead(404, { "Content-Type": "application/javascript" }).end(missing);
      return;
    }
    const etag = `"${body.byteLength}"`;
    const said = {
      "Cache-Control": isValidated ? "public, max-age=0" : "public, max-age=86400",
      "Last-Modified": "Thu, 01 Oct 2026 00:00:00 GMT",
      ETag: etag,
    };
    if (isValidated && request.headers["if-none-match"] === etag) {
      response.writeHead(304, said).end();
      return;
    }
    response.writeHead(200, {
      "Content-Type": "application/javascript",
      "Content-Length": body.byteLength,
      ...said,
    });
    response.end(body);
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests: () => requests,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

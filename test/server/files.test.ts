import { request as httpRequest } from "node:http";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { ADMIN_TOKEN, newAccount } from "./new-account.ts";
import { request } from "./request.ts";
import { startServe, stopServers } from "./serve-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const API = "api.rescdn.localhost";
const SITE = "site.rescdn.localhost";
/** Each over a connection of its own: that all of them reach one of two processes does not happen. */
const REQUESTS = 40;

const stateDir = temporaryFolder("files");
afterAll(() => stopServers());

/** Sends bytes as they are. */
function put(port: number, path: string, key: string, body: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { Host: API, "X-ResCDN-Key": key, "Content-Length": body.byteLength };
    const outgoing = httpRequest(
      { host: "127.0.0.1", port, path, method: "PUT", headers, agent: false },
      (incoming) => {
        incoming.resume().on("end", () => resolve(incoming.statusCode ?? 0));
      },
    );
    outgoing.on("error", reject).end(body);
  });
}

async function cachesOf(port: number, path: string): Promise<Record<string, number>> {
  const seen: Record<string, number> = {};
  for (let n = 0; n < REQUESTS; n++) {
    const { status, headers } = await request(port, SITE, path);
    const name = `${status} ${headers["x-cache"]}`;
    seen[name] = (seen[name] ?? 0) + 1;
  }
  return seen;
}

describe("a zone without a server, on npm run serve", () => {
  it.each(["1", "2"])(
    "with WORKERS=%s serves what is uploaded, and is prefetched in all processes",
    async (workers) => {
      const env = { STATE_DIR: join(stateDir, workers), ADMIN_TOKEN, ALLOW_PRIVATE_ORIGINS: "true", WORKERS: workers };
      const server = await startServe(env);
      const { port } = server;
      const { live } = await newAccount(port);
      const headers = { "X-ResCDN-Key": live };
      const body = { name: "site", origin: "r2://files" };
      const made = await request(port, API, "/v1/zones", { method: "POST", headers, body });
      expect(made.status, made.body).toBe(201);

      const file = Buffer.alloc(2_000_000, "ab");
      expect(await put(port, "/v1/zones/site/files/large.bin", live, file)).toBe(201);
      expect(await put(port, "/v1/zones/site/files/a.css", live, Buffer.from("a{}"))).toBe(201);
      const part = await request(port, SITE, "/large.bin", { headers: { Range: "bytes=1999999-" } });
      expect([part.status, part.body]).toEqual([206, "b"]);

      const order = await request(port, API, "/v1/prefetch", {
        method: "POST",
        headers,
        body: { zone: "site", paths: ["/a.css", "/large.bin"] },
      });
      expect(order.status, order.body).toBe(202);
      const { id } = JSON.parse(order.body);
      await vi.waitFor(
        async () => {
          const read = await request(port, API, `/v1/prefetch/${id}`, { headers });
          expect(JSON.parse(read.body), read.body).toMatchObject({ state: "done", stored: 2 });
        },
        { timeout: 20_000, interval: 200 },
      );
      expect(await cachesOf(port, "/a.css")).toEqual({ "200 HIT": REQUESTS });

      expect(await put(port, "/v1/zones/site/files/a.css", live, Buffer.from("b{}"))).toBe(200);
      expect((await request(port, SITE, "/a.css")).body).toBe("b{}");
      expect(await server.stop()).toBe(0);
    },
  );
});

import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ADMIN_TOKEN, newAccount } from "./new-account.ts";
import { request } from "./request.ts";
import { ServeFailed, type ServeProcess, startServe, stopServers } from "./serve-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const API = "api.rescdn.localhost";
const EDGE = "shop.rescdn.localhost";
const PATH = "/assets/site.css";

const stateDir = temporaryFolder("serve");
let origin: Server;
let originUrl: string;
let originRequests = 0;

beforeAll(async () => {
  origin = createServer((_request, response) => {
    originRequests++;
    response.writeHead(200, { "Content-Type": "text/css", ETag: '"1"' }).end(`body{order:${originRequests}}`);
  });
  await new Promise<void>((resolve) => origin.listen(0, "127.0.0.1", resolve));
  originUrl = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await stopServers();
  origin.close();
});

const serve = (env: Record<string, string> = {}) =>
  startServe({ STATE_DIR: stateDir, ADMIN_TOKEN, ALLOW_PRIVATE_ORIGINS: "true", ...env });

describe("npm run serve", () => {
  it("says 503 at /health until its first call can be answered", async () => {
    const own = await mkdtemp(join(tmpdir(), "rescdn-serve-"));
    const port = await freePort();
    const starting = serve({ STATE_DIR: own, PORT: String(port) });
    const seen = new Set<number>();
    while (!seen.has(200)) {
      const asked = await request(port, API, "/health").catch(() => null);
      if (asked !== null) seen.add(asked.status);
    }
    expect((await newAccount(port)).live).toMatch(/^rk_live_/);
    expect([...seen].filter((status) => status !== 200 && status !== 503)).toEqual([]);
    await (await starting).stop();
    await rm(own, { recursive: true, force: true });
  });

  it("goes from an account to a cached and purged asset, and finds the zone again after a restart", async () => {
    const first = await serve();
    expect(first.stdout).toEqual([`ready http://127.0.0.1:${first.port}`]);

    const headers = { "X-ResCDN-Key": (await newAccount(first.port)).live };
    const created = await request(first.port, API, "/v1/zones", {
      method: "POST",
      headers,
      body: { name: "shop", origin: originUrl },
    });
    expect(created.status, created.body).toBe(201);
    const { id } = JSON.parse(created.body) as { id: string };

    for (const host of [
      "a b",
      "a:99999",
      "1.2.3.4.5",
      "[::1",
      `${API}, ${EDGE}`,
      `${API}?`,
      `${API}#`,
      `${API}\\health?`,
    ]) {
      const answer = await request(first.port, host, "/v1/zones", { headers });
      expect([host, answer.status, answer.body]).toEqual([host, 400, expect.stringContaining("bad-host")]);
    }

    expect(await fetchAsset(first)).toEqual({ cache: "MISS", originRequests: 1, body: "body{order:1}" });
    expect(await fetchAsset(first)).toEqual({ cache: "HIT", originRequests: 1, body: "body{order:1}" });

    const purge = await request(first.port, API, `/v1/purge?zone=${id}&path=${PATH}`, { headers });
    expect(purge.status, purge.body).toBe(200);
    expect(await fetchAsset(first)).toEqual({ cache: "MISS", originRequests: 2, body: "body{order:2}" });
    expect(await fetchAsset(first)).toEqual({ cache: "HIT", originRequests: 2, body: "body{order:2}" });

    expect(await first.stop()).toBe(0);
    expect(first.stdout).toHaveLength(1);

    const second = await serve();
    const zones = await request(second.port, API, "/v1/zones", { headers });
    expect(JSON.parse(zones.body)).toMatchObject({ zones: [{ id, name: "shop", origin: originUrl }] });
    expect((await fetchAsset(second)).body).toBe("body{order:2}");
    expect(await second.stop()).toBe(0);
  });

  it("has counted every answer when it ends, those too that SIGTERM finds in flight", async () => {
    const [asked, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const slow = createServer((incoming, response) => {
      response.writeHead(200, { "Content-Type": "text/css", "Content-Length": 20 });
      if (incoming.url !== "/slow.css") return void response.end("body { margin: 0 }  ");
      response.write("body { margin");
      asked.resolve();
      void ended.promise.then(() => response.end(": 0 }  "));
    });
    await new Promise<void>((resolve) => slow.listen(0, "127.0.0.1", resolve));
    const env = { STATE_DIR: join(stateDir, "counted") };
    const first = await serve(env);
    const headers = { "X-ResCDN-Key": (await newAccount(first.port)).live };
    const body = { name: "shop", origin: `http://127.0.0.1:${(slow.address() as AddressInfo).port}` };
    await request(first.port, API, "/v1/zones", { method: "POST", headers, body });

    const inFlight = request(first.port, EDGE, "/slow.css");
    await asked.promise;
    for (let n = 0; n < 10; n++) expect((await request(first.port, EDGE, PATH)).status).toBe(200);
    const stopped = first.stop();
    // While it drains, connections are refused.
    const refusal = () =>
      request(first.port, EDGE, PATH).then(
        () => null,
        (error: NodeJS.ErrnoException) => error.code,
      );
    await expect.poll(refusal, { interval: 1, timeout: 5_000 }).toBe("ECONNREFUSED");
    ended.resolve();
    expect((await inFlight).body).toHaveLength(20);
    expect(await stopped).toBe(0);
    slow.close();

    const second = await serve(env);
    const usage = JSON.parse((await request(second.port, API, "/v1/usage", { headers })).body) as {
      requests: number;
      bandwidth_bytes: number;
    };
    expect(await second.stop()).toBe(0);
    expect(usage.requests).toBeGreaterThanOrEqual(11);
    expect(usage.bandwidth_bytes).toBe(usage.requests * 20);
  });

  it("says in one line that the port is taken, and ends with 1", async () => {
    const port = (origin.address() as AddressInfo).port;
    const failure = await startServe({ STATE_DIR: join(stateDir, "taken"), PORT: String(port) }).then(
      async (server) => `started, ended with ${await server.stop()}`,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(ServeFailed);
    const { exitCode, stderr } = failure as ServeFailed;
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(new RegExp(`^port ${port} on 127\\.0\\.0\\.1 is taken: .+\\n$`));
  });
});

async function fetchAsset(server: ServeProcess): Promise<{ cache: unknown; originRequests: number; body: string }> {
  const answer = await request(server.port, EDGE, PATH);
  expect(answer.status, answer.body).toBe(200);
  expect(answer.headers["content-type"]).toBe("text/css");
  return { cache: answer.headers["x-cache"], originRequests, body: answer.body };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

import { mkdtemp, rm } from "node:fs/promises";
import { createServer, get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type Listening, listen } from "../origins/listen.ts";
import { ADMIN_TOKEN, newAccount } from "./new-account.ts";
import { request } from "./request.ts";
import { type ServeProcess, startServe, stopServers } from "./serve-process.ts";

const API = "api.rescdn.localhost";

let stateDir: string;
let customer: Listening;
/** Paths of the lines that the customer's server has taken. */
let taken: string[] = [];

beforeAll(async () => {
  // The origin, and what takes logs.
  customer = await listen(
    createServer(async (incoming, response) => {
      if (incoming.method !== "POST") {
        response.writeHead(200, { "content-type": "text/css", "cache-control": "max-age=60" }).end("a {}");
        return;
      }
      const text = gunzipSync(await buffer(incoming)).toString();
      taken.push(
        ...text
          .trimEnd()
          .split("\n")
          .map((line) => (JSON.parse(line) as { path: string }).path),
      );
      response.writeHead(204).end();
    }),
  );
});
afterEach(async () => {
  await stopServers();
  await rm(stateDir, { recursive: true, force: true });
});
afterAll(() => customer.close());

const start = (workers: number) =>
  startServe({ STATE_DIR: stateDir, ADMIN_TOKEN, ALLOW_PRIVATE_ORIGINS: "true", WORKERS: String(workers) });

/** A tail that is being read. */
async function listenTo({ port }: ServeProcess, zone: string, key: string) {
  const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
    const path = `/v1/zones/${zone}/tail`;
    get({ port, host: "127.0.0.1", path, headers: { host: API, "x-rescdn-key": key } }, resolve).on("error", reject);
  });
  let text = "";
  const ended = new Promise<void>((resolve) => {
    incoming.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    incoming.on("close", resolve);
  });
  return { status: incoming.statusCode, text: () => text, ended };
}

describe.each([1, 2])("a server of %i processes", (workers) => {
  it("tells of requests of all of them, ends its tails when it stops, and delivers afterwards what was logged before", async () => {
    stateDir = await mkdtemp(join(tmpdir(), "rescdn-logs-"));
    taken = [];
    const server = await start(workers);
    const { live: key } = await newAccount(server.port);
    const zone = `logged-${workers}`;
    const host = `${zone}.rescdn.localhost`;
    const url = `http://127.0.0.1:${customer.port}`;
    const post = (path: string, body: object) =>
      request(server.port, API, path, { method: "POST", headers: { "x-rescdn-key": key }, body });
    const settings = { logs: { target: { type: "https", url } } };
    expect((await post("/v1/zones", { name: zone, origin: url, settings })).status).toBe(201);
    expect((await post(`/v1/zones/${zone}/logs/secret`, {})).status).toBe(200);
    const tail = await listenTo(server, zone, key);
    expect(tail.status).toBe(200);
    await vi.waitFor(
      async () => {
        await request(server.port, host, "/first.css");
        expect(tail.text()).toContain('"path":"/first.css"');
      },
      { timeout: 10_000, interval: 50 },
    );
    // Each of them over a connection of its own, which the processes share out.
    const paths = Array.from({ length: 20 }, (_, number) => `/${number}.css`);
    await Promise.all(paths.map((path) => request(server.port, host, path)));
    await vi.waitFor(() => expect(paths.filter((path) => !tail.text().includes(`"path":"${path}"`))).toEqual([]), {
      timeout: 10_000,
    });
    expect(await server.stop()).toBe(0);
    await tail.ended;
    expect(tail.text()).toMatch(/event: end\ndata: \{"reason":"server-stops"\}\n\n$/);
    const again = await start(workers);
    await vi.waitFor(
      async () => {
        // An object that is asked for something wakes, with its alarm.
        await request(again.port, API, `/v1/zones/${zone}/logs`, { headers: { "x-rescdn-key": key } });
        expect(paths.filter((path) => !taken.includes(path))).toEqual([]);
      },
      { timeout: 20_000, interval: 500 },
    );
  });
});

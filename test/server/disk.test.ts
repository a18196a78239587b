import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type RefusingDisk, refusingDisk, whyNot } from "./disk/refusing-disk.ts";
import { ADMIN_TOKEN, type Keys, newAccount } from "./new-account.ts";
import { type Answer, request } from "./request.ts";
import { ServeFailed, type ServeProcess, startServe, stopServers } from "./serve-process.ts";

const API = "api.rescdn.localhost";
const EDGE = "my-assets.rescdn.localhost";
const reason = whyNot();

const origin = createServer((_, response) => {
  response.writeHead(200, { "content-type": "text/css", "cache-control": "max-age=3600" }).end("a{}");
});
let disk: RefusingDisk;

beforeAll(() => new Promise<void>((resolve) => origin.listen(0, "127.0.0.1", resolve)));
afterAll(() => origin.close());
beforeEach(async (context) => {
  if (reason !== null) context.skip(reason);
  disk = await refusingDisk();
});
afterEach(async () => {
  await stopServers();
  await disk?.remove();
});

/** Events of the log but those of calls. */
function eventsOf(server: ServeProcess): string[] {
  const lines = server.stderr().trim().split("\n").filter(Boolean);
  const told = lines.map((line) => JSON.parse(line) as { event: string; error?: string });
  // What is not the disk's would be shown with its error.
  return told.flatMap(({ event, error = "" }) => (event === "api_request" ? [] : `${event}${error}`));
}

describe.each([
  ["ENOSPC", 507, "disk_full", { WORKERS: "2" }],
  ["EROFS", 503, "disk_refuses", {}],
] as const)("npm run serve on a disk that answers writes with %s", (error, status, event, workers) => {
  it(`refuses calls that write with ${status}, reads and serves on, says it once, and goes on by itself ${JSON.stringify(workers)}`, async () => {
    const server = await startServe({ ...disk.env, ...workers, ADMIN_TOKEN, ALLOW_PRIVATE_ORIGINS: "true" });
    const { port } = server;
    const keys = await newAccount(port, "pro");
    const other = await newAccount(port, "pro");
    const made = await write(port, keys, "/v1/zones", zoneOf("my-assets"));
    expect(made.status).toBe(201);
    let served = 0;
    const get = async (path: string) => {
      served++;
      return request(port, EDGE, path);
    };
    await get("/stored.css");
    await expect.poll(() => usage(port, keys), { timeout: 10_000 }).toBe(1);

    await disk.refuse(error);
    for (let round = 0; round < 3; round++) {
      for (const [path, body] of [
        ["/v1/zones", zoneOf(`other-${round}`)],
        ["/v1/keys", { name: "ci" }],
        ["/v1/purge", { zone: "my-assets", paths: ["/else.css"] }],
      ] as const) {
        const refused = await write(port, keys, path, body);
        expect(refused.status, path).toBe(status);
        expect(refused.headers["retry-after"]).toBe("60");
        expect(JSON.parse(refused.body)).toMatchObject({
          code: event,
          error: expect.stringMatching(/^this server's disk /),
        });
      }
      const record = await writeRecord(port, keys, `r${round}`);
      expect(record.status).toBe(status);
      expect(JSON.parse(record.body)).toMatchObject({ error: { code: "server_error", message: /disk/ } });
      // A key that has not been seen in this minute as well.
      for (const key of [keys.live, keys.test, other.live])
        for (const path of ["/v1/zones", "/v1/audit", "/v1/me"])
          expect((await request(port, API, path, { headers: { "X-ResCDN-Key": key } })).status, path).toBe(200);
      expect((await request(port, API, "/v1/zones", { headers: { "X-ResCDN-Key": "rk_live_x" } })).status).toBe(401);
      const stored = await get("/stored.css");
      expect(stored.body).toBe("a{}");
      if (!("WORKERS" in workers)) expect(stored.headers["x-cache"]).toBe("HIT"); // else another process's may be asked
      expect((await get(`/new-${round}.css`)).body).toBe("a{}");
    }
    await expect.poll(() => eventsOf(server), { timeout: 10_000 }).toEqual([event]);

    await disk.takeWrites();
    await expect.poll(() => eventsOf(server), { timeout: 10_000 }).toEqual([event, "disk_writes_again"]);
    // Objects that have the file open for reading alone are told so by their next write, which is repeated by itself.
    await expect
      .poll(async () => (await write(port, keys, "/v1/keys", { name: "ci" })).status, { timeout: 10_000 })
      .toBe(201);
    expect((await write(port, keys, "/v1/zones", zoneOf("later"))).status).toBe(201);
    expect((await writeRecord(port, keys, "later")).status).toBe(201);
    await expect.poll(() => usage(port, keys), { timeout: 30_000 }).toBe(served);
    expect(await server.stop()).toBe(0);
    expect(eventsOf(server)).toEqual([event, "disk_writes_again"]);
  });
});

it.each([
  ["ENOSPC", /^the disk is full: free some space where .+STATE_DIR\n$/],
  ["EROFS", /^.+ cannot be written to \(EROFS\): .+STATE_DIR\n$/],
] as const)("says in one line that it cannot start on a disk that answers %s", async (error, sentence) => {
  await disk.refuse(error);
  const failed = await startServe(disk.env).catch((thrown: unknown) => thrown);
  expect(failed).toBeInstanceOf(ServeFailed);
  expect(failed).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(sentence) });
});

const zoneOf = (name: string) => ({ name, origin: `http://127.0.0.1:${(origin.address() as AddressInfo).port}` });

function write(port: number, keys: Keys, path: string, body: object): Promise<Answer> {
  return request(port, API, path, { method: "POST", headers: { "X-ResCDN-Key": keys.live }, body });
}

function writeRecord(port: number, keys: Keys, name: string): Promise<Answer> {
  const headers = { Authorization: `Bearer ${keys.resolvedb}` };
  const body = { record: { key: `config.${name}.v1`, data: "eyJhIjoxfQ==" } };
  return request(port, API, "/api/v1/records", { method: "POST", headers, body });
}

async function usage(port: number, keys: Keys): Promise<number> {
  const answer = await request(port, API, "/v1/usage", { headers: { "X-ResCDN-Key": keys.live } });
  return (JSON.parse(answer.body) as { requests: number }).requests;
}

import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ADMIN_TOKEN, newAccount } from "./new-account.ts";
import { type ServeProcess, startServe, stopServers } from "./serve-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const API = "api.rescdn.localhost";

describe.each(["1", "2"])("the API of npm run serve with WORKERS=%s", (workers) => {
  const stateDir = temporaryFolder("compressed");
  let server: ServeProcess;
  let key: string;
  let zone: { id: string };
  beforeAll(async () => {
    server = await startServe({ STATE_DIR: stateDir, ADMIN_TOKEN, WORKERS: workers });
    key = (await newAccount(server.port)).live;
    const made = await ask("/v1/zones", {}, "POST", { name: "compressed", origin: "https://origin.example.com" });
    expect(made.status).toBe(201);
    zone = JSON.parse(String(made.body));
  });
  afterAll(() => stopServers());

  async function open(path: string, headers: Record<string, string>, method: string, body?: object) {
    const outgoing = httpRequest({ host: "127.0.0.1", port: server.port, path, method, agent: false });
    for (const [name, value] of Object.entries({ Host: API, "X-ResCDN-Key": key, ...headers }))
      outgoing.setHeader(name, value);
    if (body !== undefined) outgoing.setHeader("Content-Type", "application/json");
    outgoing.end(body && JSON.stringify(body));
    const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
    return { answer, leave: () => outgoing.destroy() };
  }

  /** The bytes as they come over the wire. */
  async function ask(path: string, headers: Record<string, string> = {}, method = "GET", body?: object) {
    const { answer } = await open(path, headers, method, body);
    return { status: answer.statusCode ?? 0, headers: answer.headers, body: await buffer(answer) };
  }

  const gzip = { "Accept-Encoding": "gzip, deflate, br" };

  it("compresses what a client reads that takes gzip: the same, in fewer bytes, and says so", async () => {
    const [plain, coded] = [await ask("/openapi.json"), await ask("/openapi.json", gzip)];
    expect(plain.headers).toMatchObject({ vary: "accept-encoding" });
    expect(plain.headers).not.toHaveProperty("content-encoding");
    expect(coded.headers).toMatchObject({ "content-encoding": "gzip", vary: "accept-encoding" });
    expect(coded.headers["content-type"]).toBe(plain.headers["content-type"]);
    expect(coded.headers["content-length"] ?? String(coded.body.length)).toBe(String(coded.body.length));
    expect(gunzipSync(coded.body).equals(plain.body)).toBe(true);
    expect(coded.body.length).toBeLessThan(plain.body.length / 4);
    const refused = await ask("/openapi.json", { "Accept-Encoding": "gzip;q=0, *" });
    expect(refused.headers).not.toHaveProperty("content-encoding");
  });

  it("marks a tag as weak with that, and takes it in If-Match until the zone has changed", async () => {
    const path = `/v1/zones/${zone.id}`;
    const [plain, coded] = [await ask(path), await ask(path, gzip)];
    expect(plain.headers.etag).toMatch(/^"/);
    expect(coded.headers).toMatchObject({ "content-encoding": "gzip", etag: `W/${plain.headers.etag}` });
    const known = { ...gzip, "If-None-Match": coded.headers.etag! };
    const unchanged = await ask(path, known);
    expect([unchanged.status, unchanged.body.length]).toEqual([304, 0]);
    const change = { settings: { negative_ttl: 7 } };
    const condition = { ...gzip, "If-Match": coded.headers.etag! };
    const changed = await ask(path, condition, "PATCH", change);
    expect(changed.status).toBe(200);
    expect((await ask(path, condition, "PATCH", change)).status).toBe(412);
  });

  it("leaves what is small, a HEAD, the answer to a change, and what is compressed already as it is", async () => {
    const small = await ask("/health", gzip);
    expect(small.headers).not.toHaveProperty("vary");
    const head = await ask("/openapi.json", gzip, "HEAD");
    expect([head.status, head.body.length]).toEqual([200, 0]);
    const changed = await ask(`/v1/zones/${zone.id}`, gzip, "PATCH", { settings: { negative_ttl: 8 } });
    expect(changed.body.length).toBeGreaterThan(1_024);
    for (const { headers } of [small, head, changed]) expect(headers).not.toHaveProperty("content-encoding");
    const page = await ask("/docs/api", { ...gzip, Accept: "text/html" });
    expect(page.headers).toMatchObject({ "content-encoding": "br", vary: "accept-encoding, accept" });
  });

  it("leaves a stream as it is: what is in it comes at once", async () => {
    const { answer, leave } = await open(`/v1/zones/${zone.id}/tail`, gzip, "GET");
    expect(answer.headers["content-type"]).toBe("text/event-stream");
    expect(answer.headers).not.toHaveProperty("content-encoding");
    const [first] = (await once(answer, "data")) as [Buffer];
    expect(String(first)).toContain("event: open");
    leave();
  });
});

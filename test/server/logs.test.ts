import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { EVENTS, type EventName } from "../../src/log/events.ts";
import { listen } from "../origins/listen.ts";
import { ADMIN_TOKEN, type Keys, newAccount } from "./new-account.ts";
import { request } from "./request.ts";
import { type ServeProcess, startServe, stopServers } from "./serve-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const API = "api.rescdn.localhost";

/** What must never be logged, wherever a client, a customer or the operator has put it. */
const planted = ["cookie", "query", "header", "origin", "hook", "idempotency", "bearer", "referrer", "body"].map(
  (place) => `planted-${place}-9f3bX2`,
);
const [cookie, query, header, ofOrigin, ofHook, idempotency, bearer, referrer, body] = planted as string[];

/** Answers what is no whole HTTP answer, or nothing. */
const broken = createServer((socket) => {
  socket
    .on("error", () => undefined)
    .once("data", (bytes) => {
      if (String(bytes).startsWith("GET /cut")) {
        socket.end("HTTP/1.1 200 OK\r\nContent-Type: text/css\r\nContent-Length: 5000\r\n\r\nhalf");
      } else socket.destroy();
    });
});

const stateDir = temporaryFolder("logs");
let server: ServeProcess;
let keys: Keys;
let secret: string;

beforeAll(async () => {
  const { port: brokenPort } = await listen(broken, 0);
  server = await startServe({ STATE_DIR: stateDir, ADMIN_TOKEN, ALLOW_PRIVATE_ORIGINS: "true" });
  keys = await newAccount(server.port, "pro");
  const origin = `http://127.0.0.1:${brokenPort}`;
  const live = { "X-ResCDN-Key": keys.live, "Idempotency-Key": idempotency! };
  const settings = {
    origin_headers: { authorization: `Bearer ${ofOrigin}` },
    forward: { headers: ["x-secret"], cookies: true, authorization: true },
  };
  await call("POST", "/v1/zones", live, { name: "my-assets", origin, settings });
  const resolvedb = { Authorization: `Bearer ${keys.resolvedb}` };
  const hook = { url: `${origin}/${ofHook}?token=${ofHook}`, events: ["record.upserted"] };
  const made = await call("POST", "/api/v1/webhooks", resolvedb, { webhook: hook });
  ({ secret } = (JSON.parse(made.body) as { webhook: { secret: string } }).webhook);
  await call("POST", "/api/v1/records", resolvedb, { record: { key: "config.app.v1", data: btoa(body!) } });
  const private_ = { namespace: { visibility: "private" } };
  await call("PATCH", "/api/v1/namespaces/app", resolvedb, private_);
  await call("GET", `/v1/zones?name=${query}`, { ...live, Cookie: `session=${cookie}` });
  await call("GET", `/v1/${query}`, { Authorization: `Bearer ${bearer}`, Referer: `https://a.example/?${referrer}` });
  await call("POST", "/admin/accounts", { Authorization: `Bearer ${bearer}` }, { name: body });
  await call("POST", "/v1/zones", live, { name: body, origin: `https://user:${body}@a.example` });
  await call("GET", `/resolve?type=TXT&name=get.auth-${query}.config.app.v1.resolvedb.net`, {});
  const asked = {
    Cookie: `a=${cookie}`,
    "X-Secret": header!,
    Authorization: `Bearer ${bearer}`,
    Referer: `/?${referrer}`,
  };
  for (const path of ["/reset.css", "/cut.css"])
    await request(server.port, "my-assets.rescdn.localhost", `${path}?signature=${query}`, { headers: asked }).catch(
      () => undefined, // broken off, as its origin did
    );
  const wanted = ["api_request", "origin_failed", "body_broken", "webhook_failed"];
  await vi.waitFor(() => expect(events()).toEqual(expect.arrayContaining(wanted)), { timeout: 20_000 });
});

afterAll(async () => {
  await stopServers();
  broken.close();
});

const call = (method: string, path: string, headers: Record<string, string>, sent?: unknown) =>
  request(server.port, API, path, { method, headers, body: sent });

const lines = () =>
  server
    .stderr()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const events = () => lines().map(({ event }) => event);

describe("the log of npm run serve", () => {
  it("is one line of JSON an event: its time, its level, a name that the table has", () => {
    for (const { time, level, event } of lines()) {
      expect(new Date(String(time)).toISOString()).toBe(time);
      expect(level).toBe(EVENTS[event as EventName]?.[0]);
    }
  });

  it("holds no secret of anybody", () => {
    const log = server.stderr();
    for (const one of [...planted, ADMIN_TOKEN, secret, ...Object.values(keys)]) {
      expect(one.length).toBeGreaterThan(15);
      expect(log).not.toContain(one);
      expect(log).not.toContain(one.slice(-16));
      expect(log).not.toContain(btoa(one));
    }
  });

  it("names a call by the id that its answer has", async () => {
    const answer = await call("GET", "/v1/nowhere", { "X-ResCDN-Key": keys.live });
    const id = answer.headers["x-request-id"];
    expect(id).toMatch(/^req_/);
    await expect.poll(() => lines().filter((line) => line.request_id === id)).toHaveLength(1);
  });

  it("says why an origin failed in the word that Cache-Status has", async () => {
    const answer = await request(server.port, "my-assets.rescdn.localhost", "/again.css");
    const [, word] = /detail=(origin-\w+)/.exec(String(answer.headers["cache-status"])) ?? [];
    expect(word).toBeDefined();
    await expect
      .poll(() =>
        lines()
          .filter(({ event }) => event === "origin_failed")
          .at(-1),
      )
      .toMatchObject({ reason: word });
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { purgeTags } from "../../src/zones/purge/cloudflare-purge.ts";
import { type ApiLine, CloudflareApiServer, refusal } from "./cloudflare-api.ts";

let api: CloudflareApiServer;

beforeAll(async () => {
  api = await CloudflareApiServer.start();
});
afterEach(() => api.answers());
afterAll(() => api.close());

const purge = (tags: string[], change: { zone?: string; token?: string } = {}) =>
  purgeTags({ base: api.base, zone: api.zone, token: api.token, ...change }, tags, 500);

describe("purgeTags()", () => {
  it("makes the call that Cloudflare documents", async () => {
    const before = api.calls.length;
    expect(await purge(["1a2b", "3c"])).toEqual({ kind: "purged" });
    expect(api.calls.slice(before)).toEqual([
      { path: `/client/v4/zones/${api.zone}/purge_cache`, authorization: `Bearer ${api.token}`, tags: ["1a2b", "3c"] },
    ]);
  });

  it("takes as many tags in a call as Cloudflare does, and tells when it is refused", async () => {
    const tags = Array.from({ length: 101 }, (_, i) => `t${i}`);
    expect(await purge(tags.slice(0, 100))).toEqual({ kind: "purged" });
    expect(await purge(tags)).toEqual({ kind: "failed", reason: "status 400, error codes 1094" });
    expect(await purge(["a"], { zone: "f".repeat(32) })).toEqual({
      kind: "failed",
      reason: "status 404, error codes 7003",
    });
    const wrong = await purge(["a"], { token: "wrong-token" });
    expect(wrong).toEqual({ kind: "failed", reason: "status 403, error codes 10000" });
  });

  it.each<[string, string, number]>([
    ["seconds", "7", 7_000],
    ["nothing", "", 60_000],
    ["nonsense", "soon", 60_000],
    ["zero", "0", 1_000],
    ["a date long past", "Sun, 06 Nov 1994 08:49:37 GMT", 1_000],
    ["more than an hour", "999999", 3_600_000],
  ])("waits after a 429 as Retry-After says: %s", async (_, value, retryAfterMs) => {
    api.answers(refusal(429, 10_000, "rate limited", value === "" ? {} : { "Retry-After": value }));
    expect(await purge(["a"])).toEqual({ kind: "limited", retryAfterMs });
  });

  const success = '{"success":true,"errors":[],"messages":[],"result":null}';
  it.each<[string, ApiLine, string]>([
    ["a 500", refusal(500, 10_001, "oops"), "status 500, error codes 10001"],
    ["a 502 of a proxy", { status: 502, body: "<html>" }, "status 502, error codes none"],
    ["a 200 without success", refusal(200, 1_012, "no"), "status 200, error codes 1012"],
    ["a 500 with success", { status: 500, body: success }, "status 500, error codes none"],
    ["broken JSON", { status: 200, body: '{"success":tr' }, "status 200, error codes none"],
    ["JSON of another form", { status: 200, body: '[1,null,"a"]' }, "status 200, error codes none"],
    ["null", { status: 200, body: "null" }, "status 200, error codes none"],
    [
      "errors of another form",
      { status: 400, body: '{"errors":[null,1,{"code":"x"},{"code":9}]}' },
      "status 400, error codes 9",
    ],
    [
      "a redirect",
      { status: 307, body: "", headers: { Location: "http://127.0.0.1:9/" } },
      "status 307, error codes none",
    ],
    ["silence", "hang", "TimeoutError"],
    ["a connection that breaks", "reset", "TypeError"],
  ])("says what failed without what was sent: %s", async (_, line, reason) => {
    api.answers(line);
    expect(await purge(["a"])).toEqual({ kind: "failed", reason });
  });
});

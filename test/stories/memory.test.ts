import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { buildPurgeLog } from "../../src/zones/purge/purge-log.ts";
import { asset, pass, play, playEdge } from "../support/edge.ts";

playEdge();

/** Counts what a hit must not cost. */
function countCalls() {
  const match = vi.spyOn(Cache.prototype, "match");
  const put = vi.spyOn(Cache.prototype, "put");
  const get = vi.spyOn(Object.getPrototypeOf(env.ZONES) as KVNamespace, "get");
  return () => ({ match: match.mock.calls.length, put: put.mock.calls.length, get: get.mock.calls.length });
}

describe("a hot response", () => {
  it("costs no call of the Cache API, KV or the origin", async () => {
    const { get, origin } = await play();
    origin.answers(asset("body{}".repeat(400), { etag: '"1"' }));
    await (await get("/a.css")).text();
    await (await get("/a.css", { headers: { "accept-encoding": "br" } })).text();
    const calls = countCalls();
    const counted = () => ({ ...calls(), hits: origin.hits });
    const before = counted();
    for (const headers of [{}, { "accept-encoding": "br" }, { "if-none-match": '"1"' }, { range: "bytes=0-9" }]) {
      for (let i = 0; i < 3; i++) {
        const response = await get("/a.css", { headers: headers as Record<string, string> });
        expect(response.headers.get("x-cache")).toBe("HIT");
        await response.text();
      }
    }
    expect(counted()).toEqual(before);
    // The count itself works: a miss is seen by it.
    await (await get("/b.css")).text();
    expect(counted().match).toBeGreaterThan(before.match);
  });

  it("may be large once it is asked for again: each client gets all of it, whoever hangs up in the middle", async () => {
    const { get, origin } = await play();
    const large = "0123456789abcdef".repeat(1_048_576 / 16);
    origin.answers(asset(large));
    for (let i = 0; i < 2; i++) expect(await (await get("/large.css")).text()).toBe(large);
    const calls = countCalls();
    // It is copied while it is read, and may be there a moment after its reader has all of it.
    const matches = async () => {
      const earlier = calls().match;
      await (await get("/large.css")).text();
      return calls().match - earlier;
    };
    await expect.poll(matches).toBe(0);
    const before = { ...calls(), hits: origin.hits };
    const broken = (await get("/large.css")).body!.getReader();
    await broken.read();
    await broken.cancel();
    const downloads = await Promise.all(["/large.css", "/large.css"].map((path) => get(path)));
    for (const response of downloads) {
      expect(response.headers.get("content-length")).toBe("1048576");
      expect(await response.text()).toBe(large);
    }
    const part = await get("/large.css", { headers: { range: "bytes=1048560-" } });
    expect([part.status, await part.text()]).toEqual([206, "0123456789abcdef"]);
    expect({ ...calls(), hits: origin.hits }).toEqual(before);
  });

  it("says the same each time, but for its age", async () => {
    const { get, origin } = await play({ response_headers: { "x-mine": "1" } });
    origin.answers(asset("body{}".repeat(400), { etag: '"1"' }));
    await (await get("/a.css")).text();
    const shown = async () => {
      const response = await get("/a.css", { headers: { "accept-encoding": "gzip, br" } });
      return { fields: Object.fromEntries(response.headers), body: await response.text() };
    };
    const first = await shown();
    expect(await shown()).toEqual(first);
    pass(7);
    const later = await shown();
    expect(later).toEqual({
      ...first,
      fields: { ...first.fields, age: "7", "cache-status": "ResCDN; hit; ttl=86393" },
    });
    expect(await shown()).toEqual(later);
  });

  it("is stale when its time has come", async () => {
    const { get, origin } = await play();
    origin.answers(asset("v1", { "cache-control": "max-age=10" }), asset("v2", { "cache-control": "max-age=10" }));
    for (let i = 0; i < 3; i++) await (await get("/a.css")).text();
    pass(9);
    expect(await (await get("/a.css")).text()).toBe("v1");
    pass(1);
    expect(await (await get("/a.css")).text()).toBe("v2");
  });

  it("goes by a purge and by changed settings", async () => {
    const zone = await play();
    zone.origin.answers(asset("v1"), asset("v2"));
    for (let i = 0; i < 3; i++) await (await zone.get("/a.css")).text();
    await zone.publish({ settings: { ...zone.zone.settings, response_headers: { "x-new": "1" } } });
    await zone.get("/a.css"); // served as it was known, while the table is read
    await expect.poll(async () => (await zone.get("/a.css")).headers.get("x-new")).toBe("1");
    const version = zone.zone.version + 1;
    await zone.publish({ purges: buildPurgeLog([{ kind: "path", value: "/a.css", soft: false, version, at: 0 }]) });
    await zone.get("/a.css");
    await expect.poll(async () => (await zone.get("/a.css")).text()).toBe("v2");
    expect(zone.origin.hits).toBe(2);
  });

  it("is not kept in a zone whose objects change by unsafe methods", async () => {
    const { get, origin } = await play({ methods: "all" });
    origin.answers(asset("x"));
    for (let i = 0; i < 3; i++) await (await get("/a.css")).text();
    const calls = countCalls();
    await (await get("/a.css")).text();
    expect(calls().match).toBe(1);
  });
});

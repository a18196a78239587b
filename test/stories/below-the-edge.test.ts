import { exports } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { storeOrigin } from "../../src/hosts.ts";
import { checkZoneName } from "../../src/zones/zone-name.ts";
import { asset, originAt, pass, play, playEdge } from "../support/edge.ts";

playEdge();

describe("the cache that Cloudflare has below a Worker's fetch", () => {
  it("is kept out of each request to an origin: misses, validations, HEADs, ranges, other methods, the fallback", async () => {
    const spare = originAt("https://spare.example");
    spare.answers(asset("spare", { "cache-control": "max-age=60" }));
    const { get, origin } = await play({ methods: "all", fallback_origin: spare.url, cors: false });
    origin.answers(asset("x", { "cache-control": "max-age=10", etag: '"1"' }));
    await (await get("/a.css")).text();
    pass(11);
    origin.answers(asset(null, {}, 304));
    await (await get("/a.css")).text();
    origin.answers(asset("x"));
    await (await get("/b.css", { method: "HEAD" })).text();
    await (await get("/c.css", { headers: { range: "bytes=100-" } })).text();
    await (await get("/d", { method: "POST", body: "x" })).text();
    await (await get("/d", { method: "OPTIONS", headers: { "access-control-request-method": "PUT" } })).text();
    origin.answers(asset("down", {}, 503));
    expect(await (await get("/e.css")).text()).toBe("spare");
    expect(origin.hits).toBeGreaterThanOrEqual(6);
    const modes = vi.mocked(fetch).mock.calls.map(([, init]) => init?.cache);
    expect(modes).toHaveLength(origin.hits + spare.hits);
    expect(new Set(modes)).toEqual(new Set(["no-store"]));
  });
});

describe("the store", () => {
  it("is a cache of its own under a host that answers nobody", async () => {
    const { get, origin, zone } = await play();
    origin.answers(asset("secret"));
    await (await get("/a.css")).text();
    const host = storeOrigin({ edgeDomains: ["rescdn.io"] });
    const place = `/.cache/primary/${zone.id}/a.css`;
    const own = await caches.open("rescdn");
    await vi.waitFor(async () => expect(await own.match(host + place)).toBeDefined(), { timeout: 10_000 });
    for (const other of [host, "https://rescdn.io", `https://${zone.name}.rescdn.io`]) {
      expect(await caches.default.match(other + place)).toBeUndefined();
    }
    expect(checkZoneName(new URL(host).hostname.split(".", 1)[0]!).ok).toBe(false);
    for (const asked of [host, host.replace("https:", "http:"), host.replace(".io", ".localhost")]) {
      const answer = await exports.default.fetch(asked + place);
      expect([answer.status, answer.headers.get("cache-control")]).toEqual([404, "no-store"]);
      expect(await answer.text()).not.toContain("secret");
    }
  });
});

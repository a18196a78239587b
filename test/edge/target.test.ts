import { describe, expect, it } from "vitest";
import { targetOf } from "../../src/edge/target.ts";
import { DEFAULT_SETTINGS, type ZoneSettings } from "../../src/zones/settings.ts";

const target = (path: string, settings: Partial<ZoneSettings> = {}) =>
  targetOf(new URL(`https://z.rescdn.io${path}`), { id: "zone_1", settings: { ...DEFAULT_SETTINGS, ...settings } });

describe("targetOf()", () => {
  it.each([
    ["/a.css", "zone_1/a.css"],
    ["/a.css?b=1&a=2", "zone_1/a.css?b=1&a=2"],
    ["/x/../a.css", "zone_1/a.css"],
    ["/%61.css", "zone_1/a.css"],
    ["/a//b.css", "zone_1/a//b.css"],
    ["/a%2fb.css", "zone_1/a%2Fb.css"],
    ["", "zone_1/"],
  ])("keys %s as %s", (path, key) => {
    expect(target(path).key).toBe(key);
  });

  it.each([
    ["ignore", "zone_1/a.css"],
    ["sort", "zone_1/a.css?a=2&b=1&c=3"],
    [["c", "a"], "zone_1/a.css?a=2&c=3"],
  ] as const)("counts of the query what the rule %j says", (query, key) => {
    expect(target("/a.css?b=1&a=2&c=3", { query }).key).toBe(key);
  });

  it.each([
    ["/a.css", 86_400],
    ["/a.JS", 86_400],
    ["/a.woff2", 604_800],
    ["/a.png", 86_400],
    ["/a.mp4", null],
    ["/a", null],
    ["/.css", null],
    ["/a.constructor", null],
    ["/a.css/", null],
  ])("gives %s the TTL %j", (path, ttl) => {
    expect(target(path).freshness.ttl).toBe(ttl);
  });

  it("lets ttl_by_extension win over the type", () => {
    const settings = { ttl_by_extension: { css: 5, html: 60 } };
    expect(target("/a.css", settings).freshness.ttl).toBe(5);
    expect(target("/a.html", settings).freshness.ttl).toBe(60);
    expect(target("/a.toString", settings).freshness.ttl).toBeNull();
  });
});

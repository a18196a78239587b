import { describe, expect, it } from "vitest";
import { coalescingKeyOf } from "../../../src/edge/fill/coalescing-key.ts";
import { targetOf } from "../../../src/edge/request/target.ts";
import { DEFAULT_SETTINGS, type ZoneSettings } from "../../../src/zones/settings.ts";
import type { ZoneDocument } from "../../../src/zones/zone.ts";

/** The key of a request to a zone that forwards all headers. */
function keyOf(path: string, headers: Record<string, string> = {}): string {
  const url = new URL(path, "https://zone.example");
  const settings: ZoneSettings = { ...DEFAULT_SETTINGS, forward: { ...DEFAULT_SETTINGS.forward, headers: "all" } };
  const zone = { id: "zone_a", settings } as ZoneDocument;
  return coalescingKeyOf({ request: new Request(url, { headers }), zone, target: targetOf(url, zone) });
}

describe("coalescingKeyOf()", () => {
  it("is the cache key, and what the origin gets of this client alone", () => {
    expect(keyOf("/a?b")).toBe("zone_a/a?b");
    expect(keyOf("/a", { "x-one": "1" })).toBe("zone_a/a\nx-one:1");
  });

  it("is short for the longest URLs and fields, and tells them apart", () => {
    const long = "x".repeat(15_000);
    const keys = [
      keyOf(`/${long}`),
      keyOf(`/${long}y`),
      keyOf(`/${long}`, { "x-one": "1" }),
      keyOf("/", { "x-one": long }),
    ];
    expect(new Set(keys).size).toBe(4);
    expect(Math.max(...keys.map((key) => key.length))).toBeLessThan(100);
  });
});

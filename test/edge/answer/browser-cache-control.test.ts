import { describe, expect, it } from "vitest";
import { browserCacheControl } from "../../../src/edge/answer/browser-cache-control.ts";
import type { StoredResponse } from "../../../src/edge/cache/stored-response.ts";
import type { ZoneSettings } from "../../../src/zones/settings.ts";

type Source = StoredResponse["source"];
type Settings = Pick<ZoneSettings, "browser_ttl" | "ttl_mode">;

/** What a client sees of a response that the edge holds for 100 s and that is 7 s old. */
function shown(origin: string | null, source: Source, settings: Partial<Settings> = {}): string | null {
  return browserCacheControl({ lifetime: 100, source }, origin, 7, {
    browser_ttl: null,
    ttl_mode: "respect",
    ...settings,
  });
}

const OURS = "public, max-age=100";

it("no-transform is said on where ours takes the place of what the origin says (RFC 9110 §7.7)", () => {
  expect(shown("max-age=9, no-transform", "policy", { ttl_mode: "override" })).toBe(`${OURS}, no-transform`);
  expect(shown("no-transform", "max-age", { browser_ttl: 60 })).toBe("public, max-age=67, no-transform");
});

describe("browserCacheControl() without a browser_ttl", () => {
  it.each<[string, string | null, Source, string | null]>([
    ["the origin's lifetime is left to the origin", "max-age=60", "max-age", null],
    ["a heuristic one as well", null, "heuristic", null],
    ["the zone's is told where the origin said nothing", null, "policy", OURS],
    ["that of an error as well", null, "negative", OURS],
    [
      "beside directives that say no lifetime, it is added",
      "public, immutable",
      "policy",
      "public, immutable, max-age=100",
    ],
    ["no-transform is said on", "no-transform", "policy", "no-transform, max-age=100"],
    ["not beside the origin's max-age", "max-age=5", "policy", null],
    ["not beside no-cache", "no-cache", "policy", null],
    ["not beside no-cache for one field", 'no-cache="x"', "policy", null],
    ["not beside private", "private", "policy", null],
    ["not beside no-store", "no-store", "policy", null],
  ])("%s: %j by %s is %j", (_title, origin, source, expected) => {
    expect(shown(origin, source)).toBe(expected);
  });

  it.each<[string | null, string | null]>([
    [null, OURS],
    ["max-age=5", OURS],
    ["no-cache", OURS],
    ["public", OURS],
    ["private", null],
    ['private="x"', null],
    ["no-store", null],
  ])("in a zone that overrides, %j becomes %j", (origin, expected) => {
    expect(shown(origin, "policy", { ttl_mode: "override" })).toBe(expected);
  });

  it("in a zone that overrides, leaves a lifetime that is not the zone's", () => {
    expect(shown("max-age=5", "max-age", { ttl_mode: "override" })).toBeNull();
  });
});

describe("browserCacheControl() with a browser_ttl", () => {
  it.each<[string, string | null, Settings["ttl_mode"], string | null]>([
    ["grants it beyond the age, so that it is what remains", "max-age=5", "respect", "public, max-age=37"],
    ["grants it where the origin said nothing", null, "respect", "public, max-age=37"],
    ["does not loosen no-cache", "no-cache", "respect", null],
    ["but where the zone overrides", "no-cache", "override", "public, max-age=37"],
    ["never loosens private", "private, max-age=5", "override", null],
    ["nor no-store", "no-store", "override", null],
  ])("%s: %j in a zone with %s is %j", (_title, origin, mode, expected) => {
    expect(shown(origin, "max-age", { browser_ttl: 30, ttl_mode: mode })).toBe(expected);
  });

  it("of 0 lets clients keep nothing", () => {
    expect(shown("max-age=5", "max-age", { browser_ttl: 0 })).toBe("public, max-age=7");
  });
});

import { describe, expect, it } from "vitest";
import { type CacheControl, NO_DIRECTIVES } from "../../src/http/cache-control.ts";
import {
  dropTargeted,
  effectiveCacheControl,
  parseCdnCacheControl,
  targetedFields,
} from "../../src/http/targeted-cache-control.ts";

describe("parseCdnCacheControl() reads", () => {
  it.each<[string, Partial<CacheControl>]>([
    ["max-age=3600", { maxAge: 3600 }],
    ["max-age=99999999999", { maxAge: 2_147_483_647 }],
    ["max-age=-1", { maxAge: 0 }],
    ["foobar, max-age=3600", { maxAge: 3600 }],
    ["max-age=3600;not-for-you", { maxAge: 3600 }],
    ["max-age=1, max-age=3600", { maxAge: 3600 }],
    ["no-store", { noStore: true }],
    ["private", { private: true }],
    ['no-cache="a, B"', { noCache: ["a", "b"] }],
    ["no-cache=a", { noCache: ["a"] }],
    ["s-maxage=1, public, must-revalidate", { sMaxage: 1, public: true, mustRevalidate: true }],
    ["stale-while-revalidate=30", { staleWhileRevalidate: 30 }],
    ["unknown=(1 2)", {}],
  ])("%j", (value, expected) => {
    expect(parseCdnCacheControl(value)).toEqual({ ...NO_DIRECTIVES, ...expected });
  });
});

describe("parseCdnCacheControl() ignores", () => {
  it.each([
    null,
    "",
    "  ",
    "max-age=10000, &&&&&",
    'max-age="10000"',
    "max-age=1.5",
    "max-age",
    "max-age=(1 2)",
    "max-age =100",
    "max-age= 100",
    "MaX-aGe=3600",
    "no-store=?0",
    "no-store=1",
    "no-cache=1",
    "max-age=10000,",
    `max-age=${"9".repeat(30)}`,
  ])("%j", (value) => {
    expect(parseCdnCacheControl(value)).toBeNull();
  });
});

/** Directives of a length. */
const of = (length: number) => "max-age=1, a".padEnd(length, "a");

describe("effectiveCacheControl() takes the directives of", () => {
  it.each<[Record<string, string>, boolean, Partial<CacheControl>]>([
    [{ "cache-control": "no-store", "cdn-cache-control": "max-age=1" }, true, { maxAge: 1 }],
    [{ "cache-control": "no-store", "cdn-cache-control": "max-age=1, &" }, false, { noStore: true }],
    [{ "cache-control": "no-store" }, false, { noStore: true }],
    [{}, false, {}],
    [{ "cache-control": "max-age=9", "cdn-cache-control": of(4_096) }, true, { maxAge: 1 }],
    [{ "cache-control": "max-age=9", "cdn-cache-control": of(4_097) }, false, { noStore: true }],
    [{ "cache-control": "max-age=9", "surrogate-control": of(4_097) }, false, { noStore: true }],
    [{ "cache-control": of(4_097), "cdn-cache-control": "max-age=9" }, false, { noStore: true }],
  ])("%j (targeted: %j)", (headers, targeted, expected) => {
    const directives = { ...NO_DIRECTIVES, ...expected };
    expect(effectiveCacheControl(new Headers(headers))).toEqual({ directives, targeted });
  });
});

describe("targetedFields()", () => {
  it("finds what is said to caches on the way, and neither Cache-Control nor what is only called alike", () => {
    const targeted = [
      "akamai-cache-control",
      "cdn-cache-control",
      "edge-control",
      "surrogate-control",
      "x-accel-expires",
    ];
    const others = ["cache-control", "expires", "surrogate-key", "x-cache-control-note"];
    const headers = new Headers([...targeted, ...others].map((name): [string, string] => [name, "1"]));
    expect(targetedFields(headers)).toEqual(targeted);
    dropTargeted(headers);
    expect([...headers.keys()]).toEqual(others);
  });
});

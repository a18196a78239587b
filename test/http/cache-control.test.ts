import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type CacheControl,
  NO_DIRECTIVES,
  parseCacheControl,
  parseRequestCacheControl,
} from "../../src/http/cache-control.ts";

const reads = (value: string | null, expected: Partial<CacheControl>) =>
  expect(parseCacheControl(value)).toEqual({ ...NO_DIRECTIVES, ...expected });

describe("parseCacheControl() reads", () => {
  it.each<[string | null, Partial<CacheControl>]>([
    [null, {}],
    ["", {}],
    ["foobar, x=1", {}],
    ["max-age=3600", { maxAge: 3600 }],
    ["MaX-aGe=3600", { maxAge: 3600 }],
    ["foobar, max-age=3600", { maxAge: 3600 }],
    ["max-age=003600", { maxAge: 3600 }],
    ['max-age="3600"', { maxAge: 3600 }],
    ["max-age=1, s-maxage=2", { maxAge: 1, sMaxage: 2 }],
    ["max-age=2147483648", { maxAge: 2_147_483_647 }],
    ["max-age=99999999999", { maxAge: 2_147_483_647 }],
    [`max-age=${"9".repeat(400)}`, { maxAge: 2_147_483_647 }],
    ['extension="max-age=3600", max-age=1', { maxAge: 1 }],
    ['max-age=1, extension="max-age=3600"', { maxAge: 1 }],
    ['max-age="1", extension="no-store, max-age=3600"', { maxAge: 1 }],
    ["No-StOrE", { noStore: true }],
    ["no-store=anything", { noStore: true }],
    ['x="open, no-store', { noStore: true }],
    ["public,must-revalidate,,proxy-revalidate", { public: true, mustRevalidate: true, proxyRevalidate: true }],
    ["must-understand, no-transform, immutable", { mustUnderstand: true, noTransform: true, immutable: true }],
    ["only-if-cached, no-store", { onlyIfCached: true, noStore: true }],
    ["stale-while-revalidate=60, stale-if-error=600", { staleWhileRevalidate: 60, staleIfError: 600 }],
    ["max-stale, min-fresh=5", {}],
    ["no-cache", { noCache: true }],
    ["private", { private: true }],
    ['no-cache="A, b"', { noCache: ["a", "b"] }],
    ["private=Set-Cookie", { private: ["set-cookie"] }],
    ['no-cache="a", no-cache="b"', { noCache: ["a", "b"] }],
    ['no-cache="a", no-cache', { noCache: true }],
    ['no-cache, no-cache="a"', { noCache: true }],
    ['private=""', { private: true }],
    ['private="not a name"', { private: true }],
  ])("%j", (value, expected) => {
    reads(value, expected);
  });

  it.each([
    "max-age",
    "max-age=",
    "max-age=-3600",
    "max-age='3600'",
    "max-age=3600.0",
    "max-age=a3600",
    "max-age=3600a",
    "max-age= 3600",
    "max-age =3600",
    "max-age=+1",
    "max-age=1e3",
    "max-age=0x10",
    'max-age="36',
  ])("%j as stale, because its argument is no number", (value) => {
    reads(value, { maxAge: 0 });
  });

  it("the first of several values", () => {
    reads("max-age=1800, max-age=1", { maxAge: 1800 });
    reads("max-age=1, max-age=1800", { maxAge: 1 });
    reads("max-age=x, max-age=1800", { maxAge: 0 });
  });

  it("directives alike in any order, case and spacing", () => {
    const directives = fc.uniqueArray(
      fc.constantFrom("no-store", "public", "max-age=5", "s-maxage=7", 'private="a, b"', "stale-if-error=9"),
    );
    fc.assert(
      fc.property(directives, fc.constantFrom(",", ", ", " ,\t", ",,"), (list, separator) => {
        const expected = parseCacheControl(list.join(","));
        expect(parseCacheControl(list.toReversed().join(separator).toUpperCase())).toEqual(expected);
      }),
    );
  });

  it("any text without failing, and never a number out of range", () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom("max-age=", "s-maxage=", 'max-age="', "no-cache="), (text, start) => {
        const { maxAge = 0, sMaxage = 0 } = parseCacheControl(start + text);
        for (const seconds of [maxAge, sMaxage]) {
          expect(Number.isInteger(seconds) && seconds >= 0 && seconds < 2 ** 31).toBe(true);
        }
      }),
    );
  });
});

describe("parseRequestCacheControl() reads", () => {
  it.each<[Record<string, string>, object]>([
    [{}, {}],
    [{ "cache-control": "no-store" }, { noStore: true }],
    [{ "cache-control": "max-stale, only-if-cached" }, { onlyIfCached: true }],
    [{ pragma: "no-cache" }, {}],
  ])("%j", (headers, expected) => {
    expect(parseRequestCacheControl(new Headers(headers))).toEqual({ ...NO_DIRECTIVES, ...expected });
  });
});

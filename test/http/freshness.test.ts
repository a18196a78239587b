import { describe, expect, it } from "vitest";
import { formatHttpDate } from "../../src/http/dates.ts";
import {
  type FreshnessPolicy,
  type FreshnessSource,
  freshnessLifetime,
  lifetimeOnArrival,
} from "../../src/http/freshness.ts";

const answeredAt = Date.UTC(2030, 0, 1, 12);
const day = 86_400;
const at = (seconds: number) => formatHttpDate(answeredAt + seconds * 1000);
const none: FreshnessPolicy = { mode: "respect", ttl: null, negativeTtl: 0, maxHeuristic: day, maxErrorTtl: 10 };
const zone: FreshnessPolicy = { mode: "respect", ttl: 600, negativeTtl: 10, maxHeuristic: day, maxErrorTtl: 10 };

function lifetime(headers: Record<string, string>, policy = none, status = 200) {
  const { seconds, source } = freshnessLifetime({ status, headers: new Headers(headers) }, policy, answeredAt);
  return [seconds, source];
}

describe("freshnessLifetime() reads", () => {
  it.each<[Record<string, string>, number, FreshnessSource]>([
    [{}, 0, "none"],
    [{ "cache-control": "max-age=3600" }, 3600, "max-age"],
    [{ "cache-control": "max-age=0", expires: at(3600) }, 0, "max-age"],
    [{ "cache-control": "max-age=3600", expires: "0" }, 3600, "max-age"],
    [{ "cache-control": "max-age=1, s-maxage=3600" }, 3600, "s-maxage"],
    [{ "cache-control": "max-age=3600, s-maxage=1" }, 1, "s-maxage"],
    [{ "cache-control": "max-age=-1" }, 0, "max-age"],
    [{ "cdn-cache-control": "max-age=60", "cache-control": "s-maxage=3600", expires: at(9) }, 60, "cdn-cache-control"],
    [{ "cdn-cache-control": "max-age=60, s-maxage=5" }, 5, "cdn-cache-control"],
    [{ "cdn-cache-control": "max-age=60, &", "cache-control": "max-age=7" }, 7, "max-age"],
    [{ "cdn-cache-control": "public", "cache-control": "max-age=7", expires: at(9) }, 0, "none"],
    [{ expires: at(3600), date: at(0) }, 3600, "expires"],
    [{ expires: at(300), date: at(400) }, 0, "expires"],
    [{ expires: at(0), date: at(0) }, 0, "expires"],
    [{ expires: at(-5), date: at(0) }, 0, "expires"],
    [{ expires: at(20), date: at(10) }, 10, "expires"],
    [{ expires: at(10), date: "foo" }, 10, "expires"],
    [{ expires: at(10) }, 10, "expires"],
    [{ expires: "0", date: at(0) }, 0, "expires"],
    [{ expires: `${at(60)}, ${at(60)}`, date: at(0) }, 0, "expires"],
    [{ "last-modified": at(-day), date: at(0) }, day / 10, "heuristic"],
    [{ "last-modified": at(-1000 * day), date: at(0) }, day, "heuristic"],
    [{ "last-modified": at(-1000) }, 100, "heuristic"],
    [{ "last-modified": at(-5), date: at(0) }, 0, "none"],
    [{ "last-modified": at(1000), date: at(0) }, 0, "none"],
    [{ "last-modified": "yesterday" }, 0, "none"],
    [{ "last-modified": at(-day), expires: "0" }, 0, "expires"],
  ])("%j as %i s by %s", (headers, seconds, source) => {
    expect(lifetime(headers)).toEqual([seconds, source]);
  });
});

describe("freshnessLifetime() gives a heuristic lifetime", () => {
  it.each([200, 203, 204, 206, 300, 301, 308, 405, 414, 501])("to status %i", (status) => {
    expect(lifetime({ "last-modified": at(-day) }, none, status)).toEqual([day / 10, "heuristic"]);
  });

  it.each([
    [3_600, 3_600, "heuristic"],
    [60, 60, "heuristic"],
    [0, 0, "none"],
  ])("of at most %i s", (maxHeuristic, seconds, source) => {
    expect(lifetime({ "last-modified": at(-1000 * day) }, { ...none, maxHeuristic })).toEqual([seconds, source]);
  });

  it.each([201, 202, 302, 307, 400, 403, 500, 502, 503, 504, 599])("to status %i only if it is public", (status) => {
    const headers = { "last-modified": at(-day) };
    expect(lifetime(headers, none, status)).toEqual([0, "none"]);
    expect(lifetime({ ...headers, "cache-control": "public" }, none, status)).toEqual([day / 10, "heuristic"]);
  });
});

describe("freshnessLifetime() follows the zone", () => {
  const override: FreshnessPolicy = { ...zone, mode: "override" };

  it.each<[string, FreshnessPolicy, number, Record<string, string>, number, FreshnessSource]>([
    ["where the response says nothing", zone, 200, {}, 600, "policy"],
    ["before a heuristic", zone, 200, { "last-modified": at(-day) }, 600, "policy"],
    ["for a lasting redirect", zone, 301, {}, 600, "policy"],
    ["under a CDN-Cache-Control without a lifetime", zone, 200, { "cdn-cache-control": "public" }, 600, "policy"],
    ["not over the response", zone, 200, { "cache-control": "max-age=5" }, 5, "max-age"],
    ["not for a temporary redirect", zone, 302, {}, 0, "none"],
    ["not for errors", zone, 500, {}, 0, "none"],
    ["not for 403", zone, 403, {}, 0, "none"],
    ["with the negative TTL for 404", zone, 404, {}, 10, "negative"],
    ["with the negative TTL for 410", zone, 410, { "last-modified": at(-day) }, 10, "negative"],
    ["not over a 404's own freshness", zone, 404, { "cache-control": "max-age=60" }, 60, "max-age"],
    ["over the response when it overrides", override, 200, { "cdn-cache-control": "max-age=5" }, 600, "policy"],
    ["with the negative TTL when it overrides", override, 404, {}, 10, "negative"],
    ["not over an error's own freshness", override, 500, { "cache-control": "max-age=5" }, 5, "max-age"],
    ["not where it has no TTL to override with", { ...override, ttl: null }, 200, { expires: at(9) }, 9, "expires"],
    ["when it overrides with 0", { ...override, ttl: 0 }, 200, { "cache-control": "max-age=5" }, 0, "policy"],
  ])("%s", (_, policy, status, headers, seconds, source) => {
    expect(lifetime(headers, policy, status)).toEqual([seconds, source]);
  });
});

describe("lifetimeOnArrival()", () => {
  const bound = { maxErrorTtl: 10 };
  const threeDays = 3 * day;

  it.each<[string, number, FreshnessSource, number, number, number]>([
    [
      "the zone's own counts from when it comes, however old it says it is",
      600,
      "policy",
      200,
      threeDays,
      600 + threeDays,
    ],
    ["that of an error as well", 10, "negative", 404, threeDays, 10 + threeDays],
    ["but for seconds, by which two clocks always differ", 600, "policy", 200, 2, 600],
    ["an explicit one is what was said", 600, "max-age", 200, threeDays, 600],
    ["by an Expires as well", 600, "expires", 200, threeDays, 600],
    ["a heuristic one as well", 600, "heuristic", 200, threeDays, 600],
    ["an error's is bounded", 31_536_000, "max-age", 500, 0, 10],
    ["by whatever field it says it", 31_536_000, "cdn-cache-control", 404, 0, 10],
    ["or does not", 86_400, "heuristic", 410, 0, 10],
    ["from when it comes", 31_536_000, "max-age", 503, threeDays, 10 + threeDays],
    ["and not made longer", 5, "s-maxage", 400, 0, 5],
    ["what the zone gives an error is its own affair", 3_600, "negative", 404, 0, 3_600],
    ["a redirect is no error", 31_536_000, "max-age", 399, 0, 31_536_000],
  ])("%s", (_, seconds, source, status, age, expected) => {
    expect(lifetimeOnArrival({ seconds, source }, status, age, bound)).toBe(expected);
  });
});

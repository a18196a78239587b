import { describe, expect, it } from "vitest";
import { stampAge } from "../../../src/edge/answer/age-fields.ts";
import type { StoredResponse } from "../../../src/edge/cache/stored-response.ts";
import { DEFAULT_SETTINGS } from "../../../src/zones/settings.ts";

type Provenance = Parameters<typeof stampAge>[2];

const hitAt = (age: number): Provenance => ({ cacheStatus: { hit: true, ttl: 100 - age }, xCache: "HIT", age });
const missed: Provenance = { cacheStatus: { fwd: "uri-miss", fwdStatus: 200 }, xCache: "MISS", age: null };

/** Stamps the stored fields, once for each provenance. */
function stamped(fields: Record<string, string>, provenances: Provenance[], settings = {}, change = {}) {
  const stored = {
    status: 200,
    headers: Object.entries(fields),
    lifetime: 100,
    source: "policy",
    initialAge: 3.9,
    requestedAt: 0,
    answeredAt: 500,
    ...change,
  } as StoredResponse;
  const headers = new Headers(fields);
  for (const provenance of provenances)
    stampAge(headers, stored, provenance, {
      settings: { ...DEFAULT_SETTINGS, ...settings },
    });
  return Object.fromEntries(headers);
}

describe("stampAge()", () => {
  it("says the age and where the answer came from", () => {
    expect(stamped({}, [hitAt(7)])).toEqual({
      age: "7",
      "cache-control": "public, max-age=100",
      "cache-status": "ResCDN; hit; ttl=93",
    });
  });

  it("leaves the origin's own Age on an answer straight from it, and counts it", () => {
    const fields = stamped({ age: "3" }, [missed], { browser_ttl: 10 });
    expect([fields.age, fields["cache-control"]]).toEqual(["3", "public, max-age=13"]);
  });

  it("lets no Expires contradict the Cache-Control that it sets", () => {
    const expires = "Sun, 22 Nov 2026 10:00:00 GMT";
    expect(stamped({ expires }, [hitAt(7)])).not.toHaveProperty("expires");
    expect(stamped({ expires, "cache-control": "private" }, [hitAt(7)])).toHaveProperty("expires", expires);
  });

  it("stands behind the caches before it (RFC 9211 §2)", () => {
    expect(stamped({ "cache-status": "Origin; hit" }, [hitAt(7)])["cache-status"]).toBe(
      "Origin; hit, ResCDN; hit; ttl=93",
    );
  });

  it("says the same whether it is applied once or again", () => {
    const fields = { "cache-control": "public", "cache-status": "Origin; hit" };
    expect(stamped(fields, [missed, hitAt(1), hitAt(7)])).toEqual(stamped(fields, [hitAt(7)]));
  });
});

describe("stampAge() of an error, in a zone that allows ten seconds", () => {
  const date = "Sun, 22 Nov 2026 10:00:00 GMT";
  const inAnHour = "Sun, 22 Nov 2026 11:00:00 GMT";
  const modified = "Sun, 22 Nov 2020 11:00:00 GMT";
  const soon = "Sun, 22 Nov 2026 10:00:05 GMT";
  const explicit = { status: 500, source: "max-age", lifetime: 13 };
  const silent = { status: 500, source: "none", lifetime: 0 };
  const negative = { status: 404, source: "negative", lifetime: 60 };

  it.each<[string, Record<string, string>, object, object, string | undefined]>([
    ["bounds a year", { "cache-control": "public, max-age=31536000, immutable" }, explicit, {}, "public, max-age=13"],
    ["leaves less", { "cache-control": "max-age=5" }, explicit, {}, "max-age=5"],
    [
      "bounds what only clients are told",
      { "cache-control": "private, max-age=60" },
      silent,
      {},
      "private, max-age=13",
    ],
    ["has no-store stand", { "cache-control": "no-store" }, silent, {}, "no-store"],
    ["bounds an Expires", { date, expires: inAnHour }, explicit, {}, "max-age=13"],
    [
      "bounds an Expires behind other directives",
      { date, expires: inAnHour, "cache-control": "public, s-maxage=99" },
      explicit,
      {},
      "public, s-maxage=13, max-age=13",
    ],
    ["leaves an Expires within it", { date, expires: soon }, explicit, {}, undefined],
    [
      "bounds what clients would guess",
      { "last-modified": modified },
      { ...explicit, source: "heuristic" },
      {},
      undefined,
    ],
    [
      "has what no cache may store stand",
      { "cache-control": "max-age=60, must-understand" },
      { ...explicit, status: 599 },
      {},
      "max-age=60, must-understand",
    ],
    ["says nothing where nothing is said", {}, silent, {}, undefined],
    ["bounds a browser_ttl", {}, silent, { browser_ttl: 3_600 }, "public, max-age=17"],
    ["tells the negative_ttl", {}, negative, {}, "public, max-age=60"],
    ["tells it beside a longer browser_ttl", {}, negative, { browser_ttl: 3_600 }, "public, max-age=60"],
    ["tells it without immutable", { "cache-control": "public, immutable" }, negative, {}, "public, max-age=60"],
    [
      "allows what the zone allows",
      { "cache-control": "max-age=600" },
      explicit,
      { max_error_ttl: 900 },
      "max-age=600",
    ],
  ])("%s", (_, fields, change, settings, expected) => {
    const answered = stamped(fields, [missed, hitAt(7)], settings, change);
    expect(answered["cache-control"]).toBe(expected);
  });

  it("lets clients guess no longer by a Last-Modified than it is fresh", () => {
    const fields = stamped({ date, "last-modified": modified }, [hitAt(7)], {}, { ...explicit, source: "heuristic" });
    expect(fields.expires).toBe("Sun, 22 Nov 2026 10:00:13 GMT");
  });

  it("bounds what caches on the way are told as well", () => {
    const fields = { "cdn-cache-control": "max-age=86400, stale-if-error=9" };
    expect(stamped(fields, [hitAt(7)], {}, explicit)["cdn-cache-control"]).toBe("max-age=13");
    expect(stamped(fields, [hitAt(7)])["cdn-cache-control"]).toBe(fields["cdn-cache-control"]);
  });
});

import { describe, expect, it } from "vitest";
import type { Period } from "../../src/usage/period.ts";
import { reportOf } from "../../src/usage/report.ts";
import type { UsageSums } from "../../src/usage/sums.ts";

const at = (text: string) => Date.parse(text);
const month: Period = { from: at("2026-03-01"), to: at("2026-04-01"), rows: "days", series: null };
const nothing: UsageSums = { cacheStatus: [], statusClass: [], pop: [], zone: [], series: [], failures: [] };

const NO_BYTES = {
  cached_bytes: 0,
  uncached_bytes: 0,
  byte_hit_rate: 0,
  origin_requests: 0,
  origin_bytes: 0,
  origin_first_byte_ms: null,
};
const NAMES = new Map([["zone_a", "assets"]]);

describe("reportOf()", () => {
  it("has the documented fields for a month without a request", () => {
    expect(reportOf(month, nothing, NAMES, at("2026-03-15"))).toEqual({
      period_start: "2026-03-01",
      period_end: "2026-03-31",
      requests: 0,
      bandwidth_bytes: 0,
      cache_hit_rate: 0,
      ...NO_BYTES,
      by_cache_status: [],
      by_status_class: [],
      by_pop: [],
      by_zone: [],
      origin_errors: [],
      refusals: [],
    });
  });

  it.each([
    [3, 4, 0.75],
    [97, 100, 0.97],
    [2, 3, 0.6666],
    [99_999, 100_000, 0.9999],
    [5, 5, 1],
    [0, 5, 0],
  ])("states %d hits of %d requests as %d", (hits, requests, rate) => {
    const sums = { ...nothing, pop: [{ value: "AMS", requests, bytes: requests, hits, hitBytes: hits }] };
    const { cache_hit_rate, byte_hit_rate } = reportOf(month, sums, NAMES, 0);
    expect([cache_hit_rate, byte_hit_rate]).toEqual([rate, rate]);
  });

  it("tells what origins failed at from what policies refused", () => {
    const failures = [
      { reason: "refused access-referer", count: 3 },
      { reason: "origin-timeout", count: 2 },
    ];
    const { origin_errors, refusals } = reportOf(month, { ...nothing, failures }, NAMES, 0);
    expect(origin_errors).toEqual([{ reason: "origin-timeout", count: 2 }]);
    expect(refusals).toEqual([{ reason: "access-referer", count: 3 }]);
  });

  it("fills a series up with what had no request, and ends it now", () => {
    const period: Period = {
      from: at("2026-03-01T22:00Z"),
      to: at("2026-03-02T10:00Z"),
      rows: "hours",
      series: "hour",
    };
    const series = [
      { value: at("2026-03-01T23:00Z"), requests: 2, bytes: 10, hits: 1, hitBytes: 4, classes: [0, 0, 1, 0, 0, 1] },
    ];
    const report = reportOf(period, { ...nothing, series }, NAMES, at("2026-03-02T00:30Z"));
    expect(report).toMatchObject({ period_start: "2026-03-01T22:00:00Z", period_end: "2026-03-02T10:00:00Z" });
    expect(report.series).toEqual([
      {
        start: "2026-03-01T22:00:00Z",
        requests: 0,
        bandwidth_bytes: 0,
        cache_hit_rate: 0,
        ...NO_BYTES,
        status_classes: {},
      },
      {
        start: "2026-03-01T23:00:00Z",
        requests: 2,
        bandwidth_bytes: 10,
        cache_hit_rate: 0.5,
        ...NO_BYTES,
        cached_bytes: 4,
        uncached_bytes: 6,
        byte_hit_rate: 0.4,
        status_classes: { "2xx": 1, "5xx": 1 },
      },
      {
        start: "2026-03-02T00:00:00Z",
        requests: 0,
        bandwidth_bytes: 0,
        cache_hit_rate: 0,
        ...NO_BYTES,
        status_classes: {},
      },
    ]);
  });
});

import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { FailureCount, UsageBatch, UsageLine } from "../../src/usage/batch.ts";
import type { UsageMeter } from "../../src/usage/meter.ts";
import type { UsageQuery } from "../../src/usage/meter-tables.ts";
import { popsStatement, readPops } from "../../src/usage/pops.ts";
import { LONGEST_PATH, type PathCount } from "../../src/usage/top-paths.ts";

const DAY = 86_400_000;
const NOON = Date.UTC(2026, 2, 10, 12);
const TODAY = NOON - DAY / 2;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

let meters = 0;
const newMeter = () => env.USAGE_METER.getByName(`meter-${++meters}:live`);

function batch(
  change: Partial<UsageBatch> & { lines?: UsageLine[]; hour?: number; paths?: PathCount[] } = {},
): UsageBatch {
  const { lines = [["HIT", 2, 3, 300]], hour = NOON, paths = [], ...rest } = change;
  const zones = [{ zone: "zone_a", hour, lines, paths: { floor: 0, paths } }];
  return { source: "isolate", number: 1, pop: "AMS", zones, ...rest };
}

const all: UsageQuery = { from: TODAY, to: TODAY + DAY, rows: "days", zones: null, series: null };

async function totalOf(meter: DurableObjectStub<UsageMeter>, query: Partial<UsageQuery> = {}) {
  const { cacheStatus } = await meter.report({ ...all, ...query });
  return cacheStatus.reduce((sum, { requests, bytes }) => [sum[0]! + requests, sum[1]! + bytes], [0, 0]);
}

describe("UsageMeter", () => {
  it("adds batches up by each dimension", async () => {
    const meter = newMeter();
    await meter.add(
      batch({
        lines: [
          ["HIT", 2, 3, 300],
          ["MISS", 4, 1, 10],
        ],
      }),
    );
    await meter.add(batch({ number: 2, lines: [["HIT", 3, 2, 0]] }));
    await meter.add(batch({ source: "elsewhere", pop: "SIN", lines: [["STALE", 2, 4, 400]] }));
    expect(await meter.report(all)).toEqual({
      cacheStatus: [
        { value: "HIT", requests: 5, bytes: 300, hits: 5 },
        { value: "STALE", requests: 4, bytes: 400, hits: 4 },
        { value: "MISS", requests: 1, bytes: 10, hits: 0 },
      ],
      statusClass: [
        { value: 2, requests: 7, bytes: 700, hits: 7 },
        { value: 3, requests: 2, bytes: 0, hits: 2 },
        { value: 4, requests: 1, bytes: 10, hits: 0 },
      ],
      pop: [
        { value: "AMS", requests: 6, bytes: 310, hits: 5 },
        { value: "SIN", requests: 4, bytes: 400, hits: 4 },
      ],
      zone: [{ value: "zone_a", requests: 10, bytes: 710, hits: 9 }],
      series: [],
      failures: [],
    });
  });

  it("adds up what kept origins from answering, by its word, in the hours and in the days", async () => {
    const meter = newMeter();
    const failing = (zone: string, hour: number, failures: FailureCount[]) => ({
      zone,
      hour,
      lines: [],
      paths: { floor: 0, paths: [] },
      failures,
    });
    const first = [failing("zone_a", NOON, [["origin-dns", 2]]), failing("zone_b", NOON, [["origin-dns", 1]])];
    await meter.add(batch({ zones: first }));
    await meter.add(batch({ number: 2, zones: [failing("zone_a", NOON + DAY / 24, [["origin-timeout", 5]])] }));
    const failuresIn = async (query: Partial<UsageQuery>) => (await meter.report({ ...all, ...query })).failures;
    expect(await failuresIn({})).toEqual([
      { reason: "origin-timeout", count: 5 },
      { reason: "origin-dns", count: 3 },
    ]);
    expect(await failuresIn({ zones: ["zone_b"] })).toEqual([{ reason: "origin-dns", count: 1 }]);
    const noon = { from: NOON, to: NOON + DAY / 24, rows: "hours" as const };
    expect(await failuresIn(noon)).toEqual([{ reason: "origin-dns", count: 3 }]);
  });

  it("counts a batch once, however often it comes, whatever came from others in between", async () => {
    const meter = newMeter();
    await meter.add(batch());
    await meter.add(batch());
    await meter.add(batch({ source: "other" }));
    await meter.add(batch());
    expect(await totalOf(meter)).toEqual([6, 600]);
  });

  it("drops a batch that comes late, when its source is known to have gone on", async () => {
    const meter = newMeter();
    await meter.add(batch({ number: 7 }));
    await meter.add(batch({ number: 8 }));
    await meter.add(batch({ number: 7 }));
    expect(await totalOf(meter)).toEqual([6, 600]);
  });

  it("keeps all of a batch or nothing: what fails half-way can be sent again", async () => {
    const meter = newMeter();
    const broken = batch({
      lines: [
        ["HIT", 2, 3, 300],
        ["MISS", 2, null as unknown as number, 1],
      ],
    });
    await runInDurableObject(meter, async (instance) => {
      await expect(instance.add(broken)).rejects.toThrow(/NOT NULL/);
    });
    expect(await totalOf(meter)).toEqual([0, 0]);
    await meter.add(batch());
    expect(await totalOf(meter)).toEqual([3, 300]);
  });

  it("reports only what is asked for: the period, the zones, by the hour or by the day", async () => {
    const meter = newMeter();
    const late = NOON + 3_600_000;
    await meter.add(batch({ hour: NOON }));
    await meter.add(batch({ number: 2, hour: late, lines: [["MISS", 2, 1, 1]] }));
    await meter.add(batch({ number: 3, hour: TODAY + DAY, lines: [["MISS", 2, 10, 10]] }));
    await meter.add(
      batch({
        number: 4,
        zones: [{ zone: "zone_b", hour: NOON, lines: [["HIT", 2, 100, 0]], paths: { floor: 0, paths: [] } }],
      }),
    );
    expect(await totalOf(meter)).toEqual([104, 301]);
    expect(await totalOf(meter, { zones: ["zone_a"] })).toEqual([4, 301]);
    expect(await totalOf(meter, { zones: [] })).toEqual([0, 0]);
    expect(await totalOf(meter, { rows: "hours", from: NOON, to: late })).toEqual([103, 300]);
    const hourly = await meter.report({ ...all, rows: "hours", series: "hour", zones: ["zone_a"] });
    expect(hourly.series).toEqual([
      { value: NOON, requests: 3, bytes: 300, hits: 3 },
      { value: late, requests: 1, bytes: 1, hits: 0 },
    ]);
    const daily = await meter.report({ ...all, to: TODAY + 2 * DAY, series: "day", zones: ["zone_a"] });
    expect(daily.series.map(({ value, requests }) => [value, requests])).toEqual([
      [TODAY + DAY, 10],
      [TODAY, 4],
    ]);
  });

  it("keeps hours for 92 days and days for 400, by alarm, and goes on dropping", async () => {
    const meter = newMeter();
    await meter.add(batch({ paths: [["/a", 3, 0]] }));
    const hours = { rows: "hours" } as const;
    vi.setSystemTime(TODAY + 92 * DAY + DAY - 1);
    expect(await runDurableObjectAlarm(meter)).toBe(true);
    expect(await totalOf(meter, hours)).toEqual([3, 300]);
    expect((await meter.topPaths("zone_a", TODAY)).paths).toHaveLength(1);
    vi.setSystemTime(TODAY + 93 * DAY);
    expect(await runDurableObjectAlarm(meter)).toBe(true);
    expect(await totalOf(meter, hours)).toEqual([0, 0]);
    expect((await meter.topPaths("zone_a", TODAY)).paths).toEqual([]);
    vi.setSystemTime(TODAY + 400 * DAY);
    expect(await runDurableObjectAlarm(meter)).toBe(true);
    expect(await totalOf(meter)).toEqual([3, 300]);
    vi.setSystemTime(TODAY + 401 * DAY);
    expect(await runDurableObjectAlarm(meter)).toBe(true);
    expect(await totalOf(meter)).toEqual([0, 0]);
  });

  it("merges the paths of a zone's day, bounded, and says what it may have missed", async () => {
    const meter = newMeter();
    const many = (from: number) => Array.from({ length: 150 }, (_, n): PathCount => [`/${from + n}`, 150 - n, 0]);
    await meter.add(batch({ paths: many(0) }));
    await meter.add(batch({ number: 2, paths: many(100) }));
    await meter.add(batch({ number: 3, hour: NOON + DAY, paths: [["/tomorrow", 1, 0]] }));
    const { paths, floor } = await meter.topPaths("zone_a", TODAY);
    expect(paths).toHaveLength(200);
    expect(paths[0]).toEqual(["/100", 200, 0]);
    expect(floor).toBeGreaterThan(0);
    expect((await meter.topPaths("zone_a", TODAY + DAY)).paths).toEqual([["/tomorrow", 1, 0]]);
    expect(await meter.topPaths("zone_b", TODAY)).toEqual({ floor: 0, paths: [] });
  });

  it("adds what a batch may have missed, though it names no path", async () => {
    const meter = newMeter();
    await meter.add(batch({ paths: [["/a", 3, 0]] }));
    const zones = [{ zone: "zone_a", hour: NOON, lines: [], paths: { floor: 7, paths: [] } }];
    await meter.add(batch({ number: 2, zones }));
    expect(await meter.topPaths("zone_a", TODAY)).toEqual({ floor: 7, paths: [["/a", 10, 7]] });
  });

  it("takes the longest paths of a full batch of zones", async () => {
    const paths = Array.from({ length: 64 }, (_, n): PathCount => [`/${n}`.padEnd(LONGEST_PATH + 1, "x"), 1, 0]);
    const zones = Array.from({ length: 128 }, (_, n) => ({
      zone: `zone_${n}`,
      hour: NOON,
      lines: [["HIT", 2, 64, 1]] satisfies UsageLine[],
      paths: { floor: 0, paths },
    }));
    const meter = newMeter();
    await meter.add(batch({ zones }));
    expect(await totalOf(meter)).toEqual([128 * 64, 128]);
  });

  it("takes what an isolate counted for thousands of zones", async () => {
    const zones = Array.from({ length: 10_000 }, (_, n) => ({
      zone: `zone_${n}`.padEnd(25, "x"),
      hour: NOON,
      lines: [
        ["HIT", 2, 1, 10],
        ["MISS", 2, 1, 10],
        ["MISS", 4, 1, 10],
      ] satisfies UsageLine[],
      paths: { floor: 0, paths: [] },
    }));
    const meter = newMeter();
    await meter.add(batch({ zones }));
    expect(await totalOf(meter)).toEqual([30_000, 300_000]);
    expect((await meter.report(all)).zone).toHaveLength(1_000);
  });

  it("notes once an hour where it is counted", async () => {
    const meter = newMeter();
    const seenAt = async () =>
      (await env.DB.prepare("SELECT seen_at FROM pops WHERE pop = 'GRU'").first<{ seen_at: number }>())?.seen_at;
    await meter.add(batch({ pop: "GRU" }));
    await vi.waitFor(async () => expect(await seenAt()).toBe(NOON));
    vi.setSystemTime(NOON + 3_599_999);
    await meter.add(batch({ number: 2, pop: "GRU" }));
    await meter.add(batch({ number: 3, pop: "FRA" }));
    expect(await seenAt()).toBe(NOON);
    vi.setSystemTime(NOON + 3_600_000);
    await meter.add(batch({ number: 4, pop: "GRU" }));
    await vi.waitFor(async () => expect(await seenAt()).toBe(NOON + 3_600_000));
  });
});

describe("popsStatement()", () => {
  const pops = async () => readPops((await popsStatement(env.DB, NOON).all()).results);

  it("counts locations seen in the last 30 days, and one at least", async () => {
    await env.DB.prepare("DELETE FROM pops").run();
    expect(await pops()).toBe(1);
    for (const [pop, at] of [
      ["AMS", NOON],
      ["SIN", NOON - 30 * DAY],
      ["GRU", NOON - 30 * DAY - 1],
    ]) {
      await env.DB.prepare("INSERT INTO pops (pop, seen_at) VALUES (?1, ?2)").bind(pop, at).run();
    }
    expect(await pops()).toBe(2);
  });
});

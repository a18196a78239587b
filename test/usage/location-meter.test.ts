import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { FailureCount, UsageBatch, UsageLine, ZoneHour } from "../../src/usage/batch.ts";
import { popsStatement, readPops } from "../../src/usage/pops.ts";
import { readTopPaths, readUsage } from "../../src/usage/read-usage.ts";
import type { UsageQuery } from "../../src/usage/sums.ts";
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

let owners = 0;
let owner = "";
beforeEach(() => {
  owner = `acct_${++owners}:live`;
});

/** The meter of a location, which counts for all tests, each of which has an account of its own. */
const meterAt = (pop = "AMS") => env.LOCATION_METER.getByName(pop);

const sources = new Map<string, string>();
/** Each test has isolates of its own. */
const sourceOf = (name: string) => {
  const key = `${owner} ${name}`;
  if (!sources.has(key)) sources.set(key, crypto.randomUUID());
  return sources.get(key)!;
};

interface Change {
  source?: string;
  number?: number;
  lines?: UsageLine[];
  hour?: number;
  paths?: PathCount[];
  zones?: Omit<ZoneHour, "owner">[];
}

function batch({ source = "isolate", number = 1, lines = [["HIT", 2, 3, 300]], ...change }: Change = {}): UsageBatch {
  const { hour = NOON, paths = [], zones = [{ zone: "zone_a", hour, lines, paths: { floor: 0, paths } }] } = change;
  return { source: sourceOf(source), number, zones: zones.map((zone) => ({ ...zone, owner })) };
}

function zoneHour(zone: string, lines: UsageLine[], paths: PathCount[] = [], hour = NOON): Omit<ZoneHour, "owner"> {
  return { zone, hour, lines, paths: { floor: 0, paths } };
}

const all: UsageQuery = { from: TODAY, to: TODAY + DAY, rows: "days", zones: null, series: null };

const report = (query: Partial<UsageQuery> = {}) => readUsage(env, owner, { ...all, ...query });
const topPaths = (zone: string, day: number) => readTopPaths(env, owner, zone, day);

async function total(query: Partial<UsageQuery> = {}) {
  const { cacheStatus } = await report(query);
  return cacheStatus.reduce((sum, { requests, bytes }) => [sum[0]! + requests, sum[1]! + bytes], [0, 0]);
}

/** Whether each batch is folded into hours and days as soon as it has come. */
let isFolding = false;

async function add(counted: UsageBatch, pop = "AMS"): Promise<void> {
  await meterAt(pop).add(counted);
  if (isFolding) await runDurableObjectAlarm(meterAt(pop));
}

describe.each([
  ["as they came", false],
  ["folded", true],
])("a location's meter, with batches %s,", (_, folds) => {
  beforeEach(() => {
    isFolding = folds;
  });

  it("adds batches up by each dimension", async () => {
    await add(
      batch({
        lines: [
          ["HIT", 2, 3, 300],
          ["MISS", 4, 1, 10],
        ],
      }),
    );
    await add(batch({ number: 2, lines: [["HIT", 3, 2, 0]] }));
    await add(batch({ source: "elsewhere", lines: [["STALE", 2, 4, 400]] }), "SIN");
    expect(await report()).toEqual({
      cacheStatus: [
        { value: "HIT", requests: 5, bytes: 300, hits: 5, hitBytes: 300 },
        { value: "STALE", requests: 4, bytes: 400, hits: 4, hitBytes: 400 },
        { value: "MISS", requests: 1, bytes: 10, hits: 0, hitBytes: 0 },
      ],
      statusClass: [
        { value: 2, requests: 7, bytes: 700, hits: 7, hitBytes: 700 },
        { value: 3, requests: 2, bytes: 0, hits: 2, hitBytes: 0 },
        { value: 4, requests: 1, bytes: 10, hits: 0, hitBytes: 0 },
      ],
      pop: [
        { value: "AMS", requests: 6, bytes: 310, hits: 5, hitBytes: 300 },
        { value: "SIN", requests: 4, bytes: 400, hits: 4, hitBytes: 400 },
      ],
      zone: [{ value: "zone_a", requests: 10, bytes: 710, hits: 9, hitBytes: 700 }],
      series: [],
      failures: [],
    });
  });

  it("adds up what kept origins from answering, by its word, in the hours and in the days", async () => {
    const failing = (zone: string, hour: number, failures: FailureCount[]) => ({
      zone,
      hour,
      lines: [],
      paths: { floor: 0, paths: [] },
      failures,
    });
    const first = [failing("zone_a", NOON, [["origin-dns", 2]]), failing("zone_b", NOON, [["origin-dns", 1]])];
    await add(batch({ zones: first }));
    await add(batch({ number: 2, zones: [failing("zone_a", NOON + DAY / 24, [["origin-timeout", 5]])] }));
    const failuresIn = async (query: Partial<UsageQuery>) => (await report(query)).failures;
    expect(await failuresIn({})).toEqual([
      { reason: "origin-timeout", count: 5 },
      { reason: "origin-dns", count: 3 },
    ]);
    expect(await failuresIn({ zones: ["zone_b"] })).toEqual([{ reason: "origin-dns", count: 1 }]);
    const noon = { from: NOON, to: NOON + DAY / 24, rows: "hours" as const };
    expect(await failuresIn(noon)).toEqual([{ reason: "origin-dns", count: 3 }]);
  });

  it("counts a batch once, however often it comes, whatever came from others in between", async () => {
    await add(batch());
    await add(batch());
    await add(batch({ source: "other" }));
    await add(batch());
    expect(await total()).toEqual([6, 600]);
  });

  it("drops a batch that comes late, when its source is known to have gone on", async () => {
    await add(batch({ number: 7 }));
    await add(batch({ number: 8 }));
    await add(batch({ number: 7 }));
    expect(await total()).toEqual([6, 600]);
  });

  it("keeps all of a batch or nothing, and folds it or not: what fails half-way is done again", async () => {
    const exec = (sql: string) => runInDurableObject(meterAt("CUT"), (_, { storage }) => void storage.sql.exec(sql));
    const zones = Array.from({ length: 30_000 }, (_, n) => zoneHour(`zone_${n}`, [["HIT", 2, 1, 10]]));
    await exec("CREATE TRIGGER stop BEFORE INSERT ON batches WHEN NEW.part = 1 BEGIN SELECT RAISE(ABORT, 'cut'); END");
    await runInDurableObject(meterAt("CUT"), async (instance) => {
      await expect(instance.add(batch({ zones }))).rejects.toThrow(/cut/);
    });
    expect(await total()).toEqual([0, 0]);
    await exec("DROP TRIGGER stop");
    await meterAt("CUT").add(batch({ zones }));
    await exec("CREATE TRIGGER stop BEFORE DELETE ON batches WHEN OLD.part = 1 BEGIN SELECT RAISE(ABORT, 'cut'); END");
    await runInDurableObject(meterAt("CUT"), async (instance) => {
      await expect(instance.alarm()).rejects.toThrow(/cut/);
    });
    expect(await total()).toEqual([30_000, 300_000]);
    await exec("DROP TRIGGER stop");
    await runInDurableObject(meterAt("CUT"), (instance) => instance.alarm());
    expect(await total()).toEqual([30_000, 300_000]);
  });

  it("lets the account's own object know of it before it keeps what it reports, whoever brings it first", async () => {
    const meter = meterAt("NEW");
    await runInDurableObject(meter, async (instance, { storage }) => {
      const kept = () => storage.sql.exec<{ n: number }>("SELECT COUNT(*) AS n FROM batches").one().n;
      const before = kept();
      const [asked, heard] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const accounts = env.USAGE_METER;
      const spy = vi.spyOn((instance as unknown as { env: Pick<typeof env, "USAGE_METER"> }).env, "USAGE_METER", "get");
      spy.mockReturnValue({
        getByName: (name: string) => ({
          hear: async (told: never) => {
            asked.resolve();
            await heard.promise;
            return accounts.getByName(name).hear(told);
          },
        }),
      } as never);
      const adding = [instance.add(batch()), instance.add(batch({ source: "other" }))];
      await asked.promise;
      expect(kept()).toBe(before);
      heard.resolve();
      await Promise.all(adding);
      expect(kept()).toBe(before + 2);
      spy.mockRestore();
    });
    expect(await total()).toEqual([6, 600]);
  });

  it("reports only what is asked for: the period, the zones, by the hour or by the day", async () => {
    const late = NOON + 3_600_000;
    await add(batch({ hour: NOON }));
    await add(batch({ number: 2, hour: late, lines: [["MISS", 2, 1, 1]] }));
    await add(batch({ number: 3, hour: TODAY + DAY, lines: [["MISS", 2, 10, 10]] }));
    await add(
      batch({
        number: 4,
        zones: [{ zone: "zone_b", hour: NOON, lines: [["HIT", 2, 100, 0]], paths: { floor: 0, paths: [] } }],
      }),
    );
    expect(await total()).toEqual([104, 301]);
    expect(await total({ zones: ["zone_a"] })).toEqual([4, 301]);
    expect(await total({ zones: [] })).toEqual([0, 0]);
    expect(await total({ rows: "hours", from: NOON, to: late })).toEqual([103, 300]);
    const hourly = await report({ rows: "hours", series: "hour", zones: ["zone_a"] });
    expect(hourly.series).toEqual([
      { value: NOON, requests: 3, bytes: 300, hits: 3, hitBytes: 300, classes: [0, 0, 3, 0, 0, 0] },
      { value: late, requests: 1, bytes: 1, hits: 0, hitBytes: 0, classes: [0, 0, 1, 0, 0, 0] },
    ]);
    const daily = await report({ to: TODAY + 2 * DAY, series: "day", zones: ["zone_a"] });
    expect(daily.series.map(({ value, requests }) => [value, requests])).toEqual([
      [TODAY + DAY, 10],
      [TODAY, 4],
    ]);
  });

  it("keeps hours for 92 days and days for 400, by alarm, and goes on dropping", async () => {
    await add(batch({ paths: [["/a", 3, 0]] }));
    const hours = { rows: "hours" } as const;
    vi.setSystemTime(TODAY + 92 * DAY + DAY - 1);
    expect(await runDurableObjectAlarm(meterAt())).toBe(true);
    expect(await total(hours)).toEqual([3, 300]);
    expect((await topPaths("zone_a", TODAY)).paths).toHaveLength(1);
    vi.setSystemTime(TODAY + 93 * DAY);
    expect(await runDurableObjectAlarm(meterAt())).toBe(true);
    expect(await total(hours)).toEqual([0, 0]);
    expect((await topPaths("zone_a", TODAY)).paths).toEqual([]);
    vi.setSystemTime(TODAY + 400 * DAY);
    expect(await runDurableObjectAlarm(meterAt())).toBe(true);
    expect(await total()).toEqual([3, 300]);
    vi.setSystemTime(TODAY + 401 * DAY);
    expect(await runDurableObjectAlarm(meterAt())).toBe(true);
    expect(await total()).toEqual([0, 0]);
  });

  it("merges the paths of a zone's day, bounded, and says what it may have missed", async () => {
    const many = (from: number) => Array.from({ length: 150 }, (_, n): PathCount => [`/${from + n}`, 150 - n, 0]);
    await add(batch({ paths: many(0) }));
    await add(batch({ number: 2, paths: many(100) }));
    await add(batch({ number: 3, hour: NOON + DAY, paths: [["/tomorrow", 1, 0]] }));
    const { paths, floor } = await topPaths("zone_a", TODAY);
    expect(paths).toHaveLength(200);
    expect(paths[0]).toEqual(["/100", 200, 0]);
    expect(floor).toBeGreaterThan(0);
    expect((await topPaths("zone_a", TODAY + DAY)).paths).toEqual([["/tomorrow", 1, 0]]);
    expect(await topPaths("zone_b", TODAY)).toEqual({ floor: 0, paths: [] });
  });

  it("adds what a batch may have missed, though it names no path", async () => {
    await add(batch({ paths: [["/a", 3, 0]] }));
    const zones = [{ zone: "zone_a", hour: NOON, lines: [], paths: { floor: 7, paths: [] } }];
    await add(batch({ number: 2, zones }));
    expect(await topPaths("zone_a", TODAY)).toEqual({ floor: 7, paths: [["/a", 10, 7]] });
  });

  it("takes the longest paths of a full batch of zones", async () => {
    const paths = Array.from({ length: 64 }, (_, n): PathCount => [`/${n}`.padEnd(LONGEST_PATH + 1, "x"), 1, 0]);
    const zones = Array.from({ length: 128 }, (_, n) => ({
      zone: `zone_${n}`,
      hour: NOON,
      lines: [["HIT", 2, 64, 1]] satisfies UsageLine[],
      paths: { floor: 0, paths },
    }));
    await add(batch({ zones }));
    expect(await total()).toEqual([128 * 64, 128]);
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
    await add(batch({ zones }));
    expect(await total()).toEqual([30_000, 300_000]);
    expect((await report()).zone).toHaveLength(1_000);
  });

  it("notes once an hour where it is counted", async () => {
    const seenAt = async () =>
      (await env.DB.prepare("SELECT seen_at FROM pops WHERE pop = 'GRU'").first<{ seen_at: number }>())?.seen_at;
    const later = NOON + (folds ? 10 * DAY : 0);
    vi.setSystemTime(later);
    await add(batch(), "GRU");
    await vi.waitFor(async () => expect(await seenAt()).toBe(later));
    vi.setSystemTime(later + 3_599_999);
    await add(batch({ number: 2 }), "GRU");
    await add(batch({ source: "other" }), "FRA");
    expect(await seenAt()).toBe(later);
    vi.setSystemTime(later + 3_600_000);
    await add(batch({ number: 4 }), "GRU.3");
    await add(batch({ number: 4 }), "GRU");
    await vi.waitFor(async () => expect(await seenAt()).toBe(later + 3_600_000));
    const pops = await env.DB.prepare("SELECT pop FROM pops WHERE pop LIKE 'GRU%'").all();
    expect(pops.results).toHaveLength(1);
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

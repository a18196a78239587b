import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { OldBatch } from "../../src/usage/meter.ts";
import { readTopPaths, readUsage } from "../../src/usage/read-usage.ts";
import type { UsageQuery } from "../../src/usage/sums.ts";

const DAY = 86_400_000;
const NOON = Date.UTC(2026, 2, 10, 12);
const TODAY = NOON - DAY / 2;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
});
afterEach(() => {
  vi.useRealTimers();
});

const all: UsageQuery = { from: TODAY, to: TODAY + DAY, rows: "days", zones: null, series: null };
let accounts = 0;

/** An account's own object as the version before left it: a MISS and two HITs this noon, an error, a path, one isolate's batch 3. */
async function oldMeter(): Promise<string> {
  const owner = `acct_old_${++accounts}:live`;
  const columns =
    "at INTEGER NOT NULL, zone TEXT NOT NULL, pop TEXT NOT NULL, cache_status TEXT NOT NULL, status_class INTEGER NOT NULL, requests INTEGER NOT NULL, bytes INTEGER NOT NULL, PRIMARY KEY (at, zone, pop, cache_status, status_class)";
  const failures =
    "at INTEGER NOT NULL, zone TEXT NOT NULL, reason TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (at, zone, reason)";
  await runInDurableObject(env.USAGE_METER.getByName(owner), (_, { storage: { sql } }) => {
    for (const [table, at] of [
      ["hours", NOON],
      ["days", TODAY],
    ] as const) {
      sql.exec(`CREATE TABLE ${table} (${columns}) STRICT, WITHOUT ROWID`);
      sql.exec(`INSERT INTO ${table} VALUES (?1, 'zone_a', 'AMS', 'HIT', 2, 2, 20)`, at);
      sql.exec(`INSERT INTO ${table} VALUES (?1, 'zone_a', 'SIN', 'MISS', 5, 1, 10)`, at);
      sql.exec(`CREATE TABLE failure_${table} (${failures}) STRICT, WITHOUT ROWID`);
      sql.exec(`INSERT INTO failure_${table} VALUES (?1, 'zone_a', 'origin-dns', 1)`, at);
    }
    sql.exec("CREATE TABLE paths (day INTEGER NOT NULL, zone TEXT NOT NULL, summary TEXT NOT NULL)");
    sql.exec("INSERT INTO paths VALUES (?1, 'zone_a', ?2)", TODAY, '{"floor":1,"paths":[["/a",3,0]]}');
    sql.exec("CREATE TABLE sources (source TEXT PRIMARY KEY, number INTEGER NOT NULL, at INTEGER NOT NULL)");
    sql.exec("INSERT INTO sources VALUES ('isolate', 3, ?1)", NOON);
  });
  return owner;
}

const batch = (number: number): OldBatch => ({
  source: "isolate",
  number,
  pop: "AMS",
  zones: [{ zone: "zone_a", hour: NOON, lines: [["HIT", 2, 4, 40]], paths: { floor: 0, paths: [["/b", 4, 0]] } }],
});

describe("what was counted before locations had meters", () => {
  it("is in each report, added to what was counted since", async () => {
    const owner = await oldMeter();
    const zones = batch(1).zones.map((zone) => ({ ...zone, owner }));
    await env.LOCATION_METER.getByName("AMS").add({ source: crypto.randomUUID(), number: 1, zones });
    const { pop, failures, series } = await readUsage(env, owner, { ...all, rows: "hours", series: "hour" });
    expect(pop).toMatchObject([
      { value: "AMS", requests: 6, bytes: 60, hits: 6, hitBytes: 60 },
      { value: "SIN", requests: 1, bytes: 10, hits: 0, hitBytes: 0 },
    ]);
    expect(failures).toEqual([{ reason: "origin-dns", count: 1 }]);
    expect(series).toMatchObject([{ value: NOON, requests: 7, classes: [0, 0, 6, 0, 0, 1] }]);
    expect((await readUsage(env, owner, { ...all, zones: ["zone_b"] })).zone).toEqual([]);
    expect(await readTopPaths(env, owner, "zone_a", TODAY)).toEqual({
      floor: 1,
      paths: [
        ["/b", 5, 1],
        ["/a", 3, 0],
      ],
    });
  });

  it("counts for the month's quota", async () => {
    const owner = await oldMeter();
    await env.USAGE_METER.getByName(owner).add(batch(4));
    expect(await env.USAGE_METER.getByName(owner).used()).toEqual({ requests: 7, bytes: 70 });
  });

  it("is brought by isolates of the version before, whose batches count once, whichever version took them", async () => {
    const owner = await oldMeter();
    const meter = env.USAGE_METER.getByName(owner);
    for (const number of [3, 4, 4, 5, 4]) await meter.add(batch(number));
    expect((await readUsage(env, owner, all)).zone).toMatchObject([{ requests: 3 + 8, bytes: 30 + 80 }]);
  });

  it("goes after 92 and 400 days, by alarm", async () => {
    const owner = await oldMeter();
    const meter = env.USAGE_METER.getByName(owner);
    const requests = async (rows: "hours" | "days") =>
      (await readUsage(env, owner, { ...all, rows })).zone[0]?.requests;
    const runAlarm = () => runInDurableObject(meter, (instance) => instance.alarm());
    vi.setSystemTime(TODAY + 93 * DAY);
    await runAlarm();
    expect([await requests("hours"), await requests("days")]).toEqual([undefined, 3]);
    vi.setSystemTime(TODAY + 401 * DAY);
    await runAlarm();
    expect(await requests("days")).toBeUndefined();
    const tables = await runInDurableObject(meter, (_, { storage }) =>
      storage.sql.exec<{ name: string }>("SELECT name FROM sqlite_master WHERE name IN ('days', 'sources')").toArray(),
    );
    expect(tables).toEqual([]);
    await runDurableObjectAlarm(meter); // it has set itself no other
  });
});

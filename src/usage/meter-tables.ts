import { type CacheResult, HITS, type UsageBatch } from "./batch.ts";
import { DAY_MS, dayOf, HOUR_MS } from "./hours.ts";
import { mergeTopPaths, NO_PATHS, type PathSummary } from "./top-paths.ts";

/** The tables of a meter. Each count stands in both `hours` and `days`, so that a month is read from few rows. */

/** Paths that are held of a zone's day. */
const PATHS_OF_A_DAY = 200;

/** Lines that one statement takes: a text of more than 2 MB is refused. */
const LINES_AT_ONCE = 1_000;

/** Rows that one breakdown returns at most, those with the most requests. */
const LARGEST_BREAKDOWN = 1_000;

/** What is asked of a meter: times in ms since the epoch, `to` is not included. */
export interface UsageQuery {
  from: number;
  to: number;
  /** Of which rows: with `days`, both times are the beginnings of UTC days, with `hours` of hours. */
  rows: "hours" | "days";
  /** Ids; null: all zones. */
  zones: readonly string[] | null;
  /** Whether the single hours or days are wanted as well. */
  series: "hour" | "day" | null;
}

/** Sums by each dimension, those with the most requests first; each dimension adds up to the same. */
export interface UsageSums {
  cacheStatus: Sum<CacheResult>[];
  /** By the first digit of the status. */
  statusClass: Sum<number>[];
  pop: Sum<string>[];
  zone: Sum<string>[];
  /** By the beginning of each hour or day in which something was counted, ms since the epoch. */
  series: Sum<number>[];
  /** What kept origins from answering, the most frequent first. */
  failures: { reason: string; count: number }[];
}

/** What was counted under one value of a dimension. */
export interface Sum<Value> {
  value: Value;
  requests: number;
  /** Of bodies. */
  bytes: number;
  /** Requests that were hits, see {@link HITS}. */
  hits: number;
}

/** Makes the tables that are not there yet. */
export function createTables(sql: SqlStorage): void {
  const counts = `(
    at INTEGER NOT NULL, zone TEXT NOT NULL, pop TEXT NOT NULL, cache_status TEXT NOT NULL,
    status_class INTEGER NOT NULL, requests INTEGER NOT NULL, bytes INTEGER NOT NULL,
    PRIMARY KEY (at, zone, pop, cache_status, status_class)
  ) STRICT, WITHOUT ROWID`;
  sql.exec(`CREATE TABLE IF NOT EXISTS hours ${counts}`);
  sql.exec(`CREATE TABLE IF NOT EXISTS days ${counts}`);
  sql.exec(
    `CREATE TABLE IF NOT EXISTS paths (
       day INTEGER NOT NULL, zone TEXT NOT NULL, summary TEXT NOT NULL, PRIMARY KEY (day, zone)
     ) STRICT, WITHOUT ROWID`,
  );
  const failures =
    "(at INTEGER NOT NULL, zone TEXT NOT NULL, reason TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (at, zone, reason))";
  sql.exec(`CREATE TABLE IF NOT EXISTS failure_hours ${failures} STRICT, WITHOUT ROWID`);
  sql.exec(`CREATE TABLE IF NOT EXISTS failure_days ${failures} STRICT, WITHOUT ROWID`);
  sql.exec(
    `CREATE TABLE IF NOT EXISTS sources (
       source TEXT PRIMARY KEY, number INTEGER NOT NULL, at INTEGER NOT NULL
     ) STRICT, WITHOUT ROWID`,
  );
}

/** Whether a batch has not been counted yet; from then on it has. A source makes none before the last one has arrived. */
export function isNew(sql: SqlStorage, { source, number }: UsageBatch, now: number): boolean {
  const noted = sql.exec(
    `INSERT INTO sources (source, number, at) VALUES (?1, ?2, ?3)
     ON CONFLICT DO UPDATE SET number = excluded.number, at = excluded.at WHERE number < excluded.number
     RETURNING number`,
    source,
    number,
    now,
  );
  return noted.toArray().length > 0;
}

/** Adds the lines of a batch to the hours and to the days. */
export function addUsage(sql: SqlStorage, { pop, zones }: UsageBatch): void {
  const lines = zones.flatMap(({ zone, hour, lines }) => lines.map((line) => [hour, dayOf(hour), zone, ...line]));
  for (let first = 0; first < lines.length; first += LINES_AT_ONCE) {
    const json = JSON.stringify(lines.slice(first, first + LINES_AT_ONCE));
    addLines(sql, "hours", 0, pop, json);
    addLines(sql, "days", 1, pop, json);
  }
}

/** @param at where in a line the time stands */
function addLines(sql: SqlStorage, table: "hours" | "days", at: 0 | 1, pop: string, json: string): void {
  // `WHERE true`: without it SQLite takes ON CONFLICT for the beginning of a join.
  sql.exec(
    `INSERT INTO ${table} (at, zone, pop, cache_status, status_class, requests, bytes)
     SELECT value ->> ${at}, value ->> 2, ?1, value ->> 3, value ->> 4, value ->> 5, value ->> 6
     FROM json_each(?2) WHERE true
     ON CONFLICT DO UPDATE SET requests = requests + excluded.requests, bytes = bytes + excluded.bytes`,
    pop,
    json,
  );
}

/** Adds the failures of a batch to the hours and to the days. */
export function addFailures(sql: SqlStorage, { zones }: UsageBatch): void {
  for (const { zone, hour, failures = [] } of zones) {
    for (const [reason, count] of failures) {
      for (const [table, at] of [["failure_hours", hour] as const, ["failure_days", dayOf(hour)] as const]) {
        sql.exec(
          `INSERT INTO ${table} (at, zone, reason, count) VALUES (?1, ?2, ?3, ?4)
           ON CONFLICT DO UPDATE SET count = count + excluded.count`,
          at,
          zone,
          reason,
          count,
        );
      }
    }
  }
}

/** Merges the paths of a batch into those of their days. */
export function addPaths(sql: SqlStorage, { zones }: UsageBatch): void {
  for (const { zone, hour, paths } of zones) {
    if (paths.paths.length === 0 && paths.floor === 0) continue;
    const day = dayOf(hour);
    const merged = mergeTopPaths(topPaths(sql, zone, day), paths, PATHS_OF_A_DAY);
    sql.exec(
      "INSERT OR REPLACE INTO paths (day, zone, summary) VALUES (?1, ?2, ?3)",
      day,
      zone,
      JSON.stringify(merged),
    );
  }
}

/** The most requested paths of a zone's day. @param day its beginning in ms since the epoch */
export function topPaths(sql: SqlStorage, zone: string, day: number): PathSummary {
  const [row] = sql.exec<{ summary: string }>("SELECT summary FROM paths WHERE day = ?1 AND zone = ?2", day, zone);
  return row === undefined ? NO_PATHS : (JSON.parse(row.summary) as PathSummary);
}

/** What was counted in a period, by each dimension. */
export function sums(sql: SqlStorage, query: UsageQuery): UsageSums {
  const { series } = query;
  return {
    cacheStatus: sumsBy<CacheResult>(sql, query, "cache_status"),
    statusClass: sumsBy<number>(sql, query, "status_class"),
    pop: sumsBy<string>(sql, query, "pop"),
    zone: sumsBy<string>(sql, query, "zone"),
    series: series === null ? [] : sumsBy<number>(sql, query, `at - at % ${series === "hour" ? HOUR_MS : DAY_MS}`),
    failures: failuresOf(sql, query),
  };
}

function failuresOf(sql: SqlStorage, { from, to, rows, zones }: UsageQuery): UsageSums["failures"] {
  const found = sql.exec<{ reason: string; count: number }>(
    `SELECT reason, SUM(count) AS count FROM ${rows === "hours" ? "failure_hours" : "failure_days"}
     WHERE at >= ?1 AND at < ?2 AND (?3 IS NULL OR zone IN (SELECT json_each.value FROM json_each(?3)))
     GROUP BY 1 ORDER BY 2 DESC, 1`,
    from,
    to,
    zones === null ? null : JSON.stringify(zones),
  );
  return found.toArray();
}

/** All that was counted since the beginning of a UTC day, ms since the epoch. */
export function usedSince(sql: SqlStorage, day: number): { requests: number; bytes: number } {
  return sql
    .exec<{ requests: number; bytes: number }>(
      "SELECT COALESCE(SUM(requests), 0) AS requests, COALESCE(SUM(bytes), 0) AS bytes FROM days WHERE at >= ?1",
      day,
    )
    .one();
}

function sumsBy<Value>(sql: SqlStorage, { from, to, rows, zones }: UsageQuery, dimension: string): Sum<Value>[] {
  const found = sql.exec(
    `SELECT ${dimension} AS value, SUM(requests) AS requests, SUM(bytes) AS bytes,
            SUM(CASE WHEN cache_status IN (${HITS.map((status) => `'${status}'`).join()}) THEN requests ELSE 0 END) AS hits
     FROM ${rows}
     WHERE at >= ?1 AND at < ?2 AND (?3 IS NULL OR zone IN (SELECT json_each.value FROM json_each(?3)))
     GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${LARGEST_BREAKDOWN}`,
    from,
    to,
    zones === null ? null : JSON.stringify(zones),
  );
  return found.toArray() as unknown as Sum<Value>[];
}

/** Deletes the rows of each table that are older than its time, ms since the epoch; paths go with the hours. */
export function dropBefore(
  sql: SqlStorage,
  { hours, days, sources }: Record<"hours" | "days" | "sources", number>,
): void {
  sql.exec("DELETE FROM hours WHERE at < ?1", hours);
  sql.exec("DELETE FROM paths WHERE day < ?1", hours);
  sql.exec("DELETE FROM failure_hours WHERE at < ?1", hours);
  sql.exec("DELETE FROM days WHERE at < ?1", days);
  sql.exec("DELETE FROM failure_days WHERE at < ?1", days);
  sql.exec("DELETE FROM sources WHERE at < ?1", sources);
}

import { type CacheResult, HITS } from "./batch.ts";
import { DAY_MS, HOUR_MS } from "./hours.ts";
import { type Sum, Summing, type UsageQuery, type UsageSums } from "./sums.ts";
import { NO_PATHS, type PathSummary } from "./top-paths.ts";

/**
 * Counts until November 2026, when each account had a meter of its own. They stay where they are, and can be read as long as
 * they are kept: by hour and by day, zone, location, cache status and status class. Nothing is added to them.
 */

const HIT = `cache_status IN (${HITS.map((status) => `'${status}'`).join()})`;

/** Whether there are any of these counts. */
export function hasOldCounts(sql: SqlStorage): boolean {
  return sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'days'").toArray().length > 0;
}

/** What was counted in a period, by each dimension. */
export function oldSums(sql: SqlStorage, query: UsageQuery): UsageSums {
  if (!hasOldCounts(sql)) return new Summing("", null).sums;
  const { series } = query;
  return {
    cacheStatus: sumsBy<CacheResult>(sql, query, "cache_status"),
    statusClass: sumsBy<number>(sql, query, "status_class"),
    pop: sumsBy<string>(sql, query, "pop"),
    zone: sumsBy<string>(sql, query, "zone"),
    series: series === null ? [] : inTime(sql, query, `at - at % ${series === "hour" ? HOUR_MS : DAY_MS}`),
    failures: failuresOf(sql, query),
  };
}

function sumsBy<Value>(sql: SqlStorage, { from, to, rows, zones }: UsageQuery, dimension: string): Sum<Value>[] {
  const found = sql.exec(
    `SELECT ${dimension} AS value, SUM(requests) AS requests, SUM(bytes) AS bytes,
            SUM(CASE WHEN ${HIT} THEN requests ELSE 0 END) AS hits,
            SUM(CASE WHEN ${HIT} THEN bytes ELSE 0 END) AS hitBytes
     FROM ${rows}
     WHERE at >= ?1 AND at < ?2 AND (?3 IS NULL OR zone IN (SELECT json_each.value FROM json_each(?3)))
     GROUP BY 1`,
    from,
    to,
    zones === null ? null : JSON.stringify(zones),
  );
  return found.toArray() as unknown as Sum<Value>[];
}

/** The hours or days of a period, each with its status classes. @param time SQL for the beginning of a row's hour or day */
function inTime(sql: SqlStorage, query: UsageQuery, time: string): Sum<number>[] {
  const classes = new Map<string, number>();
  for (const { value, requests } of sumsBy<string>(sql, query, `(${time}) || ' ' || status_class`))
    classes.set(value, requests);
  return sumsBy<number>(sql, query, time).map((sum) => ({
    ...sum,
    classes: Array.from({ length: 6 }, (_, digit) => classes.get(`${sum.value} ${digit}`) ?? 0),
  }));
}

function failuresOf(sql: SqlStorage, { from, to, rows, zones }: UsageQuery): UsageSums["failures"] {
  const found = sql.exec<{ reason: string; count: number }>(
    `SELECT reason, SUM(count) AS count FROM ${rows === "hours" ? "failure_hours" : "failure_days"}
     WHERE at >= ?1 AND at < ?2 AND (?3 IS NULL OR zone IN (SELECT json_each.value FROM json_each(?3)))
     GROUP BY 1`,
    from,
    to,
    zones === null ? null : JSON.stringify(zones),
  );
  return found.toArray();
}

/** The most requested paths of a zone's day. @param day when it begins, ms since the epoch */
export function oldTopPaths(sql: SqlStorage, zone: string, day: number): PathSummary {
  if (!hasOldCounts(sql)) return NO_PATHS;
  const [row] = sql.exec<{ summary: string }>("SELECT summary FROM paths WHERE day = ?1 AND zone = ?2", day, zone);
  return row === undefined ? NO_PATHS : (JSON.parse(row.summary) as PathSummary);
}

/** All that was counted from the beginning of a UTC day on, ms since the epoch. */
export function oldUsedSince(sql: SqlStorage, day: number): { requests: number; bytes: number } {
  if (!hasOldCounts(sql)) return { requests: 0, bytes: 0 };
  return sql
    .exec<{ requests: number; bytes: number }>(
      "SELECT COALESCE(SUM(requests), 0) AS requests, COALESCE(SUM(bytes), 0) AS bytes FROM days WHERE at >= ?1",
      day,
    )
    .one();
}

/** Whether a batch had already arrived when the meters changed. */
export function hadArrived(sql: SqlStorage, source: string, number: number): boolean {
  if (!hasOldCounts(sql)) return false;
  const found = sql.exec("SELECT 1 FROM sources WHERE source = ?1 AND number >= ?2", source, number);
  return found.toArray().length > 0;
}

/**
 * Deletes what is older, and the tables themselves once nothing is left. Times are in ms since the epoch. Paths go with the
 * hours.
 */
export function dropOldCounts(sql: SqlStorage, { hours, days }: Record<"hours" | "days", number>): void {
  sql.exec("DELETE FROM hours WHERE at < ?1", hours);
  sql.exec("DELETE FROM paths WHERE day < ?1", hours);
  sql.exec("DELETE FROM failure_hours WHERE at < ?1", hours);
  sql.exec("DELETE FROM days WHERE at < ?1", days);
  sql.exec("DELETE FROM failure_days WHERE at < ?1", days);
  if (sql.exec("SELECT 1 FROM days UNION ALL SELECT 1 FROM failure_days LIMIT 1").toArray().length > 0) return;
  for (const table of ["hours", "paths", "failure_hours", "days", "failure_days", "sources"]) {
    sql.exec(`DROP TABLE ${table}`);
  }
}

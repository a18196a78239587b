import { type CacheResult, REFUSED } from "./batch.ts";
import { DAY_MS, HOUR_MS } from "./hours.ts";
import type { Sum, UsageSums } from "./meter-tables.ts";
import type { Period } from "./period.ts";

/** Requests, the bytes of the bodies sent, and hits by requests. */
export interface Figures {
  requests: number;
  bandwidth_bytes: number;
  cache_hit_rate: number;
}

/** A usage report as the API gives it. */
export interface Report extends Figures {
  period_start: string;
  period_end: string;
  by_cache_status: (Figures & { cache_status: CacheResult })[];
  by_status_class: (Figures & { status_class: string })[];
  by_pop: (Figures & { pop: string })[];
  by_zone: (Figures & { zone: string; name: string | null })[];
  origin_errors: ReasonCount[];
  /** What zones' policies refused. */
  refusals: ReasonCount[];
  series?: (Figures & { start: string })[];
}

interface ReasonCount {
  reason: string;
  count: number;
}

/**
 * Puts the sums of a period into words.
 *
 * @param names of zones by their ids, as far as they are known
 * @param now ms since the epoch: a series ends there, whatever the period
 */
export function reportOf(period: Period, sums: UsageSums, names: ReadonlyMap<string, string>, now: number): Report {
  return {
    ...boundsOf(period),
    ...figures(total(sums.cacheStatus)),
    by_cache_status: sums.cacheStatus.map((sum) => ({ cache_status: sum.value, ...figures(sum) })),
    by_status_class: sums.statusClass.map((sum) => ({ status_class: `${sum.value}xx`, ...figures(sum) })),
    by_pop: sums.pop.map((sum) => ({ pop: sum.value, ...figures(sum) })),
    by_zone: sums.zone.map((sum) => ({
      zone: sum.value,
      name: names.get(sum.value) ?? null,
      ...figures(sum),
    })),
    origin_errors: sums.failures.filter(({ reason }) => !reason.startsWith(REFUSED)),
    refusals: sums.failures.flatMap(({ reason, count }) =>
      reason.startsWith(REFUSED) ? [{ reason: reason.slice(REFUSED.length), count }] : [],
    ),
    ...(period.series !== null && { series: seriesOf(period, period.series, sums.series, now) }),
  };
}

/** Whole days by their first and last date, anything else by times, of which the last is not included. */
function boundsOf({ from, to }: Period): { period_start: string; period_end: string } {
  if (from % DAY_MS === 0 && to % DAY_MS === 0) {
    return { period_start: iso(from).slice(0, 10), period_end: iso(to - 1).slice(0, 10) };
  }
  return { period_start: iso(from), period_end: iso(to) };
}

/** Each hour or day of a period, those without a request too. */
function seriesOf(
  period: Period,
  unit: "hour" | "day",
  counted: Sum<number>[],
  now: number,
): NonNullable<Report["series"]> {
  const length = unit === "hour" ? HOUR_MS : DAY_MS;
  const known = new Map(counted.map((sum) => [sum.value, sum]));
  const series: NonNullable<Report["series"]> = [];
  for (let at = period.from - (period.from % length); at < period.to && at <= now; at += length) {
    series.push({ start: iso(at), ...figures(known.get(at) ?? NOTHING) });
  }
  return series;
}

type Counted = Omit<Sum<unknown>, "value">;

const NOTHING: Counted = { requests: 0, bytes: 0, hits: 0 };

function total(sums: Counted[]): Counted {
  return sums.reduce(
    (all, { requests, bytes, hits }) => ({
      requests: all.requests + requests,
      bytes: all.bytes + bytes,
      hits: all.hits + hits,
    }),
    NOTHING,
  );
}

/** The rate is rounded down, so that 1 means that nothing was missed. */
function figures({ requests, bytes, hits }: Counted): Figures {
  const rate = requests === 0 ? 0 : Math.floor((hits * 10_000) / requests) / 10_000;
  return { requests, bandwidth_bytes: bytes, cache_hit_rate: rate };
}

function iso(time: number): string {
  return new Date(time).toISOString().replace(".000Z", "Z");
}

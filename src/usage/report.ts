import { type CacheResult, type OriginFigures, REFUSED } from "./batch.ts";
import { firstByteWithin } from "./first-byte.ts";
import { DAY_MS, HOUR_MS } from "./hours.ts";
import type { Period } from "./period.ts";
import { addOrigins, type Sum, type UsageSums } from "./sums.ts";

/** Requests, the bytes of the bodies sent, and hits by requests. */
export interface Figures {
  requests: number;
  bandwidth_bytes: number;
  cache_hit_rate: number;
}

/** In addition, what came from the cache by bytes, and what origins were asked. */
export interface WholeFigures extends Figures {
  cached_bytes: number;
  uncached_bytes: number;
  byte_hit_rate: number;
  origin_requests: number;
  origin_bytes: number;
  origin_first_byte_ms: { p50: number; p95: number } | null;
}

/** A usage report as the API returns it. */
export interface Report extends WholeFigures {
  period_start: string;
  period_end: string;
  by_cache_status: (Figures & { cache_status: CacheResult })[];
  by_status_class: (Figures & { status_class: string })[];
  by_pop: (WholeFigures & { pop: string })[];
  by_zone: (WholeFigures & { zone: string; name: string | null })[];
  origin_errors: ReasonCount[];
  /** Refusals by zones' policies. */
  refusals: ReasonCount[];
  series?: (WholeFigures & { start: string; status_classes: Record<string, number> })[];
}

interface ReasonCount {
  reason: string;
  count: number;
}

/**
 * Turns the sums of a period into a report.
 *
 * @param names zones' names by id, as far as they are known
 * @param now ms since the epoch: a series ends there, whatever the period
 */
export function reportOf(period: Period, sums: UsageSums, names: ReadonlyMap<string, string>, now: number): Report {
  return {
    ...boundsOf(period),
    ...wholeFigures(total(sums.pop)),
    by_cache_status: sums.cacheStatus.map((sum) => ({ cache_status: sum.value, ...figures(sum) })),
    by_status_class: sums.statusClass.map((sum) => ({ status_class: `${sum.value}xx`, ...figures(sum) })),
    by_pop: sums.pop.map((sum) => ({ pop: sum.value, ...wholeFigures(sum) })),
    by_zone: sums.zone.map((sum) => ({
      zone: sum.value,
      name: names.get(sum.value) ?? null,
      ...wholeFigures(sum),
    })),
    origin_errors: sums.failures.filter(({ reason }) => !reason.startsWith(REFUSED)),
    refusals: sums.failures.flatMap(({ reason, count }) =>
      reason.startsWith(REFUSED) ? [{ reason: reason.slice(REFUSED.length), count }] : [],
    ),
    ...(period.series !== null && { series: seriesOf(period, period.series, sums.series, now) }),
  };
}

/** Whole days are given by their first and last date, anything else by times, the last of which is not included. */
function boundsOf({ from, to }: Period): { period_start: string; period_end: string } {
  if (from % DAY_MS === 0 && to % DAY_MS === 0) {
    return { period_start: iso(from).slice(0, 10), period_end: iso(to - 1).slice(0, 10) };
  }
  return { period_start: iso(from), period_end: iso(to) };
}

/** Each hour or day of a period, including those without requests. */
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
    const sum = known.get(at) ?? NOTHING;
    series.push({ start: iso(at), ...wholeFigures(sum), status_classes: statusClasses(sum.classes ?? []) });
  }
  return series;
}

function statusClasses(classes: readonly number[]): Record<string, number> {
  return Object.fromEntries(classes.flatMap((requests, digit) => (requests > 0 ? [[`${digit}xx`, requests]] : [])));
}

type Counted = Omit<Sum<unknown>, "value" | "origin"> & { origin?: OriginFigures | undefined };

const NOTHING: Counted = { requests: 0, bytes: 0, hits: 0, hitBytes: 0 };

function total(sums: Counted[]): Counted {
  return sums.reduce(
    (all, sum) => ({
      requests: all.requests + sum.requests,
      bytes: all.bytes + sum.bytes,
      hits: all.hits + sum.hits,
      hitBytes: all.hitBytes + sum.hitBytes,
      origin: sum.origin === undefined ? all.origin : addOrigins(all.origin, sum.origin),
    }),
    NOTHING,
  );
}

function figures({ requests, bytes, hits }: Counted): Figures {
  return { requests, bandwidth_bytes: bytes, cache_hit_rate: rate(hits, requests) };
}

function wholeFigures(counted: Counted): WholeFigures {
  const { bytes, hitBytes, origin = { requests: 0, bytes: 0, firstByte: [] } } = counted;
  const [p50, p95] = [firstByteWithin(origin.firstByte, 0.5), firstByteWithin(origin.firstByte, 0.95)];
  return {
    ...figures(counted),
    cached_bytes: hitBytes,
    uncached_bytes: bytes - hitBytes,
    byte_hit_rate: rate(hitBytes, bytes),
    origin_requests: origin.requests,
    origin_bytes: origin.bytes,
    origin_first_byte_ms: p50 === null || p95 === null ? null : { p50, p95 },
  };
}

/** Rounded down, so that 1 means that there was no miss at all. */
function rate(hits: number, all: number): number {
  return all === 0 ? 0 : Math.floor((hits * 10_000) / all) / 10_000;
}

function iso(time: number): string {
  return new Date(time).toISOString().replace(".000Z", "Z");
}

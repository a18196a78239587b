import { type CacheResult, HITS, type OriginFigures, type ZoneFigures } from "./batch.ts";
import { addFirstBytes } from "./first-byte.ts";
import { DAY_MS, HOUR_MS } from "./hours.ts";

/** What a meter is asked: times in ms since the epoch, `to` is not included. */
export interface UsageQuery {
  from: number;
  to: number;
  /** Which rows to add up. With `days`, both times are the beginnings of UTC days; with `hours`, of hours. */
  rows: "hours" | "days";
  /** Ids; null: all zones. */
  zones: readonly string[] | null;
  /** Whether the single hours or days are wanted as well. */
  series: "hour" | "day" | null;
}

/** Sums by each dimension, those with the most requests first. Each dimension adds up to the same total. */
export interface UsageSums {
  cacheStatus: Sum<CacheResult>[];
  /** By the first digit of the status. */
  statusClass: Sum<number>[];
  pop: Sum<string>[];
  zone: Sum<string>[];
  /** By the beginning of each hour or day in which something was counted, ms since the epoch. */
  series: Sum<number>[];
  /** What kept origins from answering, most frequent first. */
  failures: { reason: string; count: number }[];
}

/** What was counted under one value of a dimension. */
export interface Sum<Value> {
  value: Value;
  requests: number;
  /** Bytes of bodies. */
  bytes: number;
  /** Requests that were hits, see {@link HITS}, and the bytes of their bodies. */
  hits: number;
  hitBytes: number;
  /** Absent if no origin was asked, or if the dimension is about answers only. */
  origin?: OriginFigures;
  /** Requests by the first digit of their status; for hours and days only. */
  classes?: number[];
}

/** How many values of a dimension a report has, at most: those with the most requests. */
const LARGEST_BREAKDOWN = 1_000;

/** Adds up zones' hours or days. */
export class Summing {
  readonly #pop: string;
  readonly #series: UsageQuery["series"];
  readonly #cacheStatus = new Map<CacheResult, Sum<CacheResult>>();
  readonly #statusClass = new Map<number, Sum<number>>();
  readonly #pops = new Map<string, Sum<string>>();
  readonly #zones = new Map<string, Sum<string>>();
  readonly #times = new Map<number, Sum<number>>();
  readonly #failures = new Map<string, number>();

  /** @param pop the location where all of it was counted */
  constructor(pop: string, series: UsageQuery["series"]) {
    this.#pop = pop;
    this.#series = series;
  }

  /** @param at the beginning of the hour or day, ms since the epoch */
  add(at: number, zone: string, { lines, failures = [], origin }: ZoneFigures): void {
    const time = at - (at % (this.#series === "hour" ? HOUR_MS : DAY_MS));
    const wholes = [sumOf(this.#pops, this.#pop), sumOf(this.#zones, zone)];
    const inTime = this.#series === null ? null : sumOf(this.#times, time);
    const whole: Sum<unknown>[] = inTime === null ? wholes : [...wholes, inTime];
    for (const [cacheStatus, statusClass, requests, bytes] of lines) {
      const isHit = HITS.includes(cacheStatus);
      const line = { requests, bytes, hits: isHit ? requests : 0, hitBytes: isHit ? bytes : 0 };
      addTo(sumOf(this.#cacheStatus, cacheStatus), line);
      addTo(sumOf(this.#statusClass, statusClass), line);
      for (const sum of whole) addTo(sum, line);
      if (inTime !== null) addClass(inTime, statusClass, requests);
    }
    if (origin !== undefined) for (const sum of whole) sum.origin = addOrigins(sum.origin, origin);
    for (const [reason, count] of failures) this.#failures.set(reason, (this.#failures.get(reason) ?? 0) + count);
  }

  get sums(): UsageSums {
    return {
      cacheStatus: [...this.#cacheStatus.values()],
      statusClass: [...this.#statusClass.values()],
      pop: [...this.#pops.values()],
      zone: [...this.#zones.values()],
      series: [...this.#times.values()],
      failures: [...this.#failures].map(([reason, count]) => ({ reason, count })),
    };
  }
}

/** Adds up the sums of several meters, in the order in which they are reported. */
export function addSums(all: readonly UsageSums[]): UsageSums {
  const added = <Value>(sums: Sum<Value>[][]): Sum<Value>[] => {
    const byValue = new Map<Value, Sum<Value>>();
    for (const sum of sums.flat()) {
      const whole = sumOf(byValue, sum.value);
      addTo(whole, sum);
      if (sum.origin !== undefined) whole.origin = addOrigins(whole.origin, sum.origin);
      sum.classes?.forEach((requests, digit) => {
        addClass(whole, digit, requests);
      });
    }
    return [...byValue.values()].sort(mostRequestsFirst).slice(0, LARGEST_BREAKDOWN);
  };
  const failures = new Map<string, number>();
  for (const { reason, count } of all.flatMap((sums) => sums.failures)) {
    failures.set(reason, (failures.get(reason) ?? 0) + count);
  }
  return {
    cacheStatus: added(all.map((sums) => sums.cacheStatus)),
    statusClass: added(all.map((sums) => sums.statusClass)),
    pop: added(all.map((sums) => sums.pop)),
    zone: added(all.map((sums) => sums.zone)),
    series: added(all.map((sums) => sums.series)),
    failures: [...failures]
      .map(([reason, count]) => ({ reason, count }))
      .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1)),
  };
}

/** Adds up what origins were asked in two places or times. */
export function addOrigins(one: OriginFigures | undefined, other: OriginFigures): OriginFigures {
  if (one === undefined) return other;
  return {
    requests: one.requests + other.requests,
    bytes: one.bytes + other.bytes,
    firstByte: addFirstBytes(one.firstByte, other.firstByte),
  };
}

function sumOf<Value>(sums: Map<Value, Sum<Value>>, value: Value): Sum<Value> {
  let sum = sums.get(value);
  if (sum === undefined) {
    sum = { value, requests: 0, bytes: 0, hits: 0, hitBytes: 0 };
    sums.set(value, sum);
  }
  return sum;
}

function addClass(sum: Sum<unknown>, digit: number, requests: number): void {
  sum.classes ??= [0, 0, 0, 0, 0, 0];
  sum.classes[digit]! += requests;
}

function addTo(sum: Sum<unknown>, more: Omit<Sum<unknown>, "value" | "origin" | "classes">): void {
  sum.requests += more.requests;
  sum.bytes += more.bytes;
  sum.hits += more.hits;
  sum.hitBytes += more.hitBytes;
}

function mostRequestsFirst<Value>(a: Sum<Value>, b: Sum<Value>): number {
  return b.requests - a.requests || (a.value < b.value ? -1 : 1);
}

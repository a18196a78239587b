import type { FailureCount, UsageLine, ZoneFigures, ZoneHour } from "./batch.ts";
import { dayOf } from "./hours.ts";
import { bucketOf, PackedRows } from "./packed-rows.ts";
import { monthOf } from "./period.ts";
import type { Used } from "./quota.ts";
import { addOrigins } from "./sums.ts";
import { mergeTopPaths, NO_PATHS, type PathSummary } from "./top-paths.ts";
import { forgetRows, type WaitingRow, waitingRows } from "./waiting-batches.ts";

/** How many paths are kept for a zone's day. */
export const PATHS_OF_A_DAY = 200;

/** What a row of hours or of days holds for an owner; below, the same for rows of paths and of months. */
export type PackedFigures = Record<string, ZoneFigures>;
export type PackedPaths = Record<string, PathSummary>;
export type PackedUse = Used;

/** How many characters one transaction folds: everything that it changes is in memory meanwhile. */
const FOLDED_AT_ONCE = 4_000_000;

/**
 * Folds some of the waiting batches into hours, days, paths and months. It must be called within a transaction.
 *
 * @param now ms since the epoch
 * @returns whether more of them are waiting
 */
export function fold(sql: SqlStorage, now: number): boolean {
  const folded: WaitingRow[] = [];
  let size = 0;
  let isMore = false;
  for (const row of waitingRows(sql)) {
    isMore = size > 0 && size + row.size > FOLDED_AT_ONCE;
    if (isMore) break;
    folded.push(row);
    size += row.size;
  }
  const packed = new PackedRows(sql);
  for (const { zones } of folded) for (const zone of zones) foldZone(packed, zone);
  packed.save();
  forgetRows(sql, folded, now);
  return isMore;
}

function foldZone(packed: PackedRows, { owner, zone, hour, paths, ...figures }: ZoneHour): void {
  const bucket = bucketOf(owner);
  const day = dayOf(hour);
  for (const [kind, at] of [["hours", hour] as const, ["days", day] as const]) {
    const zones = heldOf<PackedFigures>(packed.open(kind, at, bucket), owner, () => ({}));
    zones[zone] = addFigures(zones[zone], figures);
  }
  const used = heldOf<PackedUse>(packed.open("months", monthOf(hour), bucket), owner, () => ({
    requests: 0,
    bytes: 0,
  }));
  addUse(used, figures);
  if (paths.paths.length === 0 && paths.floor === 0) return;
  const summaries = heldOf<PackedPaths>(packed.open("paths", day, bucket), owner, () => ({}));
  summaries[zone] = mergeTopPaths(summaries[zone] ?? NO_PATHS, paths, PATHS_OF_A_DAY);
}

/** What is held for an owner, to be changed. */
function heldOf<Held>(held: Record<string, Held>, owner: string, empty: () => Held): Held {
  const known = held[owner] ?? empty();
  held[owner] = known;
  return known;
}

/** Adds what was answered to the use of a quota. */
export function addUse(used: Used, { lines }: ZoneFigures): void {
  for (const [, , requests, bytes] of lines) {
    used.requests += requests;
    used.bytes += bytes;
  }
}

/** Adds up what was answered for a zone at two times. */
function addFigures(one: ZoneFigures | undefined, other: ZoneFigures): ZoneFigures {
  if (one === undefined) return other;
  const failures = addFailures(one.failures ?? [], other.failures ?? []);
  const origin = other.origin === undefined ? one.origin : addOrigins(one.origin, other.origin);
  return {
    lines: addLines(one.lines, other.lines),
    ...(failures.length > 0 && { failures }),
    ...(origin !== undefined && { origin }),
  };
}

function addLines(one: UsageLine[], other: UsageLine[]): UsageLine[] {
  const lines = one.map((line): UsageLine => [...line]);
  for (const line of other) {
    const known = lines.find(([status, digit]) => status === line[0] && digit === line[1]);
    if (known === undefined) lines.push(line);
    else {
      known[2] += line[2];
      known[3] += line[3];
    }
  }
  return lines;
}

function addFailures(one: FailureCount[], other: FailureCount[]): FailureCount[] {
  const counts = new Map(one);
  for (const [reason, count] of other) counts.set(reason, (counts.get(reason) ?? 0) + count);
  return [...counts];
}

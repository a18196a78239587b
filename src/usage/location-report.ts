import { PATHS_OF_A_DAY, type PackedFigures, type PackedPaths } from "./fold.ts";
import { dayOf } from "./hours.ts";
import { bucketOf, readPacked } from "./packed-rows.ts";
import { Summing, type UsageQuery, type UsageSums } from "./sums.ts";
import { mergeTopPaths, NO_PATHS, type PathSummary } from "./top-paths.ts";
import { waitingRows } from "./waiting-batches.ts";

/** The sums of an owner's zones for a period, from what a location's meter has folded and what still waits. */
export function locationSums(sql: SqlStorage, pop: string, owner: string, query: UsageQuery): UsageSums {
  const { from, to, rows, zones } = query;
  const summing = new Summing(pop, query.series);
  const wanted = zones && new Set(zones);
  const isWanted = (zone: string) => wanted === null || wanted.has(zone);
  for (const { at, held } of readPacked<PackedFigures>(sql, rows, from, to, bucketOf(owner))) {
    for (const [zone, figures] of Object.entries(held[owner] ?? {})) {
      if (isWanted(zone)) summing.add(at, zone, figures);
    }
  }
  for (const { zones: waiting } of waitingRows(sql)) {
    for (const counted of waiting) {
      const isAsked = counted.owner === owner && counted.hour >= from && counted.hour < to && isWanted(counted.zone);
      if (isAsked) summing.add(counted.hour, counted.zone, counted);
    }
  }
  return summing.sums;
}

/** The most requested paths of an owner's zone on a UTC day. @param day when it begins, ms since the epoch */
export function locationTopPaths(sql: SqlStorage, owner: string, zone: string, day: number): PathSummary {
  const [folded] = readPacked<PackedPaths>(sql, "paths", day, day + 1, bucketOf(owner));
  let summary = folded?.held[owner]?.[zone] ?? NO_PATHS;
  for (const { zones } of waitingRows(sql)) {
    for (const counted of zones) {
      const isAsked = counted.owner === owner && counted.zone === zone && dayOf(counted.hour) === day;
      if (isAsked) summary = mergeTopPaths(summary, counted.paths, PATHS_OF_A_DAY);
    }
  }
  return summary;
}

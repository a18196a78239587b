import { STORED_FOR_SECONDS } from "../../edge/cache/own-cache.ts";
import type { DiskCache } from "./cache/disk-cache.ts";

/** The part of D1 that is used here. */
interface PurgeReader {
  prepare(query: string): { bind(...values: unknown[]): { all(): Promise<unknown> } };
}

interface Row {
  zone_id: string;
  at: number;
}

/** How long after the time recorded in a purge it may be committed (ms). */
const OVERLAP_MS = 120_000;

const lastRuns = new WeakMap<DiskCache, number>();

/** A run for one cache. */
interface Run {
  since: number;
  /** Whether something was purged after it began. */
  isAskedFor: boolean;
}

const runs = new WeakMap<DiskCache, Run>();

/** After this time, a run that the platform may have dropped no longer keeps others from starting, ms. */
const ABANDONED_MS = 60_000;

/**
 * Calls {@link freeZones}, unless a run is under way: then that run is repeated when it is done. A restore purges every zone,
 * one after the other, and each run goes through everything that is stored.
 */
export async function freePurged(db: PurgeReader, cache: DiskCache, now: number): Promise<void> {
  const underWay = runs.get(cache);
  if (underWay !== undefined && now - underWay.since < ABANDONED_MS) {
    underWay.isAskedFor = true;
    return;
  }
  const run: Run = { since: now, isAskedFor: false };
  runs.set(cache, run);
  try {
    do {
      run.isAskedFor = false;
      await freeZones(db, cache, Date.now());
    } while (run.isAskedFor);
  } finally {
    if (runs.get(cache) === run) runs.delete(cache);
  }
}

/**
 * Frees the disk space of zones that were purged as a whole or deleted since the last run. The purge log already keeps the rest
 * from being served. What smaller purges match is freed when it is asked for again, or evicted.
 *
 * @param now ms since the epoch
 */
async function freeZones(db: PurgeReader, cache: DiskCache, now: number): Promise<void> {
  const since = lastRuns.get(cache) ?? now - STORED_FOR_SECONDS * 1000;
  const { results } = (await db.prepare(QUERY).bind(since).all()) as { results: Row[] };
  await cache.open();
  for (const { zone_id, at } of results) await cache.removeGroup(zone_id, at);
  lastRuns.set(cache, now - OVERLAP_MS);
}

const QUERY = `SELECT zone_id, MAX(at) AS at FROM purges
  WHERE at > ?1 AND kind = 'everything' AND soft = 0 GROUP BY zone_id
  UNION ALL SELECT id, deleted_at FROM zones WHERE state = 'deleted' AND deleted_at > ?1`;

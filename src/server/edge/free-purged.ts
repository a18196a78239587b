import { STORED_FOR_SECONDS } from "../../edge/cache/own-cache.ts";
import type { DiskCache } from "./cache/disk-cache.ts";

/** What of D1 is asked here. */
interface PurgeReader {
  prepare(query: string): { bind(...values: unknown[]): { all(): Promise<unknown> } };
}

interface Row {
  zone_id: string;
  at: number;
}

/** A purge may be committed a while after the time that it bears (ms). */
const OVERLAP_MS = 120_000;

const lastRuns = new WeakMap<DiskCache, number>();

/**
 * Gives back the disk space of zones that were purged as a whole or deleted since the last run. The purge log keeps what is
 * left of them from being served anyway; smaller purges free what they match when it is asked for again, or evicted.
 *
 * @param now ms since the epoch
 */
export async function freePurged(db: PurgeReader, cache: DiskCache, now: number): Promise<void> {
  const since = lastRuns.get(cache) ?? now - STORED_FOR_SECONDS * 1000;
  const { results } = (await db.prepare(QUERY).bind(since).all()) as { results: Row[] };
  await cache.open();
  for (const { zone_id, at } of results) await cache.removeGroup(zone_id, at);
  lastRuns.set(cache, now - OVERLAP_MS);
}

const QUERY = `SELECT zone_id, MAX(at) AS at FROM purges
  WHERE at > ?1 AND kind = 'everything' AND soft = 0 GROUP BY zone_id
  UNION ALL SELECT id, deleted_at FROM zones WHERE state = 'deleted' AND deleted_at > ?1`;

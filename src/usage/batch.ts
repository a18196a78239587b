import type { PathSummary } from "./top-paths.ts";

/** The words of `X-Cache`, in the order in which they are counted. */
export const CACHE_RESULTS = ["HIT", "MISS", "STALE", "REVALIDATED", "BYPASS"] as const;

export type CacheResult = (typeof CACHE_RESULTS)[number];

/** Those whose body came out of the cache, after a 304 of the origin too: what `cache_hit_rate` counts as hits. */
export const HITS: readonly CacheResult[] = ["HIT", "STALE", "REVALIDATED"];

/** What an isolate has counted for one account since its last batch. */
export interface UsageBatch {
  /** Random, one for each isolate. */
  source: string;
  /** Grows from batch to batch of an account. The next is made when this one is known to have arrived. */
  number: number;
  /** The location that counted, by its IATA code. */
  pop: string;
  zones: ZoneHour[];
}

/** What was answered for a zone in one hour. */
export interface ZoneHour {
  zone: string;
  /** Its beginning in ms since the epoch. */
  hour: number;
  lines: UsageLine[];
  paths: PathSummary;
  /** Left out where there were none. */
  failures?: FailureCount[];
}

/** How often its origin failed for a reason, which is the word for it, or behind {@link REFUSED} how often its policy refused. */
export type FailureCount = [reason: string, count: number];

/** Bytes of bodies. Those of an answer may come in later batches than its request. */
export type UsageLine = [cacheStatus: CacheResult, statusClass: number, requests: number, bytes: number];

/** Stands before the word for a refusal of a zone's policy, which is counted as failures are. */
export const REFUSED = "refused ";

import type { FirstByteCounts } from "./first-byte.ts";
import type { PathSummary } from "./top-paths.ts";

/** The words of `X-Cache`, in the order in which they are counted. */
export const CACHE_RESULTS = ["HIT", "MISS", "STALE", "REVALIDATED", "BYPASS"] as const;

export type CacheResult = (typeof CACHE_RESULTS)[number];

/** Those whose body came out of the cache, after a 304 of the origin too: what `cache_hit_rate` counts as hits. */
export const HITS: readonly CacheResult[] = ["HIT", "STALE", "REVALIDATED"];

/** What an isolate has counted since its last batch, for all accounts. */
export interface UsageBatch {
  /** Random, one for each isolate. */
  source: string;
  /** Grows from batch to batch. The next is made when this one is known to have arrived. */
  number: number;
  zones: ZoneHour[];
}

/** What was answered for a zone, in some time. */
export interface ZoneFigures {
  lines: UsageLine[];
  /** Left out where there were none. */
  failures?: FailureCount[];
  /** Left out where no origin was asked. */
  origin?: OriginFigures;
}

/** What was answered for a zone in one hour. */
export interface ZoneHour extends ZoneFigures {
  /** Whose it is, see `ownerOf`. */
  owner: string;
  zone: string;
  /** Its beginning in ms since the epoch. */
  hour: number;
  paths: PathSummary;
}

/** What customers' origins were asked. */
export interface OriginFigures {
  /** Those that failed too. */
  requests: number;
  /** Of bodies, as they came from the origin. */
  bytes: number;
  /** Of those that were answered. */
  firstByte: FirstByteCounts;
}

/** How often its origin failed for a reason, which is the word for it, or behind {@link REFUSED} how often its policy refused. */
export type FailureCount = [reason: string, count: number];

/** Bytes of bodies. Those of an answer may come in later batches than its request. */
export type UsageLine = [cacheStatus: CacheResult, statusClass: number, requests: number, bytes: number];

/** Stands before the word for a refusal of a zone's policy, which is counted as failures are. */
export const REFUSED = "refused ";

/** Whose usage it is, as meters name them. Live and test zones of one account never meet. */
export function ownerOf({ account, mode }: { account: string; mode: "live" | "test" }): string {
  return `${account}:${mode}`;
}

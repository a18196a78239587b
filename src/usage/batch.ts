import type { FirstByteCounts } from "./first-byte.ts";
import type { PathSummary } from "./top-paths.ts";

/** The words of `X-Cache`, in the order in which they are counted. */
export const CACHE_RESULTS = ["HIT", "MISS", "STALE", "REVALIDATED", "BYPASS"] as const;

export type CacheResult = (typeof CACHE_RESULTS)[number];

/** Those whose body came from the cache, including after a 304 of the origin: what `cache_hit_rate` counts as hits. */
export const HITS: readonly CacheResult[] = ["HIT", "STALE", "REVALIDATED"];

/** What an isolate has counted since its last batch, for all accounts. */
export interface UsageBatch {
  /** Random, one for each isolate. */
  source: string;
  /** Grows with each batch. The next is made once this one is known to have arrived. */
  number: number;
  zones: ZoneHour[];
}

/** What was answered for a zone during some time. */
export interface ZoneFigures {
  lines: UsageLine[];
  /** Absent if there were none. */
  failures?: FailureCount[];
  /** Absent if no origin was asked. */
  origin?: OriginFigures;
}

/** What was answered for a zone in one hour. */
export interface ZoneHour extends ZoneFigures {
  /** Whose it is, see `ownerOf`. */
  owner: string;
  zone: string;
  /** When it begins, ms since the epoch. */
  hour: number;
  paths: PathSummary;
}

/** What customers' origins were asked. */
export interface OriginFigures {
  /** Including those that failed. */
  requests: number;
  /** Bytes of bodies, as they came from the origin. */
  bytes: number;
  /** The first-byte times of those that were answered. */
  firstByte: FirstByteCounts;
}

/** How often its origin failed for a reason, given by its word; after {@link REFUSED}, how often its policy refused. */
export type FailureCount = [reason: string, count: number];

/** Bytes of bodies. Those of an answer may come in later batches than its request. */
export type UsageLine = [cacheStatus: CacheResult, statusClass: number, requests: number, bytes: number];

/** The prefix of the word for a refusal by a zone's policy, which is counted like a failure. */
export const REFUSED = "refused ";

/** Whose usage it is, as meters call them. Live and test zones of an account are never added together. */
export function ownerOf({ account, mode }: { account: string; mode: "live" | "test" }): string {
  return `${account}:${mode}`;
}

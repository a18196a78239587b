import type { CacheStatus } from "../../http/cache-status.ts";
import type { CacheWord } from "../../why/words.ts";
import type { Lookup } from "../cache/lookup.ts";
import type { StoredResponse } from "../cache/stored-response.ts";

/** Where an answer came from, in one word. */
export type XCache = "HIT" | "MISS" | "STALE" | "REVALIDATED" | "BYPASS";

/** How an answer came about, as `Cache-Status` (RFC 9211), `X-Cache` and `Age` say it. */
export interface Provenance {
  cacheStatus: Omit<CacheStatus, "detail"> & { detail?: CacheWord };
  xCache: XCache;
  /** Seconds; null: straight from the origin, whose own Age stands. */
  age: number | null;
}

type Aged = { age: number; ttl: number };

/** Out of the store, without a word from the origin. */
export function hit(xCache: "HIT" | "STALE", { age, ttl }: Aged, detail?: CacheWord): Provenance {
  return { cacheStatus: { hit: true, ttl, ...(detail && { detail }) }, xCache, age };
}

/** Out of what another request was just given. */
export function collapsed(found: Lookup, { age, ttl }: Aged): Provenance {
  return { cacheStatus: { fwd: forwardReason(found), collapsed: true, ttl }, xCache: "HIT", age };
}

/** A 304 of the origin confirmed it. */
export function revalidated(stored: StoredResponse): Provenance {
  return {
    cacheStatus: { fwd: "stale", fwdStatus: 304, ttl: initialTtl(stored), stored: true },
    xCache: "REVALIDATED",
    age: Math.floor(stored.initialAge),
  };
}

/** From the origin, and kept. */
export function missed(found: Lookup, stored: StoredResponse): Provenance {
  const detail = found.kind === "miss" && found.reason === "purged" ? ({ detail: "purged" } as const) : {};
  return {
    cacheStatus: {
      fwd: forwardReason(found),
      fwdStatus: stored.status,
      ttl: initialTtl(stored),
      stored: true,
      ...detail,
    },
    xCache: "MISS",
    age: null,
  };
}

/** From the origin, and not kept for this reason. */
export function notKept(found: Lookup, stored: StoredResponse, reason: CacheWord): Provenance {
  return {
    cacheStatus: { fwd: forwardReason(found), fwdStatus: stored.status, detail: reason },
    xCache: "BYPASS",
    age: null,
  };
}

/** The cache was not asked. */
export function bypassed(stored: StoredResponse, fwd: "bypass" | "method", detail: CacheWord | null): Provenance {
  return {
    cacheStatus: { fwd, fwdStatus: stored.status, ...(detail !== null && { detail }) },
    xCache: "BYPASS",
    age: null,
  };
}

function initialTtl(stored: StoredResponse): number {
  return stored.lifetime - Math.floor(stored.initialAge);
}

/** RFC 9211 §2.2: why the request went forward. */
export function forwardReason(found: Lookup): NonNullable<CacheStatus["fwd"]> {
  if (found.kind === "found") return "stale";
  return found.reason === "purged" ? "miss" : found.reason;
}

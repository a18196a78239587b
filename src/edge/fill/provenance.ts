import type { CacheStatus } from "../../http/cache-status.ts";
import type { CacheWord } from "../../why/words.ts";
import type { Lookup } from "../cache/lookup.ts";
import type { StoredResponse } from "../cache/stored-response.ts";
import type { StatusAbove } from "../tier/upper-tier.ts";

/** Where an answer came from, in one word. */
export type XCache = "HIT" | "MISS" | "STALE" | "REVALIDATED" | "BYPASS";

/** A word, and the name of the zone's origin that answered. */
export type Detail = CacheWord | `origin:${string}` | `${CacheWord} origin:${string}`;

/** How an answer came about, as `Cache-Status` (RFC 9211), `X-Cache` and `Age` report it. */
export interface Provenance {
  cacheStatus: Omit<CacheStatus, "detail"> & { detail?: Detail };
  xCache: XCache;
  /** Seconds; null: directly from the origin, whose own Age stays. */
  age: number | null;
  /** What the cache above did, if it was asked for a whole, and how long it took, ms. */
  above?: StatusAbove;
  aboveMs?: number;
}

/**
 * What an answer has passed on its way to this edge; `aboveMs`: how long the cache above took; `age`: seconds, null: it comes
 * directly from the origin.
 */
export interface ComingFrom {
  above: StatusAbove | null;
  aboveMs: number | null;
  age: number | null;
}

type Aged = { age: number; ttl: number };

/** From the store, without asking the origin. */
export function hit(xCache: "HIT" | "STALE", { age, ttl }: Aged, detail?: CacheWord): Provenance {
  return { cacheStatus: { hit: true, ttl, ...(detail && { detail }) }, xCache, age };
}

/** From the answer that another request just got. */
export function collapsed(found: Lookup, { age, ttl }: Aged): Provenance {
  return { cacheStatus: { fwd: forwardReason(found), collapsed: true, ttl }, xCache: "HIT", age };
}

/** Confirmed by a 304 of the origin. */
export function revalidated(stored: StoredResponse, from: ComingFrom): Provenance {
  return {
    cacheStatus: { fwd: "stale", fwdStatus: 304, ttl: ttlOf(stored, from.age), stored: true },
    xCache: "REVALIDATED",
    age: from.age ?? Math.floor(stored.initialAge),
    ...saidAbove(from),
  };
}

/** From the origin, and kept. */
export function missed(found: Lookup, stored: StoredResponse, from: ComingFrom): Provenance {
  const detail = found.kind === "miss" && found.reason === "purged" ? ({ detail: "purged" } as const) : {};
  return {
    cacheStatus: {
      fwd: forwardReason(found),
      fwdStatus: stored.status,
      ttl: ttlOf(stored, from.age),
      stored: true,
      ...detail,
    },
    xCache: "MISS",
    age: from.age,
    ...saidAbove(from),
  };
}

/** From the origin, and not kept for this reason. */
export function notKept(found: Lookup, stored: StoredResponse, reason: CacheWord, from: ComingFrom): Provenance {
  return {
    cacheStatus: { fwd: forwardReason(found), fwdStatus: stored.status, detail: reason },
    xCache: "BYPASS",
    age: from.age,
    ...saidAbove(from),
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

/** Adds which of a zone's origins has answered; null: the zone has one. */
export function answeredBy(origin: string | null, provenance: Provenance): Provenance {
  if (origin === null) return provenance;
  const { cacheStatus } = provenance;
  const { detail } = cacheStatus;
  const named = `origin:${origin}` as const;
  return {
    ...provenance,
    // The word stays first, and the name follows it.
    cacheStatus: { ...cacheStatus, detail: (detail === undefined ? named : `${detail} ${named}`) as CacheWord },
  };
}

function saidAbove({ above, aboveMs }: ComingFrom): Pick<Provenance, "above" | "aboveMs"> {
  return { ...(above !== null && { above }), ...(aboveMs !== null && { aboveMs }) };
}

/** @param age null: its age when it arrived */
function ttlOf(stored: StoredResponse, age: number | null): number {
  return stored.lifetime - (age ?? Math.floor(stored.initialAge));
}

/** RFC 9211 §2.2: why the request went forward. */
export function forwardReason(found: Lookup): NonNullable<CacheStatus["fwd"]> {
  if (found.kind === "found") return "stale";
  return found.reason === "purged" ? "miss" : found.reason;
}

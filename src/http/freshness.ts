import { parseHttpDate } from "./dates.ts";
import { isHeuristicallyCacheable } from "./statuses.ts";
import { type EffectiveCacheControl, effectiveCacheControl } from "./targeted-cache-control.ts";

/** What the zone says of an asset's freshness. */
export interface FreshnessPolicy {
  /** `"override"`: `ttl` comes before what the response says. */
  mode: "respect" | "override";
  /** Seconds; null: none. */
  ttl: number | null;
  /** Seconds, for 404 and 410 that say nothing themselves. */
  negativeTtl: number;
  /** Seconds: the greatest lifetime that is guessed (RFC 9111 §4.2.2 leaves the limit to the cache); 0: none is. */
  maxHeuristic: number;
  /** Seconds that a status of 400 and more may claim. */
  maxErrorTtl: number;
}

/** Where a freshness lifetime comes from. */
export type FreshnessSource =
  | "cdn-cache-control"
  | "s-maxage"
  | "max-age"
  | "expires"
  | "policy"
  | "negative"
  | "heuristic"
  | "none";

/** Whether the response itself states when it expires (RFC 9111 §4.2.1), not the zone or a heuristic. */
export function isExplicit(source: FreshnessSource): boolean {
  return source === "cdn-cache-control" || source === "s-maxage" || source === "max-age" || source === "expires";
}

/** How long a response is fresh, and who says so. */
export interface Freshness {
  /** Whole seconds, 0 or more. */
  seconds: number;
  source: FreshnessSource;
}

const NONE: Freshness = { seconds: 0, source: "none" };

/** Statuses that the zone's TTL is meant for: an asset, or a lasting redirect to one. */
const ASSET_STATUSES: ReadonlySet<number> = new Set([200, 203, 204, 206, 300, 301, 308]);

/**
 * How long a response is fresh in a shared cache (RFC 9111 §4.2.1, RFC 9213), and why. Whether it may be stored at all
 * is decided elsewhere.
 *
 * @param answeredAt ms since the epoch; stands for a missing or invalid `Date`
 * @param said what its fields say, where that has been read already
 */
export function freshnessLifetime(
  response: { status: number; headers: Headers },
  policy: FreshnessPolicy,
  answeredAt: number,
  said: EffectiveCacheControl = effectiveCacheControl(response.headers),
): Freshness {
  const { status, headers } = response;
  const byPolicy = policy.ttl !== null && ASSET_STATUSES.has(status) ? fromPolicy(policy.ttl) : null;
  if (policy.mode === "override" && byPolicy !== null) return byPolicy;
  const { directives, targeted } = said;
  const { maxAge, sMaxage } = directives;
  if (targeted) {
    const seconds = sMaxage ?? maxAge;
    if (seconds !== undefined) return { seconds, source: "cdn-cache-control" };
  } else {
    if (sMaxage !== undefined) return { seconds: sMaxage, source: "s-maxage" };
    if (maxAge !== undefined) return { seconds: maxAge, source: "max-age" };
    const expires = headers.get("expires");
    if (expires !== null) return { seconds: untilExpiry(expires, headers, answeredAt), source: "expires" };
  }
  if (status === 404 || status === 410) return { seconds: policy.negativeTtl, source: "negative" };
  if (byPolicy !== null) return byPolicy;
  // RFC 9111 §4.2.2: heuristics are for statuses "defined as heuristically cacheable" and for responses marked `public`.
  return isHeuristicallyCacheable(status) || directives.public ? heuristic(headers, answeredAt, policy) : NONE;
}

/** Seconds that the response says it may be shared for, in so many words; 0 where it does not. */
export function sharedLifetime({ directives, targeted }: EffectiveCacheControl): number {
  const { sMaxage, maxAge, public: isPublic } = directives;
  return sMaxage ?? (targeted || isPublic ? maxAge : undefined) ?? 0;
}

/** A difference between clocks that is none: both `Date` and its reading are rounded to seconds. */
const SAME_CLOCK_SECONDS = 2;

/**
 * The lifetime of a response that says it is so old when it arrives. What it states is RFC 9111 §4.2's: its age counts. What
 * the zone gives counts from when it arrives, so that a clock which is days behind does not void it. And no error claims more
 * than the zone allows, counted from then as well.
 *
 * @param statedAge whole seconds
 */
export function lifetimeOnArrival(
  { seconds, source }: Freshness,
  status: number,
  statedAge: number,
  { maxErrorTtl }: Pick<FreshnessPolicy, "maxErrorTtl">,
): number {
  const age = statedAge > SAME_CLOCK_SECONDS ? statedAge : 0;
  if (source === "policy" || source === "negative") return seconds + age;
  return status >= 400 ? Math.min(seconds, maxErrorTtl + age) : seconds;
}

function fromPolicy(seconds: number): Freshness {
  return { seconds, source: "policy" };
}

/** RFC 9111 §5.3: a cache "MUST interpret invalid date formats, especially the value "0", as ... a time in the past". */
function untilExpiry(expires: string, headers: Headers, answeredAt: number): number {
  const time = parseHttpDate(expires, answeredAt);
  return time === null ? 0 : wholeSeconds(time - dateOf(headers, answeredAt));
}

/** RFC 9111 §4.2.2: "a typical setting of this fraction might be 10%" of the time since the last modification. */
function heuristic(headers: Headers, answeredAt: number, { maxHeuristic }: FreshnessPolicy): Freshness {
  const lastModified = parseHttpDate(headers.get("last-modified"), answeredAt);
  if (lastModified === null) return NONE;
  const seconds = Math.min(wholeSeconds((dateOf(headers, answeredAt) - lastModified) / 10), maxHeuristic);
  return seconds === 0 ? NONE : { seconds, source: "heuristic" };
}

function dateOf(headers: Headers, answeredAt: number): number {
  return parseHttpDate(headers.get("date"), answeredAt) ?? answeredAt;
}

function wholeSeconds(ms: number): number {
  return Math.max(0, Math.floor(ms / 1000));
}

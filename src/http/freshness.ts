import { parseHttpDate } from "./dates.ts";
import { isHeuristicallyCacheable } from "./statuses.ts";
import { type EffectiveCacheControl, effectiveCacheControl } from "./targeted-cache-control.ts";

/** The zone's settings for an asset's freshness. */
export interface FreshnessPolicy {
  /** `"override"`: `ttl` takes precedence over what the response says. */
  mode: "respect" | "override";
  /** Seconds; null: none. */
  ttl: number | null;
  /** Seconds, for a 404 or 410 that states no lifetime itself. */
  negativeTtl: number;
  /**
   * Seconds: the greatest lifetime that a heuristic may give (RFC 9111 §4.2.2 leaves the limit to the cache); 0: no heuristic.
   */
  maxHeuristic: number;
  /** The longest lifetime, in seconds, of a response whose status is 400 or more. */
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

/** Whether the response itself states when it expires (RFC 9111 §4.2.1), rather than the zone or a heuristic. */
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

/** Statuses that the zone's TTL is meant for: an asset, or a permanent redirect to one. */
const ASSET_STATUSES: ReadonlySet<number> = new Set([200, 203, 204, 206, 300, 301, 308]);

/**
 * How long a response is fresh in a shared cache (RFC 9111 §4.2.1, RFC 9213), and why. Whether it may be stored at all is
 * decided elsewhere.
 *
 * @param answeredAt ms since the epoch; used if `Date` is missing or invalid
 * @param said what its fields say, if that has been read already
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

/** For how many seconds the response explicitly says that it may be shared; 0: it does not. */
export function sharedLifetime({ directives, targeted }: EffectiveCacheControl): number {
  const { sMaxage, maxAge, public: isPublic } = directives;
  return sMaxage ?? (targeted || isPublic ? maxAge : undefined) ?? 0;
}

/** A difference between clocks that does not count: both `Date` and its reading are rounded to seconds. */
const SAME_CLOCK_SECONDS = 2;

/**
 * The lifetime of a response that was already `statedAge` old when it arrived. If the response states its lifetime, its age
 * counts (RFC 9111 §4.2). A lifetime from the zone starts on arrival, so that a clock that is days behind does not void it. No
 * error gets more than the zone allows, also counted from arrival.
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

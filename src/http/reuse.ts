import type { CacheControl } from "./cache-control.ts";

/** What is stored about a response's freshness. */
export interface StoredFreshness {
  /** Seconds. */
  lifetime: number;
  /** Corrected initial age in seconds (RFC 9111 §4.2.3). */
  initialAge: number;
  /** When the response, or its last validation, arrived; ms since the epoch. */
  answeredAt: number;
  /** The directives that govern it: those of `CDN-Cache-Control` if that applied. */
  cacheControl: ReuseDirectives;
}

/** The directives that say how a stored response may be used. */
export type ReuseDirectives = Partial<
  Pick<
    CacheControl,
    "noCache" | "mustRevalidate" | "proxyRevalidate" | "sMaxage" | "staleWhileRevalidate" | "staleIfError"
  >
>;

/** Those of a response's directives that are stored with it. Absent ones are left out. */
export function reuseDirectives(said: CacheControl): ReuseDirectives {
  const { noCache, mustRevalidate, proxyRevalidate, sMaxage, staleWhileRevalidate, staleIfError } = said;
  return {
    ...(noCache === true && { noCache }),
    ...(mustRevalidate && { mustRevalidate }),
    ...(proxyRevalidate && { proxyRevalidate }),
    ...(sMaxage !== undefined && { sMaxage }),
    ...(staleWhileRevalidate !== undefined && { staleWhileRevalidate }),
    ...(staleIfError !== undefined && { staleIfError }),
  };
}

/** The zone's windows for serving stale, in seconds, used if the response names none (RFC 5861). */
export interface StalePolicy {
  staleWhileRevalidate: number;
  staleIfError: number;
}

/** Why a stored response has to be validated first. */
export type ValidationReason = "stale" | "purged" | "no-cache";

/**
 * What may be done with a stored response. `age` and `ttl` are whole seconds; `ttl` is what remains of the lifetime, and is 0
 * or less for a stale one.
 *
 * - `stale-while-revalidate`: it is stale but may be used at once (RFC 5861); the caller validates it in the background.
 * - `validate` with `staleIfError`: it may be used if its validation fails.
 */
export type Reuse =
  | { kind: "fresh"; age: number; ttl: number }
  | { kind: "stale-while-revalidate"; age: number; ttl: number }
  | { kind: "validate"; reason: ValidationReason; age: number; ttl: number; staleIfError: boolean };

/** `current_age` of RFC 9111 §4.2.3 in whole seconds. @param now ms since the epoch */
export function currentAge(stored: Pick<StoredFreshness, "initialAge" | "answeredAt">, now: number): number {
  return Math.floor(stored.initialAge + Math.max(0, now - stored.answeredAt) / 1000);
}

/** How far clocks may differ, ms. */
const CLOCKS_MS = 10_000;

/** Whether a response was stored at a time in the future: the clock has been set back, so nobody knows its age. */
export function isOfLater({ answeredAt }: Pick<StoredFreshness, "answeredAt">, now: number): boolean {
  return answeredAt - now > CLOCKS_MS;
}

/**
 * Decides how a stored response may answer a request (RFC 9111 §4.2, §4.2.4, RFC 5861), whatever the request's own directives
 * say.
 *
 * `s-maxage` forbids stale serving (RFC 9111 §5.2.2.10) unless the same response names a window of its own: origins write
 * `s-maxage=60, stale-while-revalidate=30` and mean it, and RFC 5861 is then the more specific statement.
 *
 * @param now ms since the epoch
 * @param purgedSoftAt ms since the epoch of a soft purge: from then on the response is stale, and the windows for serving stale
 *   count from then if it was still fresh
 */
export function decideReuse(
  stored: StoredFreshness,
  policy: StalePolicy,
  now: number,
  purgedSoftAt: number | null = null,
): Reuse {
  const { cacheControl } = stored;
  const age = currentAge(stored, now);
  const purged = purgedSoftAt !== null;
  const remaining = isOfLater(stored, now) ? 0 : stored.lifetime - age;
  const ttl = purged ? Math.min(remaining, 0 - secondsSince(purgedSoftAt, now)) : remaining;
  // RFC 9111 §4.2: fresh while "freshness_lifetime > current_age".
  const fresh = ttl > 0 && !purged;

  // RFC 9111 §5.2.2.4: "MUST NOT be used to satisfy any other request without forwarding it for validation".
  if (cacheControl.noCache === true) return validate("no-cache", false);
  if (fresh) return { kind: "fresh", age, ttl };
  const window = staleWindow(cacheControl, policy);
  if (-ttl < window.staleWhileRevalidate) return { kind: "stale-while-revalidate", age, ttl };
  return validate(purged ? "purged" : "stale", -ttl < window.staleIfError);

  function validate(reason: ValidationReason, staleIfError: boolean): Reuse {
    return { kind: "validate", reason, age, ttl, staleIfError };
  }
}

/** For how long a stale response may be served (RFC 5861). RFC 9111 §4.2.4: not at all "if it is prohibited by an explicit in-protocol directive". */
export function staleWindow(cacheControl: ReuseDirectives, policy: StalePolicy): StalePolicy {
  if (cacheControl.mustRevalidate || cacheControl.proxyRevalidate || cacheControl.noCache === true) {
    return { staleWhileRevalidate: 0, staleIfError: 0 };
  }
  const allowed = cacheControl.sMaxage === undefined;
  return {
    staleWhileRevalidate: cacheControl.staleWhileRevalidate ?? (allowed ? policy.staleWhileRevalidate : 0),
    staleIfError: cacheControl.staleIfError ?? (allowed ? policy.staleIfError : 0),
  };
}

function secondsSince(time: number, now: number): number {
  return Math.max(0, Math.floor((now - time) / 1000));
}

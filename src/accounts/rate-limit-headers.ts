import { serializeList } from "structured-headers";
import type { RateVerdict } from "./account-windows.ts";
import { WINDOW_MS, type WindowVerdict } from "./sliding-window.ts";

/**
 * The headers that show a rate limit: `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10), the older
 * `X-RateLimit-*` with a Unix time in seconds, and `Retry-After` in seconds if the call was refused. They name the policy that
 * binds: `default` is the key's, or the address's.
 *
 * @param now ms since the epoch
 */
export function rateLimitHeaders(window: WindowVerdict | RateVerdict, now: number): Record<string, string> {
  const { allowed, limit, remaining, resetAt } = window;
  // A call that waited its turn arrived before the window began.
  const seconds = Math.min(Math.max(Math.ceil((resetAt - now) / 1000), 0), WINDOW_MS / 1000);
  const policy = "policy" in window ? window.policy : "default";
  const item = (parameters: Record<string, number>) => serializeList([[policy, new Map(Object.entries(parameters))]]);
  return {
    "ratelimit-policy": item({ q: limit, w: WINDOW_MS / 1000 }),
    ratelimit: item({ r: remaining, t: seconds }),
    "x-ratelimit-limit": String(limit),
    "x-ratelimit-remaining": String(remaining),
    "x-ratelimit-reset": String(Math.ceil(resetAt / 1000)),
    ...(!allowed && { "retry-after": String(Math.max(seconds, 1)) }),
  };
}

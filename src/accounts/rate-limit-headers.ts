import { serializeList } from "structured-headers";
import { WINDOW_MS, type WindowVerdict } from "./sliding-window.ts";

/**
 * How a rate limit shows in an answer: `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10), the
 * older `X-RateLimit-*` with a Unix time in seconds, and `Retry-After` in seconds where the call was refused.
 *
 * @param now ms since the epoch
 */
export function rateLimitHeaders(window: WindowVerdict, now: number): Record<string, string> {
  const { allowed, limit, remaining, resetAt } = window;
  // A call that waited for its turn has arrived before the window began.
  const seconds = Math.min(Math.max(Math.ceil((resetAt - now) / 1000), 0), WINDOW_MS / 1000);
  const item = (parameters: Record<string, number>) =>
    serializeList([["default", new Map(Object.entries(parameters))]]);
  return {
    "ratelimit-policy": item({ q: limit, w: WINDOW_MS / 1000 }),
    ratelimit: item({ r: remaining, t: seconds }),
    "x-ratelimit-limit": String(limit),
    "x-ratelimit-remaining": String(remaining),
    "x-ratelimit-reset": String(Math.ceil(resetAt / 1000)),
    ...(!allowed && { "retry-after": String(Math.max(seconds, 1)) }),
  };
}

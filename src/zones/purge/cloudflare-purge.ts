import { parseHttpDate } from "../../http/dates.ts";
import type { CloudflareApi } from "../../settings.ts";

/** What Cloudflare said to a purge. A reason never holds what was sent: the token must not reach a log. */
export type CloudflareAnswer =
  | { kind: "purged" }
  | { kind: "limited"; retryAfterMs: number }
  | { kind: "failed"; reason: string };

/** Tags in one call (developers.cloudflare.com/cache/how-to/purge-cache, "Max operations per request"). */
export const MAX_TAGS = 100;

const TIMEOUT_MS = 10_000;
/** Where a 429 does not say for how long: the least plan's limits are counted by the minute. */
const DEFAULT_RETRY_MS = 60_000;
const LONGEST_RETRY_MS = 3_600_000;

/**
 * Purges by tag what Cloudflare's cache holds: `POST /zones/{zone_id}/purge_cache` with `{"tags": […]}`, at most
 * {@link MAX_TAGS}. Never throws.
 */
export async function purgeTags(
  { base, zone, token }: CloudflareApi,
  tags: readonly string[],
  timeoutMs = TIMEOUT_MS,
): Promise<CloudflareAnswer> {
  try {
    const response = await fetch(`${base}/zones/${encodeURIComponent(zone)}/purge_cache`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ tags }),
      cache: "no-store", // never through the cache of our own Cloudflare zone
      redirect: "manual", // the token goes nowhere else
      signal: AbortSignal.timeout(timeoutMs),
    });
    const body = parse(await response.text());
    if (response.status === 429) return { kind: "limited", retryAfterMs: retryAfterMs(response.headers) };
    if (response.ok && body?.success === true) return { kind: "purged" };
    return { kind: "failed", reason: `status ${response.status}, error codes ${codesOf(body)}` };
  } catch (error) {
    return { kind: "failed", reason: error instanceof Error ? error.name : "unknown" };
  }
}

interface Body {
  success?: unknown;
  errors?: unknown;
}

function parse(text: string): Body | null {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" ? body : null;
  } catch {
    return null; // said by "none" in the reason
  }
}

function codesOf(body: Body | null): string {
  const errors = Array.isArray(body?.errors) ? body.errors : [];
  const codes = errors
    .map((error: { code?: unknown } | null) => error?.code)
    .filter((code) => typeof code === "number");
  return codes.slice(0, 10).join() || "none";
}

/** RFC 9110 §10.2.3: seconds, or a date. */
function retryAfterMs(headers: Headers): number {
  const value = headers.get("retry-after") ?? "";
  const date = parseHttpDate(value);
  const wait = /^\d{1,9}$/.test(value) ? Number(value) * 1_000 : date === null ? DEFAULT_RETRY_MS : date - Date.now();
  return Math.min(Math.max(wait, 1_000), LONGEST_RETRY_MS);
}

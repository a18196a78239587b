import { parseHttpDate } from "./http/dates.ts";
import type { CloudflareApi } from "./settings.ts";

/** The answer of Cloudflare's API to a call. A reason never contains what was sent, so that the token cannot reach a log. */
export type CloudflareReply =
  | { kind: "done"; result: unknown }
  | { kind: "limited"; retryAfterMs: number }
  /** It refused: `codes` are its own, and may be empty. */
  | { kind: "refused"; status: number; codes: readonly number[]; reason: string }
  /** There was no answer. */
  | { kind: "failed"; reason: string };

const TIMEOUT_MS = 10_000;
/** Used if a 429 does not say how long to wait: the lowest plan's limits are counted per minute. */
const DEFAULT_RETRY_MS = 60_000;
const LONGEST_RETRY_MS = 3_600_000;

/** Makes a call about the zone. Never throws. @param path below the zone's, such as `/purge_cache` */
export async function callCloudflare(
  { base, zone, token }: CloudflareApi,
  method: "GET" | "POST" | "PATCH" | "DELETE",
  path: string,
  body: object | null = null,
  timeoutMs = TIMEOUT_MS,
): Promise<CloudflareReply> {
  try {
    const response = await fetch(`${base}/zones/${encodeURIComponent(zone)}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body !== null && { "content-type": "application/json" }) },
      ...(body !== null && { body: JSON.stringify(body) }),
      cache: "no-store", // never from the cache of our own Cloudflare zone
      redirect: "manual", // the token is sent nowhere else
      signal: AbortSignal.timeout(timeoutMs),
    });
    const answer = parse(await response.text());
    const { status, headers } = response;
    if (status === 429) return { kind: "limited", retryAfterMs: retryAfterMs(headers) };
    if (response.ok && answer?.success === true) return { kind: "done", result: answer.result };
    const codes = codesOf(answer);
    return { kind: "refused", status, codes, reason: `status ${status}, error codes ${codes.join() || "none"}` };
  } catch (error) {
    return { kind: "failed", reason: error instanceof Error ? error.name : "unknown" };
  }
}

interface Body {
  success?: unknown;
  errors?: unknown;
  result?: unknown;
}

function parse(text: string): Body | null {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" ? body : null;
  } catch {
    return null; // the reason then says "none"
  }
}

function codesOf(body: Body | null): number[] {
  const errors = Array.isArray(body?.errors) ? body.errors : [];
  const codes = errors
    .map((error: { code?: unknown } | null) => error?.code)
    .filter((code): code is number => typeof code === "number");
  return codes.slice(0, 10);
}

/** RFC 9110 §10.2.3: seconds, or a date. */
function retryAfterMs(headers: Headers): number {
  const value = headers.get("retry-after") ?? "";
  const date = parseHttpDate(value);
  const wait = /^\d{1,9}$/.test(value) ? Number(value) * 1_000 : date === null ? DEFAULT_RETRY_MS : date - Date.now();
  return Math.min(Math.max(wait, 1_000), LONGEST_RETRY_MS);
}

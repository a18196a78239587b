import type { ZoneSettings } from "../../src/zones/settings.ts";
import { type Directives, date, governing, list, seconds } from "./directives.ts";
import type { Journal, OriginExchange } from "./journal.ts";
import { longestGuess, zoneTtl } from "./resource.ts";

/** A response as RFC 9111 would have it stored: an answer of the origin and the 304s that have updated it since. */
export interface ModelResponse {
  base: OriginExchange;
  /** The last that was said of it: the answer itself or a 304. */
  last: OriginExchange;
  chain: readonly OriginExchange[];
  /** That of `base`, or 200 where it completes a part that was stored. */
  status: number;
  headers: Headers;
  directives: Directives;
  /** Greatest freshness lifetime that may be claimed, seconds. */
  lifetime: number;
  /** Whether the origin, not the zone, said how long it is fresh. */
  isExplicit: boolean;
  /** The zone's TTL replaces all that the origin says of freshness. */
  isOverridden: boolean;
}

/** What an answer is made of, by the marks that each answer of the origin leaves; null where the edge made it itself. */
export function madeOf(answer: Headers, journal: Journal, path: string, settings: ZoneSettings): ModelResponse | null {
  const ids = [...answer.keys()].flatMap((name) => /^x-exchange-(\d+)$/.exec(name)?.[1] ?? []).map(Number);
  const chain = ids.sort((a, b) => a - b).flatMap((id) => journal.exchanges.get(id) ?? []);
  const [base] = chain;
  if (base === undefined) return null;
  const headers = updated(chain);
  const last = chain.at(-1)!;
  const { directives, targeted } = governing(headers);
  const status = completesPart(base, journal) ? 200 : base.status;
  const ttl = TTL_STATUSES.has(status) ? zoneTtl(path, settings) : null;
  const isOverridden = settings.ttl_mode === "override" && ttl !== null;
  const explicit = explicitLifetime(headers, directives, targeted, last.answeredAt);
  const unsaid = base.status === 404 || base.status === 410 ? settings.negative_ttl : ttl;
  const ours = isOverridden ? ttl : explicit === null ? unsaid : null;
  const guessed = heuristic(base.status, headers, directives, last.answeredAt);
  const stated = explicit ?? Math.min(guessed, longestGuess(path, headers, settings));
  // What the zone says counts from when the response came, and so does what it allows an error to say.
  const arrived = statedAge(last, headers);
  const most = base.status >= 400 ? settings.max_error_ttl + arrived : Number.POSITIVE_INFINITY;
  return {
    base,
    last,
    chain,
    status,
    headers,
    directives,
    lifetime: ours === null ? Math.min(stated, most) : ours + arrived,
    isExplicit: explicit !== null && !isOverridden,
    isOverridden,
  };
}

/** RFC 9111 §3.4: the edge has asked for the rest of a part, and both "share the same strong validator". */
function completesPart({ status, request, headers, resource, id }: OriginExchange, journal: Journal): boolean {
  const first = Number(/^bytes=(\d+)-$/.exec(request.get("range") ?? "")?.[1] ?? 0);
  const etag = headers.get("etag");
  if (status !== 206 || first === 0 || etag === null || etag.startsWith("W/")) return false;
  return [...journal.exchanges.values()].some(
    (part) =>
      part.id < id &&
      part.resource === resource &&
      part.status === 206 &&
      part.headers.get("etag") === etag &&
      part.headers.get("content-range")?.startsWith(`bytes 0-${first - 1}/`),
  );
}

/** What the chain says up to each of its members. */
export function saidUpToEach({ chain }: ModelResponse): { exchange: OriginExchange; headers: Headers }[] {
  return chain.map((exchange, at) => ({ exchange, headers: updated(chain.slice(0, at + 1)) }));
}

/** Statuses that a zone's TTL is promised for. */
const TTL_STATUSES: ReadonlySet<number> = new Set([200, 203, 204, 206, 300, 301, 308]);

/** RFC 9110 §15.1: heuristically cacheable. */
export const HEURISTIC_STATUSES: ReadonlySet<number> = new Set([
  200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501,
]);

/** RFC 9111 §3.2, §4.3.4: what a 304 says replaces what was said, but for what describes the content. */
function updated(chain: readonly OriginExchange[]): Headers {
  const headers = new Headers(chain[0]!.headers);
  for (const { headers: said, answeredAt } of chain.slice(1)) {
    headers.delete("age");
    // RFC 9110 §6.6.1: a recipient with a clock takes the time of arrival where there is no Date.
    headers.set("date", new Date(answeredAt).toUTCString());
    for (const [name, value] of said) {
      if (/^content-(length|encoding|range)$/.test(name) || (name === "etag" && headers.has("etag"))) continue;
      headers.set(name, value);
    }
  }
  return headers;
}

/** RFC 9110 §6.6.1: the time of arrival stands for a missing Date, and a Date knows whole seconds only. */
function sentAt(headers: Headers, answeredAt: number): number {
  return date(headers.get("date")) ?? Math.floor(answeredAt / 1000) * 1000;
}

/** RFC 9111 §4.2.1, RFC 9213 §2.2. */
function explicitLifetime(
  headers: Headers,
  directives: Directives,
  targeted: boolean,
  answeredAt: number,
): number | null {
  const said = seconds(directives, "s-maxage") ?? seconds(directives, "max-age");
  if (said !== undefined) return said;
  const expires = headers.get("expires");
  if (targeted || expires === null) return null;
  const until = date(expires);
  return until === null ? 0 : Math.max(0, Math.floor((until - sentAt(headers, answeredAt)) / 1000));
}

/** RFC 9111 §4.2.2: a tenth of the time since the last change, where a heuristic is allowed at all. */
function heuristic(status: number, headers: Headers, directives: Directives, answeredAt: number): number {
  const modified = date(headers.get("last-modified"));
  if (modified === null || !(HEURISTIC_STATUSES.has(status) || directives.has("public"))) return 0;
  return Math.max(0, Math.floor((sentAt(headers, answeredAt) - modified) / 10_000));
}

/** How old a response says it is when it comes, in whole seconds. */
function statedAge(last: OriginExchange, headers: Headers): number {
  const said = list(headers.get("age"))[0] ?? "";
  const apparent = Math.floor((last.answeredAt - sentAt(headers, last.answeredAt)) / 1000);
  return Math.max(0, apparent, /^\d+$/.test(said) ? Number(said) : 0);
}

/** RFC 9111 §4.2.3: the least `current_age` that may be stated at a time (ms since the epoch), in whole seconds. */
export function leastAge({ last, headers }: ModelResponse, now: number): number {
  const said = list(headers.get("age"))[0] ?? "";
  const sent = sentAt(headers, last.answeredAt);
  const apparent = Math.max(0, Math.floor((last.answeredAt - sent) / 1000));
  const corrected = (/^\d+$/.test(said) ? Number(said) : 0) + (last.answeredAt - last.requestedAt) / 1000;
  return Math.floor(Math.max(apparent, corrected) + Math.max(0, now - last.answeredAt) / 1000);
}

/** How stale it may be used, in seconds: at once, and after a failure. What origin or zone allow; a client's max-stale counts for nothing. */
export function staleAllowance(
  { directives, isOverridden, status }: ModelResponse,
  settings: ZoneSettings,
): { atOnce: number; onError: number } {
  if (status >= 400) return { atOnce: 0, onError: 0 };
  const said = isOverridden ? new Map<string, string | null>() : directives;
  // RFC 9111 §4.2.4: not "if it is prohibited by an explicit in-protocol directive".
  if (
    ["must-revalidate", "proxy-revalidate"].some((name) => said.has(name)) ||
    (said.has("no-cache") && !said.get("no-cache"))
  ) {
    return { atOnce: 0, onError: 0 };
  }
  // RFC 9111 §5.2.2.10: s-maxage forbids it as well, but for a window that the same response names (RFC 5861).
  const isOpen = !said.has("s-maxage");
  const atOnce = seconds(said, "stale-while-revalidate") ?? (isOpen ? settings.stale_while_revalidate : 0);
  const onError = seconds(said, "stale-if-error") ?? (isOpen ? settings.stale_if_error : 0);
  return { atOnce, onError };
}

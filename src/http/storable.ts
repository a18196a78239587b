import { type CacheControl, parseRequestCacheControl } from "./cache-control.ts";
import { parseHttpDate } from "./dates.ts";
import { type FreshnessSource, isExplicit } from "./freshness.ts";
import { endToEndHeaders } from "./hop-by-hop.ts";
import { parseContentRange } from "./range.ts";
import { isHeuristicallyCacheable, isUnderstood } from "./statuses.ts";
import { type EffectiveCacheControl, effectiveCacheControl } from "./targeted-cache-control.ts";
import { varyFields } from "./vary.ts";

/** Why a response is not stored. */
export type NotStorable =
  | "method"
  | "status"
  | "must-understand"
  | "request-no-store"
  | "no-store"
  | "private"
  | "authorization"
  | "vary-star"
  | "partial"
  | "no-cache"
  | "no-freshness";

/** Whether a response may be stored. */
export type Storable = { store: true } | { store: false; reason: NotStorable };

/** A request and its final answer. */
export interface AnsweredRequest {
  method: string;
  requestHeaders: Headers;
  /** Whether the request forbids it, if that has been read already. */
  requestNoStore?: boolean;
  status: number;
  headers: Headers;
  /** Seconds, with its source, as `freshnessLifetime` gives them. */
  lifetime: number;
  source: FreshnessSource;
  /** What its fields say, if that has been read already. */
  said?: EffectiveCacheControl;
  /** The target URI; needed only to store the answer to a POST. */
  url?: URL;
}

/** Answers to the request's own preconditions and ranges: they would be wrong for any other request. */
const ANSWERS_TO_THIS_REQUEST: ReadonlySet<number> = new Set([304, 412, 416]);

/** Whether a shared cache may store a response, and whether it is worth it (RFC 9111 §3). */
export function storable(answered: AnsweredRequest): Storable {
  const { status, headers } = answered;
  const { directives } = answered.said ?? effectiveCacheControl(headers);
  if (!methodStorable(answered)) return no("method");
  if (status < 200 || status > 599 || ANSWERS_TO_THIS_REQUEST.has(status)) return no("status");
  // RFC 9111 §5.2.1.5: "MUST NOT store any part of either this request or any response to it".
  const { requestNoStore = parseRequestCacheControl(answered.requestHeaders).noStore } = answered;
  if (requestNoStore) return no("request-no-store");
  // RFC 9111 §5.2.2.3: with must-understand a cache that knows the status "SHOULD ignore the no-store directive".
  if (directives.mustUnderstand && !isUnderstood(status)) return no("must-understand");
  if (directives.noStore && !directives.mustUnderstand) return no("no-store");
  if (directives.private === true) return no("private");
  if (answered.requestHeaders.has("authorization") && !sharedDespiteAuthorization(directives)) {
    return no("authorization");
  }
  if (varyFields(headers) === "*") return no("vary-star");
  if (status === 206 && parseContentRange(headers.get("content-range")) === null) return no("partial");
  // RFC 9111 §3: explicit freshness, `public`, or "a status code that is defined as heuristically cacheable".
  if (answered.source === "none" && !directives.public && !isHeuristicallyCacheable(status)) return no("status");
  if (hasValidator(headers)) return { store: true };
  if (directives.noCache === true) return no("no-cache");
  return answered.lifetime > 0 || servesStale(directives) ? { store: true } : no("no-freshness");
}

/**
 * The fields of a response to store (RFC 9111 §3.1): without the hop-by-hop ones, and without those that `private` or
 * `no-cache` name, which a shared cache must not store, or must not use without validation (§5.2.2.4, §5.2.2.7).
 */
export function storableHeaders(headers: Headers): Headers {
  const stored = endToEndHeaders(headers);
  const { directives } = effectiveCacheControl(headers);
  for (const names of [directives.private, directives.noCache]) {
    if (typeof names === "object") for (const name of names) stored.delete(name);
  }
  return stored;
}

function no(reason: NotStorable): Storable {
  return { store: false, reason };
}

/** A GET, or a POST whose answer says which resource it represents (RFC 9110 §9.3.3). */
function methodStorable({ method, headers, lifetime, source, url }: AnsweredRequest): boolean {
  if (method === "GET") return true;
  if (method !== "POST" || url === undefined) return false;
  // RFC 9110 §9.3.3: cacheable "when they include explicit freshness information" and a Content-Location that "has the
  // same value as the POST's target URI".
  const location = headers.get("content-location");
  if (!isExplicit(source) || lifetime <= 0 || location === null || !URL.canParse(location, url.href)) return false;
  return new URL(location, url).href === url.href;
}

/** RFC 9111 §3.5: "must-revalidate, public, and s-maxage" allow a shared cache to store such a response. */
function sharedDespiteAuthorization(directives: CacheControl): boolean {
  return directives.public || directives.mustRevalidate || directives.sMaxage !== undefined;
}

function hasValidator(headers: Headers): boolean {
  return Boolean(headers.get("etag")) || parseHttpDate(headers.get("last-modified")) !== null;
}

function servesStale({ staleWhileRevalidate = 0, staleIfError = 0 }: CacheControl): boolean {
  return staleWhileRevalidate > 0 || staleIfError > 0;
}

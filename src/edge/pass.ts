import { parseCdnLoop } from "../http/cdn-loop.ts";
import { parseHttpDate } from "../http/dates.ts";
import { isEntityTag } from "../http/etag.ts";
import { invalidatedUris, isUnsafe } from "../http/invalidation.ts";
import { parseRange, rangeField } from "../http/range.ts";
import { answer } from "./answer.ts";
import { ownCookies } from "./client-headers.ts";
import { decodedBody } from "./decoding.ts";
import type { Exchange } from "./exchange.ts";
import { standsInForOne } from "./fill.ts";
import { Flight } from "./flights.ts";
import { keep, keepPart, passOn } from "./keep.ts";
import { askOrigin, type OriginRequest } from "./origin.ts";
import { originHeaders, PREFLIGHT_HEADERS, unsafeOriginHeaders } from "./origin-request.ts";
import { bypassed } from "./provenance.ts";
import { refuse } from "./refusal.ts";
import type { Answer } from "./send.ts";
import { storeVerdict } from "./store-verdict.ts";
import { type StoredResponse, toStoredResponse } from "./stored-response.ts";
import { targetOf, targetWithFields } from "./target.ts";

/** Passes a GET or HEAD to the origin and its answer to the client, a range as a range; nothing is kept. */
export function pass(exchange: Exchange, reason: string): Promise<Answer> {
  const { request, zone, target } = exchange;
  return passRequest(exchange, "bypass", reason, {
    method: request.method,
    pathAndQuery: target.path + target.query,
    headers: originHeaders(request.headers, zone, target, rangeFields(request)),
  });
}

/** Passes a CORS preflight to an origin that answers it itself. */
export function passPreflight(exchange: Exchange): Promise<Answer> {
  const { request, zone, target, url } = exchange;
  return passRequest(exchange, "method", null, {
    method: request.method,
    pathAndQuery: target.path + url.search,
    headers: originHeaders(request.headers, zone, target, present(request.headers, PREFLIGHT_HEADERS)),
  });
}

/** Passes an unsafe or unknown method to the origin and forgets what it may have changed (RFC 9111 §4.4). */
export function passUnsafe(exchange: Exchange): Promise<Answer> {
  const { request, zone, target, url } = exchange;
  return passRequest(exchange, "method", null, {
    method: request.method,
    pathAndQuery: target.path + url.search,
    headers: unsafeOriginHeaders(request.headers, zone, target),
    body: request.body,
  });
}

async function passRequest(
  exchange: Exchange,
  fwd: "bypass" | "method",
  reason: string | null,
  asked: OriginRequest,
): Promise<Answer> {
  const { request, zone, target } = exchange;
  const outcome = await askOrigin(zone, asked);
  if (outcome.kind === "failure") return refuse(outcome.failure.reason, request, zone);
  const { response } = outcome;
  if (isUnsafe(request.method)) await invalidate(exchange, response);
  const stored = toStoredResponse(outcome, request.headers, target, zone);
  const whole = await decodedBody(response, zone.settings.max_object_bytes);
  const deliver = standsInForOne(outcome, exchange) ? passOn : howToDeliver(exchange, response, stored);
  const { body, handed, done } = deliver(exchange, stored, whole, request.method !== "HEAD");
  exchange.waitUntil(done);
  return answer(
    exchange,
    stored,
    { kind: "origin", stream: body, handed, isKept: false },
    bypassed(stored, fwd, reason),
    ownCookies(response.headers, zone.settings.forward),
  );
}

/**
 * A part that was asked for is kept as such, unless under a condition of the client's own, and the answer to a POST that says
 * what it represents (RFC 9110 §9.3.3), unless the origin was shown more of the client than a GET would show it.
 */
function howToDeliver(exchange: Exchange, response: Response, stored: StoredResponse) {
  const { request, zone, target, url } = exchange;
  const isPost = request.method === "POST";
  if (isPost ? showsMoreThanGet(exchange) : request.method !== "GET" || request.headers.has("if-range")) return passOn;
  const verdict = storeVerdict(response, stored, request.headers, target, zone, isPost ? url : null);
  if (verdict.store) return isPost ? keepAlone : passOn;
  return verdict.asPart ? keepPart : passOn;
}

/** A POST has its whole query, and its Origin where all headers are forwarded. */
function showsMoreThanGet({ request, zone, target, url }: Exchange): boolean {
  return target.query !== url.search || (zone.settings.forward.headers === "all" && request.headers.has("origin"));
}

/** Keeps what nobody could wait for. */
function keepAlone(exchange: Exchange, stored: StoredResponse, body: ReadableStream | null, wantsBody: boolean) {
  return keep(exchange, stored, body, wantsBody, new Flight(exchange.target.key, 0), null);
}

async function invalidate(exchange: Exchange, response: Response): Promise<void> {
  const { request, zone, url, store, flights } = exchange;
  const uris = invalidatedUris(request.method, response.status, url, response.headers);
  const loop = parseCdnLoop(request.headers.get("cdn-loop")) ?? [];
  const keys = new Set<string>();
  for (const uri of uris) {
    const target = targetOf(uri, zone);
    keys.add(target.key);
    // A client behind another CDN has keys of its own.
    keys.add(targetWithFields(target, request.headers, loop, zone).key);
  }
  for (const key of keys) {
    flights.outdate(key);
    await store.remove(key);
  }
}

/**
 * The range that a client asks for, as far as it is one: in the edge's own spelling, and under a condition only if that can
 * hold. Without one the whole is asked for, as RFC 9110 §14.2 allows.
 */
function rangeFields({ method, headers }: Request): Record<string, string> {
  const range = method === "GET" ? parseRange(headers.get("range")) : null;
  const ifRange = headers.get("if-range");
  if (range === null || (ifRange !== null && !isEntityTag(ifRange) && parseHttpDate(ifRange) === null)) return {};
  return { range: rangeField(range), ...(ifRange !== null && { "if-range": ifRange }) };
}

function present(headers: Headers, names: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const value = headers.get(name);
    if (value !== null) found[name] = value;
  }
  return found;
}

import { invalidatedUris, isUnsafe } from "../http/invalidation.ts";
import { answer } from "./answer.ts";
import { decodedBody } from "./decoding.ts";
import type { Exchange } from "./exchange.ts";
import { Flight } from "./flights.ts";
import { keep, keepPart, passOn } from "./keep.ts";
import { askOrigin, type OriginRequest } from "./origin.ts";
import { originHeaders, PREFLIGHT_HEADERS, unsafeOriginHeaders } from "./origin-request.ts";
import { bypassed } from "./provenance.ts";
import { refuse } from "./refusal.ts";
import type { Answer } from "./send.ts";
import { storeVerdict } from "./store-verdict.ts";
import { type StoredResponse, toStoredResponse } from "./stored-response.ts";
import { targetOf } from "./target.ts";

/** Passes a GET or HEAD to the origin and its answer to the client, a range as a range; nothing is kept. */
export function pass(exchange: Exchange, reason: string): Promise<Answer> {
  const { request, zone, target } = exchange;
  return passRequest(exchange, "bypass", reason, {
    method: request.method,
    pathAndQuery: target.path + target.query,
    headers: originHeaders(request.headers, zone, present(request.headers, ["range", "if-range"])),
  });
}

/** Passes a CORS preflight to an origin that answers it itself. */
export function passPreflight(exchange: Exchange): Promise<Answer> {
  const { request, zone, target, url } = exchange;
  return passRequest(exchange, "method", null, {
    method: request.method,
    pathAndQuery: target.path + url.search,
    headers: originHeaders(request.headers, zone, present(request.headers, PREFLIGHT_HEADERS)),
  });
}

/** Passes an unsafe or unknown method to the origin and forgets what it may have changed (RFC 9111 §4.4). */
export function passUnsafe(exchange: Exchange): Promise<Answer> {
  const { request, zone, target, url } = exchange;
  return passRequest(exchange, "method", null, {
    method: request.method,
    pathAndQuery: target.path + url.search,
    headers: unsafeOriginHeaders(request.headers, zone),
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
  const whole = await decodedBody(response);
  const deliver = howToDeliver(exchange, response, stored);
  const { body, handed, done } = deliver(exchange, stored, whole, request.method !== "HEAD");
  exchange.waitUntil(done);
  return answer(
    exchange,
    stored,
    { kind: "origin", stream: body, handed, isKept: false },
    bypassed(stored, fwd, reason),
  );
}

/** A part that was asked for is kept as such, and the answer to a POST that says what it represents (RFC 9110 §9.3.3). */
function howToDeliver({ request, zone, target, url }: Exchange, response: Response, stored: StoredResponse) {
  const isPost = request.method === "POST";
  if (request.method !== "GET" && !isPost) return passOn;
  const verdict = storeVerdict(response, stored, request.headers, target, zone, isPost ? url : null);
  if (verdict.store) return isPost ? keepAlone : passOn;
  return verdict.asPart ? keepPart : passOn;
}

/** Keeps what nobody could wait for. */
function keepAlone(exchange: Exchange, stored: StoredResponse, body: ReadableStream | null, wantsBody: boolean) {
  return keep(exchange, stored, body, wantsBody, new Flight(exchange.target.key, 0));
}

async function invalidate({ request, zone, url, store, flights }: Exchange, response: Response): Promise<void> {
  for (const uri of invalidatedUris(request.method, response.status, url, response.headers)) {
    const { key } = targetOf(uri, zone);
    flights.outdate(key);
    await store.remove(key);
  }
}

function present(headers: Headers, names: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const value = headers.get(name);
    if (value !== null) found[name] = value;
  }
  return found;
}

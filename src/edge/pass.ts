import { invalidatedUris, isUnsafe } from "../http/invalidation.ts";
import { answer } from "./answer.ts";
import { decodedBody } from "./decoding.ts";
import type { Exchange } from "./exchange.ts";
import { askOrigin } from "./origin.ts";
import { originHeaders, unsafeOriginHeaders } from "./origin-request.ts";
import { bypassed } from "./provenance.ts";
import { refuse } from "./refusal.ts";
import { toStoredResponse } from "./stored-response.ts";
import { targetOf } from "./target.ts";

/** Passes a GET or HEAD to the origin and its answer to the client, a range as a range; nothing is kept. */
export async function pass(exchange: Exchange, reason: string): Promise<Response> {
  const { request, zone, target } = exchange;
  const range: Record<string, string> = {};
  for (const name of ["range", "if-range"]) {
    const value = request.headers.get(name);
    if (value !== null) range[name] = value;
  }
  const outcome = await askOrigin(zone, {
    method: request.method,
    pathAndQuery: target.path + target.query,
    headers: originHeaders(request.headers, zone, range),
  });
  if (outcome.kind === "failure") return refuse(outcome.failure.reason, request, zone);
  const stored = toStoredResponse(outcome, request.headers, target, zone);
  return answer(
    exchange,
    stored,
    { kind: "origin", stream: await decodedBody(outcome.response) },
    bypassed(stored, "bypass", reason),
  );
}

/** Passes an unsafe or unknown method to the origin and forgets what it may have changed (RFC 9111 §4.4). */
export async function passUnsafe(exchange: Exchange): Promise<Response> {
  const { request, zone, target, url } = exchange;
  const outcome = await askOrigin(zone, {
    method: request.method,
    pathAndQuery: target.path + url.search,
    headers: unsafeOriginHeaders(request.headers, zone),
    body: request.body,
  });
  if (outcome.kind === "failure") return refuse(outcome.failure.reason, request, zone);
  const { response } = outcome;
  if (isUnsafe(request.method)) await invalidate(exchange, response);
  const stored = toStoredResponse(outcome, request.headers, target, zone);
  return answer(
    exchange,
    stored,
    { kind: "origin", stream: await decodedBody(response) },
    bypassed(stored, "method", null),
  );
}

async function invalidate({ request, zone, url, store, flights, memory }: Exchange, response: Response): Promise<void> {
  for (const uri of invalidatedUris(request.method, response.status, url, response.headers)) {
    const { key } = targetOf(uri, zone);
    flights.outdate(key);
    memory?.delete(key);
    await store.remove(key);
  }
}

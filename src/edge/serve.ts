import { parseRequestCacheControl } from "../http/cache-control.ts";
import { hasPassed, parseCdnLoop } from "../http/cdn-loop.ts";
import { DEVICE } from "../http/targeted-cache-control.ts";
import type { ZoneDocument } from "../zones/zone.ts";
import { TableUnavailable, type WaitUntil, type ZoneTable } from "../zones/zone-table.ts";
import { addEdgeHeaders } from "./answer/edge-headers.ts";
import { failure } from "./answer/failure.ts";
import { refuse } from "./answer/refusal.ts";
import { replay } from "./answer/replay.ts";
import { type Answer, type Recipient, send, toResponse, type Usage } from "./answer/send.ts";
import { streamBlob } from "./body/stream-blob.ts";
import type { HotResponse } from "./cache/hot-response.ts";
import type { Memory } from "./cache/memory.ts";
import type { Store } from "./cache/store.ts";
import type { Exchange } from "./fill/exchange.ts";
import type { FillBudget } from "./fill/fill-budget.ts";
import type { Flights } from "./fill/flights.ts";
import { answerFromCache } from "./fill/from-cache.ts";
import { passPreflight, passUnsafe } from "./fill/pass.ts";
import type { RangeDemand } from "./fill/range-demand.ts";
import { type Route, type Routes, targetIn } from "./request/routes.ts";
import { type Target, targetWithFields } from "./request/target.ts";

/** What the edge works with, once for each isolate. */
export interface Edge {
  routes: Routes;
  zones: ZoneTable;
  store: Store;
  flights: Flights;
  fills: FillBudget;
  ranges: RangeDemand;
  memory: Memory;
  usage: Usage;
  /** After so long without taking anything a client is let go, ms. */
  stalledMs: number;
}

/**
 * Serves a request for a zone: zone → method → target → cache → origin → answer. No promise is made on the way of a
 * request for something hot, see {@link replay}.
 */
export function serve(
  request: Request,
  route: Route,
  zoneName: string,
  edge: Edge,
  waitUntil: WaitUntil,
): Response | Promise<Response> {
  const now = Date.now();
  const zone = lookupZone(edge.zones, zoneName, now, waitUntil);
  if (zone instanceof Promise) return zone.then((known) => serveZone(request, route, known, edge, now, waitUntil));
  return serveZone(request, route, zone, edge, now, waitUntil);
}

function serveZone(
  request: Request,
  route: Route,
  zone: ZoneDocument | null | "unavailable",
  edge: Edge,
  now: number,
  waitUntil: WaitUntil,
): Response | Promise<Response> {
  if (zone === "unavailable") return toResponse(refuse("zone-table", request));
  if (zone === null) return toResponse(refuse("unknown-zone", request));

  const { memory, usage } = edge;
  const target = targetOfRequest(request, route, zone);
  const hot = zone.state === "active" ? memory.get(target.key) : null;
  const again = hot !== null && usage.settle === null ? replay(hot, request, zone, now) : null;
  if (again !== null) {
    const { fields, body, size } = again;
    usage.countRequest(zone, target.path, "HIT", fields.status, size, now, waitUntil);
    return new Response(body && streamBlob(body, size, edge.stalledMs), fields);
  }
  const recipient: Recipient = { zone, path: target.path, now, usage, stalledMs: edge.stalledMs, waitUntil };
  const failed = (error: unknown) => send(failure(request, error, zone), recipient);
  try {
    const answered = answerFor(request, route, target, hot, edge, recipient);
    if (!(answered instanceof Promise)) return send(answered, recipient);
    return answered.then((answer) => send(answer, recipient)).catch(failed);
  } catch (error) {
    return failed(error);
  }
}

/** A zone that lists headers has an object for each of their values. */
function targetOfRequest({ headers }: Request, route: Route, zone: ZoneDocument): Target {
  const target = targetIn(route, zone);
  const listed = zone.settings.forward.headers;
  return listed === "all" || listed.length === 0 ? target : targetWithFields(target, headers, [], zone);
}

/** What is not hot, or not plainly so. */
function answerFor(
  request: Request,
  route: Route,
  target: Target,
  hot: HotResponse | null,
  edge: Edge,
  { zone, now, waitUntil }: Recipient,
): Answer | Promise<Answer> {
  const loop = parseCdnLoop(request.headers.get("cdn-loop"));
  if (loop === null) return refuse("bad-cdn-loop", request, zone);
  if (zone.state !== "active") return refuse("paused-zone", request, zone);
  const { method } = request;
  const reads = zone.settings.methods === "read";
  // Its objects change by unsafe methods, which only the store forgets for all isolates of a place.
  if (!reads && hot !== null) edge.memory.delete(target.key);
  // TRACE would show a client what only the origin is to see, CONNECT would leave HTTP.
  const isAllowed = reads ? READ_METHODS.includes(method) : !REFUSED_METHODS.includes(method);
  if (!isAllowed) return refuse("method-not-allowed", request, zone, { allow: allowed(zone) });
  const isPreflight = method === "OPTIONS" && request.headers.has("access-control-request-method");
  if (isPreflight ? zone.settings.cors !== false : reads && method === "OPTIONS") return optionsOf(request, zone);
  if (hasPassed(loop, DEVICE)) return refuse("loop", request, zone);

  const exchange: Exchange = {
    request,
    url: route.url,
    zone,
    target: loop.length === 0 ? target : targetWithFields(target, request.headers, loop, zone),
    directives: parseRequestCacheControl(request.headers),
    now,
    store: edge.store,
    flights: edge.flights,
    fills: edge.fills,
    ranges: edge.ranges,
    stalledMs: edge.stalledMs,
    memory: reads ? edge.memory : null,
    waitUntil,
  };
  if (method === "GET" || method === "HEAD") return answerFromCache(exchange);
  return isPreflight ? passPreflight(exchange) : passUnsafe(exchange);
}

function lookupZone(zones: ZoneTable, name: string, now: number, waitUntil: WaitUntil) {
  const found = zones.lookup(name, now, waitUntil);
  if (!(found instanceof Promise)) return found;
  return found.catch((error: unknown) => {
    if (error instanceof TableUnavailable) return "unavailable" as const;
    throw error;
  });
}

const READ_METHODS = ["GET", "HEAD", "OPTIONS"];
const REFUSED_METHODS = ["CONNECT", "TRACE", "TRACK"];

/** What `Allow` says: the methods that the edge lets through (RFC 9110 §10.2.1). */
function allowed(zone: ZoneDocument): string {
  return [...READ_METHODS, ...(zone.settings.methods === "all" ? ["POST", "PUT", "PATCH", "DELETE"] : [])].join(", ");
}

/** A CORS preflight (Fetch §3.3) or a plain OPTIONS: what a zone allows, without asking its origin. */
function optionsOf(request: Request, zone: ZoneDocument): Answer {
  const headers = new Headers({ allow: allowed(zone), "cache-control": "no-store", "x-cache": "BYPASS" });
  addEdgeHeaders(headers, request.headers, zone);
  if (headers.has("access-control-allow-origin")) {
    headers.set("access-control-allow-methods", allowed(zone));
    // `*` would not cover Authorization. What a page may send decides nothing here: the zone's `forward` does.
    const asked = request.headers.get("access-control-request-headers");
    headers.set("access-control-allow-headers", asked ?? "*");
    headers.set("access-control-max-age", "86400");
  }
  return { status: 204, headers, body: null, isOnTheWay: false, handed: null, xCache: "BYPASS" };
}

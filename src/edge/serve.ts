import { parseRequestCacheControl } from "../http/cache-control.ts";
import type { ZoneDocument } from "../zones/zone.ts";
import { type WaitUntil, type ZoneTable, ZoneTableUnavailable } from "../zones/zone-table.ts";
import { addEdgeHeaders } from "./edge-headers.ts";
import type { Exchange } from "./exchange.ts";
import type { Flights } from "./flights.ts";
import { answerFromCache } from "./from-cache.ts";
import type { Memory } from "./memory.ts";
import { isLoop } from "./origin-request.ts";
import { passUnsafe } from "./pass.ts";
import { refuse } from "./refusal.ts";
import { isPlain, replay } from "./replay.ts";
import { type Route, type Routes, targetIn } from "./routes.ts";
import type { Store } from "./store.ts";

/** What the edge works with, once for each isolate. */
export interface Edge {
  routes: Routes;
  zones: ZoneTable;
  store: Store;
  flights: Flights;
  memory: Memory;
}

/**
 * Serves a request for a zone: zone → method → target → cache → origin → answer. No promise is made on the way of a
 * plain request for something hot, see {@link replay}.
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
  if (zone === "unavailable") return refuse("zone-table", request);
  if (zone === null) return refuse("unknown-zone", request);
  if (zone.state !== "active") return refuse("paused-zone", request, zone);

  const target = targetIn(route, zone);
  const hot = edge.memory.get(target.key);
  const again = hot !== null && isPlain(request, zone) ? replay(hot, request, zone, now) : null;
  if (again !== null) return again;

  const { method } = request;
  if (method === "OPTIONS" && zone.settings.methods === "read") return preflight(request, zone);
  if (isLoop(request.headers)) return refuse("loop", request, zone);

  const exchange: Exchange = {
    request,
    url: route.url,
    zone,
    target,
    directives: parseRequestCacheControl(request.headers),
    now,
    store: edge.store,
    flights: edge.flights,
    memory: zone.settings.methods === "read" ? edge.memory : null,
    waitUntil,
  };
  if (method === "GET" || method === "HEAD") return answerFromCache(exchange);
  if (zone.settings.methods === "all") return passUnsafe(exchange);
  return refuse("method-not-allowed", request, zone, { allow: ALLOWED });
}

function lookupZone(zones: ZoneTable, name: string, now: number, waitUntil: WaitUntil) {
  const found = zones.lookup(name, now, waitUntil);
  if (!(found instanceof Promise)) return found;
  return found.catch((error: unknown) => {
    if (error instanceof ZoneTableUnavailable) return "unavailable" as const;
    throw error;
  });
}

const ALLOWED = "GET, HEAD, OPTIONS";

/** A CORS preflight (Fetch §3.3) or a plain OPTIONS: what a zone allows, without asking its origin. */
function preflight(request: Request, zone: ZoneDocument): Response {
  const headers = new Headers({ allow: ALLOWED, "cache-control": "no-store" });
  addEdgeHeaders(headers, request.headers, zone);
  if (headers.has("access-control-allow-origin")) {
    headers.set("access-control-allow-methods", ALLOWED);
    // `*` would not cover Authorization; the edge reads none of these beyond ranges and conditionals, so any may come.
    const asked = request.headers.get("access-control-request-headers");
    headers.set("access-control-allow-headers", asked ?? "*");
    headers.set("access-control-max-age", "86400");
  }
  return new Response(null, { status: 204, headers });
}

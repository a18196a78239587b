import type { HostDocument } from "../hostnames/host-document.ts";
import type { WaitUntil } from "../zones/zone-table.ts";
import { refuse } from "./answer/refusal.ts";
import { toResponse } from "./answer/send.ts";
import { type Edge, orUnavailable } from "./edge.ts";
import type { Route } from "./request/routes.ts";
import { serve } from "./serve.ts";

/** Serves a request for a customer's own hostname: hostname → zone, then as for that zone. */
export function serveHostname(
  request: Request,
  route: Route,
  hostname: string,
  edge: Edge,
  waitUntil: WaitUntil,
): Response | Promise<Response> {
  const serveKnown = (host: HostDocument | null | "unavailable") => {
    if (host === "unavailable") return toResponse(refuse("zone-table", request));
    if (host === null || host.zone === null) return toResponse(refuse("unknown-host", request));
    return serve(request, route, host.zone.name, edge, waitUntil, host.zone.id);
  };
  const host = orUnavailable(edge.hostnames.lookup(hostname, Date.now(), waitUntil));
  return host instanceof Promise ? host.then(serveKnown) : serveKnown(host);
}

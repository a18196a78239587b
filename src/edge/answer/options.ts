import type { ZoneDocument } from "../../zones/zone.ts";
import { allowedMethods } from "../request/admission.ts";
import { addEdgeHeaders } from "./edge-headers.ts";
import type { Answer } from "./send.ts";

/** Answers a CORS preflight (Fetch §3.3) or a plain OPTIONS with what the zone allows, without asking its origin. */
export function optionsOf(request: Request, zone: ZoneDocument): Answer {
  const allowed = allowedMethods(zone);
  const headers = new Headers({ allow: allowed, "cache-control": "no-store", "x-cache": "BYPASS" });
  addEdgeHeaders(headers, request.headers, zone);
  if (headers.has("access-control-allow-origin")) {
    headers.set("access-control-allow-methods", allowed);
    // `*` would not cover Authorization. Allowing a field here has no other effect: the zone's `forward` decides what reaches
    // the origin.
    const asked = request.headers.get("access-control-request-headers");
    headers.set("access-control-allow-headers", asked ?? "*");
    headers.set("access-control-max-age", "86400");
  }
  return { status: 204, headers, body: null, isOnTheWay: false, tally: null, xCache: "BYPASS" };
}

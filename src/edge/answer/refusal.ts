import { formatCacheStatus } from "../../http/cache-status.ts";
import { DEFAULT_SETTINGS } from "../../zones/settings.ts";
import type { ZoneDocument } from "../../zones/zone.ts";
import { addEdgeHeaders } from "./edge-headers.ts";
import type { Answer } from "./send.ts";

/** The edge's own errors: one table. The reason stands in the body and in `Cache-Status`. */
const REFUSALS = {
  "bad-host": [400, "the Host header is no host"],
  "bad-cdn-loop": [400, "the CDN-Loop header is no list of at most 8 networks in 64 characters each (RFC 8586)"],
  "unknown-host": [404, "nothing here: this hostname belongs to no zone, or has no such path"],
  "unknown-zone": [404, "no such zone"],
  "paused-zone": [403, "this zone is paused by its owner"],
  "method-not-allowed": [405, "this zone does not take this method; see Allow"],
  "only-if-cached": [504, "only-if-cached: nothing usable is stored"],
  "precondition-failed": [412, "a precondition of the request does not hold"],
  loop: [508, "the request has passed this network before (CDN-Loop): the zone's origin points back at it"],
  "origin-unreachable": [502, "the origin could not be reached"],
  "origin-timeout": [504, "the origin did not answer in time"],
  "origin-nonsense": [502, "the origin answered with a status that does not answer the request"],
  "origin-5xx": [502, "the origin is failing"],
  "redirect-loop": [
    508,
    "the origin redirects this URL to itself on this host: asked by http, it may want https, so give the zone its https origin",
  ],
  "zone-table": [503, "the zone table cannot be read just now"],
  internal: [500, "the edge failed on this request"],
} as const satisfies Record<string, readonly [status: number, sentence: string]>;

export type RefusalReason = keyof typeof REFUSALS;

/** An error answer of the edge: JSON, never cached by anyone, readable across origins. */
export function refuse(
  reason: RefusalReason,
  request: Request,
  zone: ZoneDocument | null = null,
  extra: Readonly<Record<string, string>> = {},
): Answer {
  const [status, sentence] = REFUSALS[reason];
  const headers = new Headers({
    "cache-status": formatCacheStatus({ detail: reason }),
    "x-cache": "BYPASS",
    ...extra,
  });
  addEdgeHeaders(headers, request.headers, zone ?? { mode: "live", settings: DEFAULT_SETTINGS });
  headers.set("content-type", "application/json");
  headers.set("cache-control", "no-store");
  const body = request.method === "HEAD" ? null : `${JSON.stringify({ error: sentence, code: reason })}\n`;
  return {
    status,
    headers,
    body: body === null ? null : new Blob([body]),
    isOnTheWay: false,
    tally: null,
    xCache: "BYPASS",
  };
}

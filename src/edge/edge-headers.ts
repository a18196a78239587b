import type { ZoneSettings } from "../zones/settings.ts";

/** What a web page may read of an answer from another origin, beyond the safelisted fields. */
const EXPOSED =
  "Accept-Ranges, Age, Cache-Status, Content-Encoding, Content-Length, Content-Range, Date, ETag, Server-Timing, X-Cache";

/** Sets on an answer, an error too, what every client of the edge may count on. */
export function addEdgeHeaders(headers: Headers, request: Headers, zone: ZoneHeaders): void {
  headers.set("x-content-type-options", "nosniff");
  addCorsHeaders(headers, request.get("origin"), zone.settings.cors);
  if (zone.mode === "test") headers.set("x-rescdn-mode", "test");
  for (const [name, value] of Object.entries(zone.settings.response_headers)) headers.set(name, value);
}

/** What of a zone decides about them. */
interface ZoneHeaders {
  mode: "live" | "test";
  settings: Pick<ZoneSettings, "cors" | "response_headers">;
}

/** CORS by the zone's setting; with `false` the origin's own fields stand. */
function addCorsHeaders(headers: Headers, origin: string | null, cors: ZoneSettings["cors"]): void {
  if (cors === false) return;
  // The origin server answered the edge, not this page: its CORS fields may name somebody else.
  for (const name of [...headers.keys()]) if (name.startsWith("access-control-")) headers.delete(name);
  if (cors !== "*") headers.append("vary", "Origin");
  const allowed = cors === "*" ? "*" : origin !== null && cors.includes(origin) ? origin : null;
  if (allowed === null) return;
  headers.set("access-control-allow-origin", allowed);
  headers.set("access-control-expose-headers", EXPOSED);
  headers.set("timing-allow-origin", allowed);
  headers.set("cross-origin-resource-policy", "cross-origin");
}

import type { ZoneSettings } from "../../zones/settings.ts";

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

/**
 * CORS by the zone's setting. With `false` the origin's own fields stand; with `"*"` those by which it lets fewer pages in
 * than all; with a list the list alone counts.
 */
function addCorsHeaders(headers: Headers, origin: string | null, cors: ZoneSettings["cors"]): void {
  if (cors === false) return;
  if (cors === "*") {
    addForAll(headers);
    return;
  }
  clear(headers);
  headers.append("vary", "Origin");
  if (origin !== null && cors.includes(origin)) allow(headers, origin, "cross-origin");
}

function addForAll(headers: Headers): void {
  const policy = headers.get("cross-origin-resource-policy")?.trim() ?? "";
  const kept = STRICTER.includes(policy) ? policy : "cross-origin";
  if (namesPages(headers)) {
    headers.set("cross-origin-resource-policy", kept);
    return;
  }
  clear(headers);
  allow(headers, "*", kept);
}

/** What of `Cross-Origin-Resource-Policy` lets fewer pages in than all (Fetch, "cross-origin resource policy check"). */
const STRICTER = ["same-origin", "same-site"];

/**
 * Whether the origin names whose pages may read the answer. It is not one page's own allowance: an origin sees the `Origin`
 * of a request only where that is in the key, selects the variant, or belongs to an answer that nobody else gets.
 */
function namesPages(headers: Headers): boolean {
  const allowed = headers.get("access-control-allow-origin")?.trim() ?? "";
  return allowed !== "" && allowed !== "*";
}

function clear(headers: Headers): void {
  for (const name of [...headers.keys()]) if (name.startsWith("access-control-")) headers.delete(name);
}

function allow(headers: Headers, origin: string, policy: string): void {
  headers.set("access-control-allow-origin", origin);
  headers.set("access-control-expose-headers", EXPOSED);
  headers.set("timing-allow-origin", origin);
  headers.set("cross-origin-resource-policy", policy);
}

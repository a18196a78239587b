import { varyFields } from "../http/vary.ts";
import type { ZoneSettings } from "../zones/settings.ts";
import { isForwarded } from "./origin-request.ts";

/** What a web page may read of an answer from another origin, beyond the safelisted fields. */
const EXPOSED =
  "Accept-Ranges, Age, Cache-Status, Content-Encoding, Content-Length, Content-Range, Date, ETag, Server-Timing, X-Cache";

/** Sets on an answer, an error too, what every client of the edge may count on. */
export function addEdgeHeaders(headers: Headers, request: Headers, zone: ZoneHeaders): void {
  headers.set("x-content-type-options", "nosniff");
  addCorsHeaders(headers, request.get("origin"), zone.settings);
  if (zone.mode === "test") headers.set("x-rescdn-mode", "test");
  for (const [name, value] of Object.entries(zone.settings.response_headers)) headers.set(name, value);
}

/** What of a zone decides about them. */
interface ZoneHeaders {
  mode: "live" | "test";
  settings: Pick<ZoneSettings, "cors" | "forward" | "response_headers">;
}

/**
 * CORS by the zone's setting. With `false` the origin's own fields stand; with `"*"` those by which it lets fewer pages in
 * than all; with a list the list alone counts.
 */
function addCorsHeaders(headers: Headers, origin: string | null, { cors, forward }: ZoneHeaders["settings"]): void {
  if (cors === false) return;
  if (cors === "*") {
    addForAll(headers, forward);
    return;
  }
  clear(headers);
  headers.append("vary", "Origin");
  if (origin !== null && cors.includes(origin)) allow(headers, origin, "cross-origin");
}

function addForAll(headers: Headers, forward: ZoneSettings["forward"]): void {
  const policy = headers.get("cross-origin-resource-policy")?.trim() ?? "";
  const kept = STRICTER.includes(policy) ? policy : "cross-origin";
  if (isRestricted(headers, forward)) headers.set("cross-origin-resource-policy", kept);
  else {
    clear(headers);
    allow(headers, "*", kept);
  }
}

/** What of `Cross-Origin-Resource-Policy` lets fewer pages in than all (Fetch, "cross-origin resource policy check"). */
const STRICTER = ["same-origin", "same-site"];

/**
 * Whether the origin lets only pages of certain origins read the answer, whoever asks. Where it saw the `Origin` of the
 * request that fetched it and does not say that the answer varies by it, it may have named that one alone.
 */
function isRestricted(headers: Headers, forward: ZoneSettings["forward"]): boolean {
  const allowed = headers.get("access-control-allow-origin")?.trim() ?? "";
  if (allowed === "" || allowed === "*") return false;
  if (forward.headers !== "all" || !isForwarded("origin", forward)) return true;
  const varies = varyFields(headers);
  return varies === "*" || varies.includes("origin");
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

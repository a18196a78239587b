import { listMembers } from "../../http/field-syntax.ts";
import { dropTargeted } from "../../http/targeted-cache-control.ts";
import { varyFields } from "../../http/vary.ts";
import type { Ruled } from "../../zones/rules/ruled.ts";
import type { ZoneSettings } from "../../zones/settings.ts";
import { corsEntryOf } from "./cors-entry.ts";

/** What a web page may read of an answer from another origin, beyond the safelisted fields. */
const EXPOSED = [
  ...["Accept-Ranges", "Age", "Cache-Status", "Content-Encoding", "Content-Length", "Content-Range", "Date", "ETag"],
  ...["Server-Timing", "X-Cache"],
];
const EXPOSED_BY_US = EXPOSED.join(", ");

/** Sets the fields that every client of the edge may count on, on errors too. */
export function addEdgeHeaders(headers: Headers, request: Headers, zone: ZoneHeaders): void {
  headers.set("x-content-type-options", "nosniff");
  addCorsHeaders(headers, request.get("origin"), zone.settings.cors);
  if (zone.mode === "test") headers.set("x-rescdn-mode", "test");
  if (zone.settings.noindex) headers.set("x-robots-tag", "noindex");
  for (const [name, value] of Object.entries(zone.settings.response_headers)) headers.set(name, value);
  if (zone.ruled === undefined) return;
  for (const name of zone.ruled.removed) headers.delete(name);
  for (const name of zone.ruled.vary) addVary(headers, name);
  if (zone.ruled.isPrivate) dropTargeted(headers);
}

/** Tells caches that answers differ by a request field. */
export function addVary(headers: Headers, field: string): void {
  const named = varyFields(headers);
  if (named !== "*" && !named.includes(field.toLowerCase())) headers.append("vary", field);
}

/** The parts of a zone that decide these fields. */
interface ZoneHeaders {
  mode: "live" | "test";
  settings: Pick<ZoneSettings, "cors" | "noindex" | "response_headers">;
  ruled?: Pick<Ruled, "removed" | "vary" | "isPrivate">;
}

/**
 * CORS by the zone's setting. With `false`, the origin's own fields stay. With `"*"`, they stay only where they admit fewer
 * pages than all. With a list, only the list counts. The fields that the origin exposes are always kept, since only it can know
 * them.
 */
function addCorsHeaders(headers: Headers, origin: string | null, cors: ZoneSettings["cors"]): void {
  if (cors === false) return;
  if (cors === "*") {
    addForAll(headers);
    return;
  }
  const exposed = exposedBy(headers);
  clear(headers);
  headers.append("vary", "Origin");
  if (origin !== null && corsEntryOf(cors, origin) !== null) allow(headers, origin, exposed, "cross-origin");
}

/** Lets another page read an answer whose fields were made for a page that the same list entry admits. */
export function stampOrigin(headers: Headers, origin: string, own: ZoneSettings["response_headers"]): void {
  for (const name of NAME_AN_ORIGIN) if (!Object.hasOwn(own, name)) headers.set(name, origin);
}

const NAME_AN_ORIGIN = ["access-control-allow-origin", "timing-allow-origin"];

function addForAll(headers: Headers): void {
  const policy = headers.get("cross-origin-resource-policy")?.trim() ?? "";
  const kept = STRICTER.includes(policy) ? policy : "cross-origin";
  if (namesPages(headers)) {
    headers.set("cross-origin-resource-policy", kept);
    headers.set("access-control-expose-headers", exposedBy(headers));
    return;
  }
  const exposed = exposedBy(headers);
  clear(headers);
  allow(headers, "*", exposed, kept);
}

/** The fields that the origin exposes, followed by those that every client of the edge may count on. */
function exposedBy(headers: Headers): string {
  const said = headers.get("access-control-expose-headers");
  if (said === null) return EXPOSED_BY_US;
  const names = listMembers(said);
  const known = new Set(names.map((name) => name.toLowerCase()));
  return [...names, ...EXPOSED.filter((name) => !known.has(name.toLowerCase()))].join(", ");
}

/** Values of `Cross-Origin-Resource-Policy` that admit fewer pages than all (Fetch, "cross-origin resource policy check"). */
const STRICTER = ["same-origin", "same-site"];

/**
 * Whether the origin names the pages that may read the answer. This is safe to share: an origin sees the `Origin` of a request
 * only if that is in the key, selects the variant, or belongs to an answer that nobody else gets.
 */
function namesPages(headers: Headers): boolean {
  const allowed = headers.get("access-control-allow-origin")?.trim() ?? "";
  return allowed !== "" && allowed !== "*";
}

function clear(headers: Headers): void {
  for (const name of [...headers.keys()]) if (name.startsWith("access-control-")) headers.delete(name);
}

function allow(headers: Headers, origin: string, exposed: string, policy: string): void {
  headers.set("access-control-allow-origin", origin);
  headers.set("access-control-expose-headers", exposed);
  headers.set("timing-allow-origin", origin);
  headers.set("cross-origin-resource-policy", policy);
}

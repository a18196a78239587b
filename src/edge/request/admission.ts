import { hasPassed, parseCdnLoop } from "../../http/cdn-loop.ts";
import { DEVICE } from "../../http/targeted-cache-control.ts";
import type { ZoneDocument } from "../../zones/zone.ts";

/** What to do with a request to a zone, decided before any cache or origin is asked. */
export type Admission =
  | { kind: "refused"; reason: "bad-cdn-loop" | "paused-zone" | "method-not-allowed" | "loop" }
  /** The edge answers with what the zone allows. */
  | { kind: "options" }
  /**
   * A GET or HEAD from the caches; a CORS preflight or an unsafe method that is passed on. `loop`: the networks it has passed.
   */
  | { kind: "read" | "preflight" | "unsafe"; loop: readonly string[] };

const READ_METHODS = ["GET", "HEAD", "OPTIONS"];

/** TRACE would show a client what only the origin should see. CONNECT would leave HTTP. */
const REFUSED_METHODS = ["CONNECT", "TRACE", "TRACK"];

/** Decides what to do with a request, by its way here, the zone's state and its method. */
export function admit({ method, headers }: Request, { state, settings }: ZoneDocument): Admission {
  const loop = parseCdnLoop(headers.get("cdn-loop"));
  if (loop === null) return refused("bad-cdn-loop");
  if (state !== "active") return refused("paused-zone");
  const reads = settings.methods === "read";
  if (reads ? !READ_METHODS.includes(method) : REFUSED_METHODS.includes(method)) return refused("method-not-allowed");
  const isPreflight = method === "OPTIONS" && headers.has("access-control-request-method");
  if (isPreflight ? settings.cors !== false : reads && method === "OPTIONS") return { kind: "options" };
  if (hasPassed(loop, DEVICE)) return refused("loop");
  if (method === "GET" || method === "HEAD") return { kind: "read", loop };
  return { kind: isPreflight ? "preflight" : "unsafe", loop };
}

/** What `Allow` says: the methods that the edge lets through (RFC 9110 §10.2.1). */
export function allowedMethods({ settings }: Pick<ZoneDocument, "settings">): string {
  return [...READ_METHODS, ...(settings.methods === "all" ? ["POST", "PUT", "PATCH", "DELETE"] : [])].join(", ");
}

function refused(reason: Extract<Admission, { kind: "refused" }>["reason"]): Admission {
  return { kind: "refused", reason };
}

import { normalisePath, normaliseQuery } from "../../http/uri.ts";
import type { ZoneSettings } from "../settings.ts";
import type { PurgeTarget } from "./purges.ts";

/**
 * What a path names, read as the edge reads a request for it: with a query exactly that object, without one all of the
 * path's queries, and with `*` as its last character all paths that begin like it. Null: not a path.
 */
export function pathTarget(path: string, query: ZoneSettings["query"]): PurgeTarget | null {
  const url = parse(path);
  if (url === null) return null;
  const normalised = normalisePath(url.pathname);
  if (url.search === "" && normalised.endsWith("*")) return { kind: "prefix", value: normalised.slice(0, -1) };
  if (url.search === "") return { kind: "path", value: normalised };
  return { kind: "url", value: normalised + normaliseQuery(url.search, query) };
}

/** What a prefix of paths names. Null: not a prefix, or one with a query. */
export function prefixTarget(prefix: string): PurgeTarget | null {
  const url = parse(prefix);
  return url === null || url.search !== "" ? null : { kind: "prefix", value: normalisePath(url.pathname) };
}

function parse(path: string): URL | null {
  if (!path.startsWith("/") || path.includes("#")) return null;
  // Behind a host, so that "//x" stays a path.
  return URL.parse(`https://zone.invalid${path}`);
}

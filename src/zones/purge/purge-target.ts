import { normalisePath, normaliseQuery } from "../../http/uri.ts";
import type { ZoneSettings } from "../settings.ts";

/** `value` is a normalised path, a path with its query, a prefix or a tag; `""` for everything. */
export interface PurgeTarget {
  kind: "path" | "url" | "prefix" | "tag" | "everything";
  value: string;
}

/** What a text names. The reason is the predicate of a sentence. */
export type TargetVerdict = { ok: true; target: PurgeTarget } | Refused;

/** The parts of a zone that decide what its purges name. */
export interface PurgedZone {
  query: ZoneSettings["query"];
  /** Whether a rule makes a different query count: then it depends on the rules which object a URL belongs to. */
  hasQueryRules?: boolean;
  /** Its hostnames, in lower case. */
  hosts: readonly string[];
}

type Refused = { ok: false; reason: string };

/**
 * What a path names, read as the edge reads a request for it. With a query, it names exactly that object. Without one, or in a
 * zone whose rules decide which queries count, it names the path with all queries. With `*` as its last character, it names all
 * paths that begin like it. It may be a URL of the zone as in a browser's address bar. A path that could match nothing is
 * refused.
 */
export function pathTarget(text: string, zone: PurgedZone): TargetVerdict {
  const read = readPath(text, zone.hosts);
  if (!read.ok) return read;
  const { path, query } = read;
  if (query.includes("*"))
    return no(
      "has a * in its query, where it has no special meaning: to purge a path with all its queries, leave the query out",
    );
  const star = path.indexOf("*");
  if (star === -1 && (query === "" || zone.hasQueryRules)) return { ok: true, target: { kind: "path", value: path } };
  if (star === -1) return { ok: true, target: { kind: "url", value: path + normaliseQuery(query, zone.query) } };
  if (star < path.length - 1 || query !== "")
    return no(
      "has a * that is not at its end, where it has no special meaning: purge a prefix that ends before it, or a tag",
    );
  return { ok: true, target: { kind: "prefix", value: path.slice(0, -1) } };
}

/** What a prefix of paths names, which may be a URL as in {@link pathTarget}. */
export function prefixTarget(text: string, { hosts }: PurgedZone): TargetVerdict {
  const read = readPath(text, hosts);
  if (!read.ok) return read;
  const { path, query } = read;
  if (query !== "") return no("must have no query: all queries of the paths below it are purged");
  if (path.endsWith("*") && path.indexOf("*") === path.length - 1)
    return no(`must have no *: ${JSON.stringify(path.slice(0, -1))} already means everything that begins with it`);
  if (path.includes("*")) return no("must have no *, which has no special meaning in a prefix");
  return { ok: true, target: { kind: "prefix", value: path } };
}

/** Tags are written in a list: with a comma, one would be two. */
export const TAG = {
  largest: 1_024,
  pattern: /^[\x21-\x2b\x2d-\x7e]+$/,
  reason: "must be visible ASCII without spaces and commas",
};

/** What a tag names: answers whose `Cache-Tag` has it. */
export function tagTarget(text: string): TargetVerdict {
  if (!TAG.pattern.test(text)) return no(TAG.reason);
  if (text.length > TAG.largest) return no(`must have at most ${TAG.largest} characters`);
  return { ok: true, target: { kind: "tag", value: text } };
}

/** Path and query of a text that may be a URL of a host, perhaps without its scheme. A fragment never leaves a browser. */
function readPath(text: string, hosts: readonly string[]): { ok: true; path: string; query: string } | Refused {
  const [shown = ""] = text.trim().split("#", 1);
  // URL parsers drop tabs and line ends.
  if (/[\u0000-\u001f\u007f]/.test(shown)) return no("must not contain control characters");
  // Pages may refer to it without a scheme. If the host is not one of these, "//x" is a path.
  const [scheme = ""] = /^(?:https?:)?\/\//i.exec(shown) ?? [];
  const [authority = ""] = shown.slice(scheme.length).split(/[/?]/, 1);
  const host = URL.parse(`https://${authority}`)?.hostname.replace(/\.$/, "") ?? "";
  const rest = shown.slice(scheme.length + authority.length);
  if (hosts.includes(host)) return parsed(rest.startsWith("/") ? rest : `/${rest}`);
  if (shown.startsWith("/")) return parsed(shown);
  if (scheme === "") return no(`must begin with /, or be a URL of ${hosts.join(" or ")}`);
  return no(`is a URL of another host: this zone is at ${hosts.join(" and ")}`);
}

function parsed(pathAndQuery: string): { ok: true; path: string; query: string } | Refused {
  // With a host in front, so that "//x" stays a path.
  const url = URL.parse(`https://zone.invalid${pathAndQuery}`);
  return url === null
    ? no("cannot be read as a path")
    : { ok: true, path: normalisePath(url.pathname), query: url.search };
}

function no(reason: string): Refused {
  return { ok: false, reason };
}

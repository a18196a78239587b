import type { ZoneSettings } from "../../src/zones/settings.ts";
import { list } from "./directives.ts";

/** Paths of the scenarios in their canonical spelling, with others that mean the same (RFC 3986 §6.2.2). */
export const PATHS: Readonly<Record<string, readonly string[]>> = {
  "/a.css": ["/a.css", "/a.css", "/%61.css", "/x/../a.css"],
  "/b.js": ["/b.js"],
  "/dir/c.png": ["/dir/c.png", "/dir/./c.png"],
  "/dir/doc": ["/dir/doc", "/dir/d%6Fc"],
  "/data.json": ["/data.json"],
};

/** Queries as clients spell them. */
export const QUERIES = ["", "", "", "?v=1", "?utm=x&v=1", "?v=1&utm=y"] as const;

/** The part of a query that names a resource, by the zone's rule. */
export function canonicalQuery(search: string, rule: ZoneSettings["query"]): string {
  if (search === "" || rule === "keep") return search;
  if (rule === "ignore") return "";
  const pairs = search.slice(1).split("&");
  const name = (pair: string) => pair.split("=")[0]!;
  const counting = typeof rule === "string" ? pairs : pairs.filter((pair) => rule.includes(name(pair)));
  counting.sort((a, b) => (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0));
  return counting.length === 0 ? "" : `?${counting.join("&")}`;
}

/** Seconds of edge TTL that the zone gives a path, or null. */
export function zoneTtl(path: string, { ttl, ttl_by_extension }: ZoneSettings): number | null {
  const extension = /\.(\w+)$/.exec(path)?.[1] ?? "";
  const types = { css: "css", js: "js", png: "image" } as const;
  return ttl_by_extension[extension] ?? ttl[types[extension as keyof typeof types] ?? "other"];
}

/** Media types that would make a page of an asset. */
export function isMismatch(path: string, contentType: string | null): boolean {
  return /\.(css|js|png|json)$/.test(path) && /^text\/html/.test(contentType ?? "");
}

/** Of the headers that the scenarios send: by which applications are steered, and which the edge does not take from clients. */
const STEERING = /^(cache-control|pragma|origin|via|x-forwarded-.*|x-original-url)$/;
const THE_EDGES_OWN = /^(accept-encoding|cdn-loop|content-.*|host|if-.*|range|via)$/;

/** Whether the origin of a zone sees this field of a client's GET. */
export function seesField(name: string, { forward }: Pick<ZoneSettings, "forward">): boolean {
  if (name === "cookie") return forward.cookies;
  if (name === "authorization") return forward.authorization;
  if (THE_EDGES_OWN.test(name)) return false;
  return forward.headers === "all" ? !STEERING.test(name) : forward.headers.includes(name);
}

/** A listed header as key and origin have it: members of equal weight in their order, the weightiest first (RFC 9110 §12.5). */
export function spelled(name: string, value: string): string {
  return name === "accept-language" ? weighted(value).join(",") : value;
}

function weighted(value: string): string[] {
  const members = list(value).map((member) => {
    const [range = "", weight = "q=1"] = member.split(";").map((part) => part.trim());
    return { range: range.toLowerCase(), weight: Number(weight.slice(2)) };
  });
  members.sort((a, b) => b.weight - a.weight);
  return members.map(({ range, weight }) => (weight === 1 ? range : `${range};q=${weight}`));
}

/** A request field's value as RFC 9111 §4.1 lets it be compared: list members in order, without optional whitespace. */
export function comparable(name: string, value: string | null): string {
  if (value === null) return "(none)";
  if (name === "cookie" || name === "authorization" || name === "user-agent") return value;
  return (name === "accept-language" ? weighted(value).sort() : list(value)).join(",");
}

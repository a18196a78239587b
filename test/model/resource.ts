import type { ZoneSettings } from "../../src/zones/settings.ts";
import { governing, list, seconds } from "./directives.ts";

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
  const counting = rule === "sort" ? pairs : pairs.filter((pair) => counts(name(pair), rule));
  counting.sort((a, b) => (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0));
  return counting.length === 0 ? "" : `?${counting.join("&")}`;
}

function counts(name: string, rule: Exclude<ZoneSettings["query"], string>): boolean {
  const names = "except" in rule ? rule.except : rule;
  const isNamed = names.some((each) => (each.endsWith("*") ? name.startsWith(each.slice(0, -1)) : each === name));
  return isNamed !== "except" in rule;
}

/** Seconds of edge TTL that the zone gives a path, or null. */
export function zoneTtl(path: string, { ttl, ttl_by_extension }: ZoneSettings): number | null {
  const extension = /\.(\w+)$/.exec(path)?.[1] ?? "";
  const types = { css: "css", js: "js", png: "image" } as const;
  return ttl_by_extension[extension] ?? ttl[types[extension as keyof typeof types] ?? "other"];
}

/** What an origin may answer an asset with that is none, as it spells it. */
export const WRONG_TYPES = [
  "text/html",
  "Text/HTML; charset=utf-8",
  "application/xhtml+xml",
  "text/css, text/html",
] as const;
export const DATA_TYPES = ["application/json", "application/problem+json; charset=utf-8"] as const;

/** Whether a page came under the name of an asset. */
export function isPage(path: string, said: Headers): boolean {
  return /\.(css|js|png|json)$/.test(path) && /html/i.test(list(said.get("content-type")).at(-1) ?? "");
}

/** Whether JSON came under the name of a script, a style or an image, and nobody says for how long it may be shared. */
export function isUnsharedData(path: string, said: Headers): boolean {
  if (!/\.(css|js|png)$/.test(path) || !/json/.test(said.get("content-type") ?? "")) return false;
  const { directives, targeted } = governing(said);
  const own = targeted || directives.has("public") ? seconds(directives, "max-age") : undefined;
  return !((seconds(directives, "s-maxage") ?? own ?? 0) > 0);
}

/** Seconds that a lifetime is guessed for at most. */
export function longestGuess(path: string, said: Headers, settings: ZoneSettings): number {
  const isGuessed = !/html/i.test(said.get("content-type") ?? "");
  const hasExtension = /\.\w*[a-z]\w*$/.test(path) || settings.heuristic_without_extension;
  return isGuessed && hasExtension ? settings.max_heuristic_ttl : 0;
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

import { normalisePath, normaliseQuery, type QueryRule } from "../../http/uri.ts";
import type { Asked } from "../request/asked.ts";
import { isShownNothing } from "../request/forwarded-fields.ts";

/** What an origin was asked, as far as it matters for redirects back to it. */
export interface Question extends Pick<Asked, "hosts"> {
  zone: Pick<Asked["zone"], "origin" | "settings" | "hostnames">;
  method: string;
  pathAndQuery: string;
  /** The origin that was asked, `scheme://host[:port]`: one of the zone's or the fallback origin. */
  origin: string;
  /** The path below which that origin has what the zone serves; `""`: its root. */
  prefix: string;
  /** The `Host` that was sent; null: the origin's own. */
  host: string | null;
}

/** Where a redirect leads. */
type Lead =
  /** Elsewhere; or to the origin itself, if the zone would only be asked the same again. */
  | { kind: "away" }
  /** To something in the zone, by a reference that works on whatever host and scheme the client uses. */
  | { kind: "own"; reference: string }
  /** To the same URL, endlessly. */
  | { kind: "loop" };

/**
 * An answer whose redirects to the origin's own host (`Location`, `Content-Location`, `Refresh`) lead to the zone's host
 * instead, which has the same paths. Otherwise clients would leave the edge. They become relative, since an answer serves
 * clients on any host and scheme. Null: the answer would make its client ask for the same for ever.
 */
export function withOwnRedirects(response: Response, question: Question): Response | null {
  const { status, headers: said } = response;
  const { method } = question;
  const isRepeated = method === "GET" || method === "HEAD" || status === 307 || status === 308;
  const lead = leadOf(said.get("location"), question, isRepeated);
  if (lead.kind === "loop" && status >= 300 && status < 400) return null;
  const owned = [
    ["location", referenceOf(lead)],
    ["content-location", referenceOf(leadOf(said.get("content-location"), question, false))],
    ["refresh", ownRefresh(said.get("refresh"), question)],
  ] as const;
  if (owned.every(([, value]) => value === null)) return response;
  const headers = new Headers(said);
  for (const [name, value] of owned) if (value !== null) headers.set(name, value);
  return new Response(response.body, { status, headers });
}

const AWAY: Lead = { kind: "away" };

/**
 * @param reference null: there is none
 * @param isRepeated whether the client would repeat its method
 */
function leadOf(reference: string | null, question: Question, isRepeated: boolean): Lead {
  if (reference === null) return AWAY;
  const asked = new URL(question.origin + question.pathAndQuery);
  const { zone, hosts, prefix } = question;
  const url = absolute(reference, asked) ?? (prefix === "" ? null : onTheHost(reference, asked));
  if (url === null) return AWAY;
  const { query, forward } = zone.settings;
  const hostname = bareHostname(url);
  const isZones = hosts.includes(hostname) || zone.hostnames?.includes(hostname) === true;
  if (!isZones && !originHostnames(question).includes(hostname)) return AWAY;
  if (!isZones && !takePrefix(url, prefix)) return AWAY;
  const isBack = isRepeated && objectOf(url, query) === objectOf(asked, query);
  if (isBack && !isAsAsked(url, asked, question, isZones)) {
    // The origin sees two URLs where the zone sees one: most often, a redirect from http to https.
    return isZones && isShownNothing(forward) ? { kind: "loop" } : AWAY;
  }
  // In a reference without a host, a path that begins with two slashes would be read as a host (RFC 3986 §4.2).
  const path = url.pathname.startsWith("//") ? `/.${url.pathname}` : url.pathname;
  return { kind: "own", reference: path + url.search + url.hash };
}

function referenceOf(lead: Lead): string | null {
  return lead.kind === "own" ? lead.reference : null;
}

/** A reference with a host of its own, by http or https; null: it is not one. */
function absolute(reference: string, asked: URL): URL | null {
  const url = URL.parse(reference, `${asked.protocol}//relative.invalid${asked.pathname}`);
  if (url === null || url.hostname === "relative.invalid") return null;
  return url.protocol === "http:" || url.protocol === "https:" ? url : null;
}

/** A reference that begins with a path: its path differs if the zone serves only a part of a host. Null: it is not one. */
function onTheHost(reference: string, asked: URL): URL | null {
  return /^\/(?!\/)/.test(reference.trim()) ? URL.parse(reference, asked.href) : null;
}

/** Turns a path at the origin into the zone's own; false if the zone does not have it. */
function takePrefix(url: URL, prefix: string): boolean {
  if (prefix === "") return true;
  if (url.pathname !== prefix && !url.pathname.startsWith(`${prefix}/`)) return false;
  url.pathname = url.pathname.slice(prefix.length) || "/";
  return true;
}

/** Names that the origin may have: the one that the zone's owner gave, and the one that was actually asked. */
function originHostnames({ zone, origin }: Question): string[] {
  const host = zone.settings.origin_host;
  const urls = [zone.origin, origin, ...(host === null ? [] : [`https://${host}`])];
  return urls.map((url) => bareHostname(new URL(url)));
}

function bareHostname({ hostname }: URL): string {
  return hostname.replace(/\.$/, "");
}

/** The parts of a URL that tell the zone's objects apart. */
function objectOf({ pathname, search }: URL, query: QueryRule): string {
  return normalisePath(pathname) + normaliseQuery(search, query);
}

/**
 * Whether a URL is the one that was asked for, to the origin as well. Sending clients there again is the origin's own decision.
 */
function isAsAsked(url: URL, asked: URL, { host }: Question, isZones: boolean): boolean {
  const isSameHost = isZones || url.host === asked.host || url.host === host;
  return (
    isSameHost && url.protocol === asked.protocol && url.pathname === asked.pathname && url.search === asked.search
  );
}

/** HTML, "shared declarative refresh steps": seconds, a separator, optionally `url=`, and a URL that may be quoted. */
const REFRESH = /^([\s\d.]*[;,\s]\s*(?:url\s*=\s*)?)(?:"([^"]*)"?|'([^']*)'?|([^"'].*))/i;

/** The value of `Refresh` with the zone's own reference; null: it stays. */
function ownRefresh(value: string | null, question: Question): string | null {
  const [, before = "", double, single, bare] = (value !== null && REFRESH.exec(value)) || [];
  const own = referenceOf(leadOf(double ?? single ?? bare ?? null, question, true));
  return own && before + own;
}

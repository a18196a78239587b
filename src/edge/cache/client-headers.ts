import { formatHttpDate } from "../../http/dates.ts";
import { isWeak } from "../../http/etag.ts";
import { storableHeaders } from "../../http/storable.ts";
import type { ForwardSettings } from "../../zones/settings.ts";
import { isDecoded } from "../origin/decoding.ts";
import type { Target } from "../request/target.ts";
import { isNosniff, reconcileType } from "./content-type.ts";

/**
 * Takes away what an origin says of its own host, not of one answer: `Alt-Svc` (RFC 7838 §3) would send clients past the edge,
 * and `Clear-Site-Data: "cookies"` clears the whole registrable domain, all zones' cookies with it. `response_headers` may set
 * them.
 */
export function dropHostFields(headers: Headers): void {
  headers.delete("alt-svc");
  // Clear Site Data §3.1: its types are quoted strings. What has none says nothing to a browser.
  if (headers.get("clear-site-data")?.includes('"')) headers.delete("clear-site-data");
}

/**
 * The origin's fields as clients may see them: end-to-end, labelled, without cookies, purge tags and what speaks for its host.
 *
 * @param answeredAt when the response arrived; ms since the epoch
 */
export function clientHeaders(response: Response, answeredAt: number, target: Target): Headers {
  const headers = storableHeaders(response.headers);
  headers.delete("cache-tag");
  headers.delete("surrogate-key");
  dropHostFields(headers);
  // A cookie is for the client whose request fetched it, see `ownCookies`.
  headers.delete("set-cookie");
  if (isDecoded(response)) {
    headers.delete("content-encoding");
    headers.delete("content-length");
    // The bytes are no longer those that a strong validator stood for (RFC 9110 §8.8.1).
    const etag = headers.get("etag");
    if (etag !== null && !isWeak(etag)) headers.set("etag", `W/${etag}`);
  }
  // RFC 9110 §6.6.1: a recipient with a clock appends a Date where there is none.
  if (!headers.has("date")) headers.set("date", formatHttpDate(answeredAt));
  labelType(headers, response.status, target);
  return headers;
}

/** Gives a successful response the media type that its path promises, where the origin does not contradict it. */
export function labelType(headers: Headers, status: number, target: Target): void {
  if (status < 200 || status > 299) return;
  const type = reconcileType(target.asset, headers.get("content-type"), isNosniff(headers));
  if (type.kind === "label") headers.set("content-type", type.contentType);
}

/**
 * What an answer of the origin sets at the client whose request fetched it, and at nobody else's. Without its Domain: that
 * could only name this network, whose other zones it would reach (RFC 6265 §4.1.2.3).
 */
export function ownCookies(headers: Headers, { cookies }: ForwardSettings): readonly string[] {
  return !cookies ? [] : headers.getSetCookie().map(withoutDomain);
}

function withoutDomain(cookie: string): string {
  const [pair = "", ...attributes] = cookie.split(";");
  return [pair, ...attributes.filter((attribute) => !/^\s*domain\s*(?:=|$)/i.test(attribute))].join(";");
}

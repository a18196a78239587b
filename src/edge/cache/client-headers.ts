import { formatHttpDate } from "../../http/dates.ts";
import { CONTENT_DIGESTS, REPRESENTATION_DIGESTS } from "../../http/digests.ts";
import { asEntityTag, isWeak } from "../../http/etag.ts";
import { sharedLifetime } from "../../http/freshness.ts";
import { mediaTypeOf } from "../../http/media-type.ts";
import { dropHostFields } from "../../http/response-fields.ts";
import { isSuccess } from "../../http/statuses.ts";
import { storableHeaders } from "../../http/storable.ts";
import { dropTargeted, effectiveCacheControl } from "../../http/targeted-cache-control.ts";
import type { ForwardSettings } from "../../zones/settings.ts";
import { type Decoding, decodingOf, forbidsTransform } from "../origin/decoding.ts";
import type { Target } from "../request/target.ts";
import { isNosniff, reconcileType } from "./content-type.ts";

/** The parts of an origin's answer that decide what clients may see of it. */
interface Answered {
  response: Response;
  /** When it arrived; ms since the epoch. */
  answeredAt: number;
  /** It came without a type, and its first bytes are those of a page. */
  isPage?: boolean;
}

/**
 * The origin's fields as clients may see them: end-to-end, labelled, without cookies, purge tags and fields that speak for the
 * origin's host.
 */
export function clientHeaders(
  { response, answeredAt, isPage = false }: Answered,
  target: Target,
  decoding: Decoding = decodingOf(response, target),
): Headers {
  const headers = storableHeaders(response.headers);
  dropHostFields(headers);
  // A cookie is for the client whose request fetched it, see `ownCookies`.
  headers.delete("set-cookie");
  labelTag(headers);
  labelCoding(headers, decoding);
  // RFC 9110 §6.6.1: a recipient with a clock adds a Date if there is none.
  if (!headers.has("date")) headers.set("date", formatHttpDate(answeredAt));
  labelType(headers, response.status, target, isPage);
  return headers;
}

/** Clients get a valid entity tag, or none: see `originEtag`. */
function labelTag(headers: Headers): void {
  const said = headers.get("etag");
  const tag = said === null ? null : asEntityTag(said);
  if (tag === null) headers.delete("etag");
  else if (tag !== said) headers.set("etag", tag);
}

/** Names the codings that are left, and removes what is true of the coded bytes only. */
function labelCoding(headers: Headers, { decoded, left }: Decoding): void {
  if (left.length === 0) headers.delete("content-encoding");
  else if (left.length !== headers.get("content-encoding")?.split(",").length) {
    headers.set("content-encoding", left.join(", "));
  }
  if (decoded.length === 0) return;
  for (const name of ["content-length", ...CONTENT_DIGESTS, ...REPRESENTATION_DIGESTS]) headers.delete(name);
  // The bytes are no longer those that a strong validator stood for (RFC 9110 §8.8.1).
  const etag = headers.get("etag");
  if (etag !== null && !isWeak(etag)) headers.set("etag", `W/${etag}`);
}

/**
 * Gives a response exactly one media type: a successful one by its name, see {@link reconcileType}. If it is not what its name
 * says, nobody may keep it: otherwise caches behind this one, and browsers, would serve it as what the name says.
 */
export function labelType(headers: Headers, status: number, { asset }: Target, isPage = false): void {
  const said = mediaTypeOf(headers.get("content-type"));
  if (!isSuccess(status)) {
    if (said !== null) headers.set("content-type", said.text);
    return;
  }
  const { kind, contentType } = reconcileType(asset, said, { nosniff: isNosniff(headers), isPage });
  // If the file is named after the coding it has, only the origin knows its type.
  const isKept = kind === "label" && asset?.isCompressed && headers.has("content-encoding");
  if (contentType !== null && !isKept) headers.set("content-type", contentType);
  if (kind === "page") forbidKeeping(headers);
  if (kind === "data") forbidSharing(headers);
}

function forbidKeeping(headers: Headers): void {
  const isBound = forbidsTransform(headers);
  dropTargeted(headers);
  headers.delete("expires");
  headers.set("cache-control", isBound ? "no-store, no-transform" : "no-store");
}

function forbidSharing(headers: Headers): void {
  const said = effectiveCacheControl(headers);
  if (sharedLifetime(said) > 0 || said.directives.private === true || said.directives.noStore) return;
  headers.append("cache-control", "private");
}

/**
 * The cookies that an origin's answer sets at the client whose request fetched it, and at no other: for the zone's host alone.
 * A cookie for a domain above that host would reach other zones of this network, so it is dropped. Any other domain is the
 * origin's own, and the zone stands in for the origin.
 *
 * @param hosts the zone's hostnames
 */
export function ownCookies(
  headers: Headers,
  { cookies }: ForwardSettings,
  hosts: readonly string[],
): readonly string[] {
  if (!cookies) return [];
  return headers.getSetCookie().flatMap((cookie) => {
    const [pair = "", ...attributes] = cookie.split(";");
    const domains = attributes.flatMap((attribute) => domainOf(attribute) ?? []);
    if (domains.some((domain) => hosts.some((host) => host.endsWith(`.${domain}`)))) return [];
    return [pair, ...attributes.filter((attribute) => domainOf(attribute) === null)].join(";");
  });
}

/** The domain that a cookie's attribute names, without dots around it (RFC 6265 §5.2.3); null: it is another attribute. */
function domainOf(attribute: string): string | null {
  const found = /^\s*domain\s*(?:=(.*))?$/is.exec(attribute);
  if (found === null) return null;
  return (found[1] ?? "").toLowerCase().replace(/[\s"]/g, "").replace(/^\.+/, "").replace(/\.$/, "");
}

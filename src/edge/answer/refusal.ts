import { formatCacheStatus } from "../../http/cache-status.ts";
import { dropTargeted } from "../../http/targeted-cache-control.ts";
import type { CacheWord } from "../../why/words.ts";
import { DEFAULT_SETTINGS } from "../../zones/settings.ts";
import type { ZoneDocument } from "../../zones/zone.ts";
import { addEdgeHeaders } from "./edge-headers.ts";
import type { Answer } from "./send.ts";

/** All errors of the edge's own. The reason is in the body and in `Cache-Status`. */
const REFUSALS = {
  "bad-host": [400, "the Host header is not a hostname"],
  "bad-cdn-loop": [
    400,
    "the CDN-Loop header is not a list of at most 8 networks, each of at most 64 characters (RFC 8586)",
  ],
  "unknown-host": [404, "nothing here: this hostname belongs to no zone, or has no such path"],
  "unknown-zone": [404, "no such zone"],
  "paused-zone": [403, "this zone is paused by its owner"],
  "suspended-account": [403, "the account that this zone belongs to is suspended"],
  "over-quota": [429, "the account that this zone belongs to has used up its quota for this month"],
  "taken-down": [451, "this is blocked for legal reasons; the reference says by which order"],
  "access-address": [403, "this zone does not serve your address"],
  "access-country": [403, "this zone does not serve your country"],
  "access-asn": [403, "this zone does not serve your network"],
  "access-referer": [403, "this zone does not serve requests from the page that you come from (Referer)"],
  "access-user-agent": [403, "this zone does not serve clients with this User-Agent"],
  "rate-limited": [429, "your address has asked this zone too often within ten seconds; see Retry-After"],
  "signature-missing": [403, "this URL must be signed, and is not"],
  "signature-wrong": [403, "the signature of this URL is wrong"],
  "signature-address": [403, "this URL was signed for another address, or its signature is wrong"],
  "signature-country": [403, "this URL was not signed for your country"],
  "signature-expired": [410, "the signature of this URL has expired"],
  denied: [403, "a rule of this zone denies this request"],
  maintenance: [503, "this zone is in maintenance, and this file is not stored: come back later"],
  "method-not-allowed": [405, "this zone does not take this method; see Allow"],
  "only-if-cached": [504, "only-if-cached: nothing usable is stored"],
  "precondition-failed": [412, "a precondition of the request does not hold"],
  loop: [508, "the request has already passed through this network (CDN-Loop): the zone's origin leads back to it"],
  "origin-dns": [502, "the origin's name was not found in DNS"],
  "origin-refused": [502, "the origin refuses connections"],
  "origin-unreachable": [502, "no connection to the origin could be made"],
  "origin-tls": [
    502,
    "no TLS connection to the origin could be made: its certificate or its protocol version is not accepted",
  ],
  "origin-tls-handshake": [502, "the origin and the network could not agree on a TLS version or cipher"],
  "origin-certificate": [502, "the origin's certificate is not valid for its name"],
  "origin-reset": [502, "the origin closed the connection before it had answered"],
  "origin-timeout": [504, "the origin did not begin to answer in time"],
  "origin-nonsense": [502, "the origin sent something that is not an HTTP answer"],
  "origin-body-timeout": [504, "the origin stopped sending in the middle of its answer"],
  "origin-body-cut": [502, "the origin closed the connection in the middle of its answer"],
  "origin-body-expands": [502, "the origin's answer is compressed, and grows too large when it is decoded"],
  "origin-auth": [502, "the origin refuses the credentials that the zone sends"],
  "origin-busy": [503, "the zone's origin already has as many requests as the zone allows: try again in a moment"],
  "request-body-cut": [400, "the body of this request broke off, or is malformed"],
  "request-body-timeout": [408, "the client stopped sending in the middle of its request"],
  "path-outside": [400, "this path leads out of the folder of the origin that the zone serves"],
  "origin-429": [503, "the origin says that it is asked too often (429)"],
  "origin-5xx": [502, "the origin is failing"],
  "redirect-loop": [
    508,
    "the origin redirects this URL to itself: it may be redirecting http to https, so name the zone's origin with https://",
  ],
  "zone-table": [503, "the edge cannot read its zones at the moment"],
  internal: [500, "the edge failed on this request"],
} as const satisfies Partial<Record<CacheWord, readonly [status: number, sentence: string]>>;

export type RefusalReason = keyof typeof REFUSALS;

/** The status of a refusal. */
export function statusOf(reason: RefusalReason): number {
  return REFUSALS[reason][0];
}

/**
 * An error answer of the edge: JSON, never cached by anyone, readable across origins.
 *
 * @param extra further header fields
 * @param more what the body has besides the sentence and the reason
 */
export function refuse(
  reason: RefusalReason,
  request: Request,
  zone: ZoneDocument | null = null,
  extra: Readonly<Record<string, string>> = {},
  more: Readonly<Record<string, string>> = {},
): Answer {
  const [status, sentence] = REFUSALS[reason];
  const headers = new Headers({
    "cache-status": formatCacheStatus({ detail: reason }),
    "x-cache": "BYPASS",
    ...extra,
  });
  addEdgeHeaders(headers, request.headers, zone ?? { mode: "live", settings: DEFAULT_SETTINGS });
  headers.set("content-type", "application/json");
  headers.set("cache-control", "no-store");
  // The zone's own fields are not meant for refusals.
  dropTargeted(headers);
  const body = request.method === "HEAD" ? null : `${JSON.stringify({ error: sentence, code: reason, ...more })}\n`;
  return {
    status,
    headers,
    body: body === null ? null : new Blob([body]),
    isOnTheWay: false,
    tally: null,
    xCache: "BYPASS",
  };
}

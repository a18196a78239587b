import ipaddr from "ipaddr.js";
import tlds from "tlds" with { type: "json" };
import { isInfrastructureAddress, isInfrastructureName } from "./infrastructure-hosts.ts";
import type { OriginPolicy } from "./origin-policy.ts";

/** The reason is the predicate of a sentence that begins with "origin" or "URL". */
export type OriginVerdict =
  | {
      ok: true;
      /** `scheme://host[:port]`, possibly with a path; normalised, without a trailing slash. */
      origin: string;
    }
  | Refused;

/** As {@link OriginVerdict}, for a URL with a path. */
export type EndpointVerdict =
  | {
      ok: true;
      /** Normalised. */
      url: string;
    }
  | Refused;

type Refused = { ok: false; reason: string };

const LONGEST_ORIGIN = 300;
const LONGEST_ENDPOINT = 2_000;

/** Names that never lead to a public server (RFC 6761, RFC 6762, RFC 8375, RFC 9476, ICANN's "internal" and collisions). */
const LOCAL_DOMAINS =
  "localhost local localdomain internal intranet private corp home lan test invalid onion alt arpa".split(" ");

/** IANA's list, and the domain for documentation (RFC 6761), which leads nowhere. */
const PUBLIC_DOMAINS = new Set([...tlds, "example"]);

/**
 * Whether we may ask a zone's origin, as its customer wrote it: scheme, public host and port, and possibly a path. A public
 * name may still resolve to a private address; that is left to the network that the Worker runs in.
 */
export function checkOrigin(input: string, policy: OriginPolicy): OriginVerdict {
  const spelling = checkSpelling(input, LONGEST_ORIGIN);
  if (!spelling.ok) return spelling;
  const { url, rest } = spelling;
  if (/[?#]/.test(rest)) return no("must be a scheme, a host and perhaps a path, without query or fragment");
  // If one server reads a slash where another reads a letter, a path cannot limit what is served.
  if (/%(?:2e|2f|5c|25|00)|(?:^|\/)\.{1,2}(?:\/|$)|;/i.test(rest))
    return no("must have a path without dot segments, without ; and without encoded dots, slashes and percent signs");
  const verdict = checkOriginUrl(url, policy);
  let path = url.pathname;
  while (path.endsWith("/")) path = path.slice(0, -1);
  return verdict.ok ? { ok: true, origin: verdict.origin + path } : verdict;
}

/**
 * Whether we may send a customer's notifications to a URL, by the same rules as {@link checkOrigin}; it may have a path and a
 * query.
 */
export function checkEndpoint(input: string, policy: OriginPolicy): EndpointVerdict {
  const spelling = checkSpelling(input, LONGEST_ENDPOINT);
  if (!spelling.ok) return spelling;
  const { url, rest } = spelling;
  if (rest.includes("#")) return no("must not have a fragment");
  const verdict = checkOriginUrl(url, policy);
  return verdict.ok ? { ok: true, url: verdict.origin + url.pathname + url.search } : verdict;
}

/** What has to be checked in a URL before it is parsed. `rest`: what follows scheme, host and port. */
function checkSpelling(input: string, longest: number): { ok: true; url: URL; rest: string } | Refused {
  if (input.length > longest) return no(`must not be longer than ${longest} characters`);
  // URL parsers drop tabs and line ends and read "\" as "/". What they would repair is refused.
  if (/[\s\\\u0000-\u001f\u007f-\u009f]/.test(input))
    return no("must not contain spaces, control characters or backslashes");
  const parts = /^https?:\/\/([^/?#]*)(.*)/is.exec(input);
  if (parts === null) return no("must begin with https://");
  const [, authority = "", rest = ""] = parts;
  if (authority.includes("@")) return no("must not contain a user name or password");
  // The parser would skip the slashes of "https:///host" and find a host where none was written.
  const url = authority === "" ? null : URL.parse(input);
  return url === null ? no("is not a valid URL") : { ok: true, url, rest };
}

export type HostVerdict =
  | {
      ok: true;
      /** `host[:port]`, normalised. */
      host: string;
    }
  | { ok: false; reason: string };

/**
 * Whether requests may have a host in `Host`: it must be one that could be an origin, or the zone's own.
 *
 * @param zoneHosts the zone's hostnames
 */
export function checkHost(input: string, policy: OriginPolicy, zoneHosts: readonly string[] = []): HostVerdict {
  if (/[/?#@]/.test(input)) return no("must be a host, with a port if it needs one, and nothing else");
  const isZones = zoneHosts.includes(URL.parse(`https://${input}`)?.hostname.replace(/\.$/, "") ?? "");
  // The server that is asked is the origin; this name is only sent to it.
  const verdict = checkOrigin(`https://${input}`, isZones ? { ...policy, ownHosts: [], allowPrivate: true } : policy);
  return verdict.ok ? { ok: true, host: verdict.origin.slice("https://".length) } : verdict;
}

/** What the spelling does not show. */
function checkOriginUrl(url: URL, policy: OriginPolicy): OriginVerdict {
  if (url.protocol !== "https:" && !(url.protocol === "http:" && policy.allowHttp))
    return no("must begin with https://");
  if (url.username !== "" || url.password !== "") return no("must not contain a user name or password");
  // The other ports below 1024 belong to other protocols.
  if (url.port !== "" && url.port !== "80" && url.port !== "443" && Number(url.port) < 1024) {
    return no("must use port 80, 443, or one from 1024 to 65535");
  }
  const host = url.hostname.replace(/\.$/, "");
  const reason = refusalOf(host, policy);
  if (reason !== null) return no(reason);
  return { ok: true, origin: `${url.protocol}//${host}${url.port === "" ? "" : `:${url.port}`}` };
}

/** Why a host, as `URL.hostname` spells it, cannot be an origin; null: it can. */
function refusalOf(host: string, policy: OriginPolicy): string | null {
  const address = addressOf(host);
  if (address === null ? isInfrastructureName(host, isPublicName(host)) : isInfrastructureAddress(address)) {
    return "must not be a metadata service, or inside a cluster";
  }
  // On a developer's machine localhost is also the host of the control plane, on another port.
  const ownMachine = policy.allowPrivate && (host === "localhost" || address?.range() === "loopback");
  if (!ownMachine && policy.ownHosts.some((own) => host === own || host.endsWith(`.${own}`))) {
    return "must not be a host of this CDN";
  }
  if (address !== null) return isReachable(address, policy) ? null : "must not be a private, local or reserved address";
  return refusalOfName(host, policy);
}

function addressOf(host: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  // The URL parser has already turned decimal, octal, hex, short, full-width and encoded spellings into four decimals.
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return ipaddr.IPv4.parse(host);
  return host.startsWith("[") ? ipaddr.IPv6.parse(host.slice(1, -1)) : null;
}

const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR("2000::/3");
const PRIVATE_RANGES = ["loopback", "private", "carrierGradeNat", "uniqueLocal"];

function isReachable(address: ipaddr.IPv4 | ipaddr.IPv6, policy: OriginPolicy): boolean {
  const range = address.range();
  if (policy.allowPrivate && PRIVATE_RANGES.includes(range)) return true;
  if (range !== "unicast") return false;
  // RFC 4291 §2.4 and IANA: only 2000::/3 is assigned for global unicast; "::127.0.0.1" and the like lie outside.
  return address.kind() === "ipv4" || address.match(GLOBAL_UNICAST);
}

function refusalOfName(host: string, policy: OriginPolicy): string | null {
  const labels = host.split(".");
  if (host.length > 253 || !labels.every((label) => /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/.test(label))) {
    return "must have a host that is a DNS name or an address";
  }
  if (policy.allowPrivate) return null;
  if (labels.length === 1) return "must have a public host name, with a domain";
  if (LOCAL_DOMAINS.includes(labels.at(-1)!)) return "must not be a host of a local or special-use domain";
  if (!isPublicName(host)) return "must have a host below a public top-level domain";
  return null;
}

/** A name under a top-level domain that does not exist may still lead somewhere in the network that the Worker runs in. */
function isPublicName(host: string): boolean {
  const domain = host.slice(host.lastIndexOf(".") + 1);
  return domain !== host && (domain.startsWith("xn--") || PUBLIC_DOMAINS.has(domain)) && domain !== "arpa";
}

function no(reason: string): Refused {
  return { ok: false, reason };
}

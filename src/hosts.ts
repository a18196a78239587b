import type { Settings } from "./settings.ts";

/**
 * What answers a URL: the edge, ResCDN's API, ResolveDB's API, DNS over HTTPS, the dashboard and how people sign in there, whoever
 * has a hostname, or nobody.
 */
export type Surface =
  | { kind: "edge"; zone: string }
  /** A hostname that is none of ours: a customer's own, where somebody has it. */
  | { kind: "hostname"; hostname: string }
  | { kind: "api" }
  | { kind: "records" }
  | { kind: "dns" }
  | { kind: "sign-in" }
  | { kind: "dashboard" }
  | { kind: "unknown" };

/**
 * The label below an edge domain that the store's synthetic URLs are under. It cannot be a zone's name (RFC 5891 §4.2.3.1),
 * so whoever asks that host gets a 404 of ours, never what is stored.
 */
const STORE_LABEL = "rc--store";

/** Scheme and host of the store's synthetic URLs. */
export function storeOrigin({ edgeDomains }: Pick<Settings, "edgeDomains">): string {
  return `https://${STORE_LABEL}.${edgeDomains[0]}`;
}

/** The hostnames of a zone, one for each edge domain; the first is the public one. */
export function zoneHosts(
  name: string,
  { edgeDomains }: Pick<Settings, "edgeDomains">,
): readonly [string, ...string[]] {
  const [first, ...others] = edgeDomains;
  return [`${name}.${first}`, ...others.map((domain) => `${name}.${domain}`)];
}

/**
 * Where a server shows the HTTP proof of a hostname, before the hostname leads to us (`src/hostnames/proof/`). The edge answers
 * it for no zone: whoever has one could show a proof of every hostname that leads to it.
 */
export const PROOF_PATH = "/.well-known/rescdn-hostname";

/** Where the control plane answers DNS: RFC 8484, and its JSON form. */
const DNS_PATHS: readonly string[] = ["/dns-query", "/resolve"];
const RECORDS_PATH = /^\/api\/v1(?:\/|$)/;
/** What of the dashboard's host ResCDN's API answers: a session is a caller there, see `src/sign-in`. */
const API_PATH = /^\/(?:v1|admin|health|metrics|docs|openapi\.json)(?:\/|$)/;
const SIGN_IN_PATH = /^\/auth(?:\/|$)/;
/** What of ResCDN's API ResolveDB's own hosts answer. */
const SHARED_PATH = /^\/(?:health|docs|openapi\.json)(?:\/|$)/;

/**
 * Maps a URL to its surface: by its hostname (lower case, without a port, as `URL` gives it), on the hosts of the control
 * plane by its path as well. One label below an edge domain names a zone; the control plane's own names win over zones, and
 * all of ours over customers' hostnames.
 */
export function surfaceOf(
  { hostname, pathname }: Pick<URL, "hostname" | "pathname">,
  {
    edgeDomains,
    apiHosts,
    recordsHosts,
    dashboardHost,
  }: Pick<Settings, "edgeDomains" | "apiHosts" | "recordsHosts" | "dashboardHost">,
): Surface {
  const host = hostname.endsWith(".") ? hostname.slice(0, -1) : hostname;
  const records = recordsHosts.has(host);
  if (records || apiHosts.has(host) || host === dashboardHost) {
    if (DNS_PATHS.includes(pathname)) return { kind: "dns" };
    if (RECORDS_PATH.test(pathname) || (records && pathname === "/")) return { kind: "records" };
    if (host === dashboardHost && SIGN_IN_PATH.test(pathname)) return { kind: "sign-in" };
    if (host === dashboardHost && !API_PATH.test(pathname)) return { kind: "dashboard" };
    return records && !SHARED_PATH.test(pathname) ? { kind: "unknown" } : { kind: "api" };
  }
  if (pathname === PROOF_PATH) return { kind: "unknown" };
  const dot = host.indexOf(".");
  const label = host.slice(0, dot);
  const isZone = dot > 0 && label !== STORE_LABEL && edgeDomains.includes(host.slice(dot + 1));
  if (isZone) return { kind: "edge", zone: label };
  const isOurs = edgeDomains.some((domain) => host === domain || host.endsWith(`.${domain}`));
  return isOurs ? { kind: "unknown" } : { kind: "hostname", hostname: host };
}

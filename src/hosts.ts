import type { Settings } from "./settings.ts";

/**
 * Who answers a URL: the edge, ResCDN's API, ResolveDB's API, DNS over HTTPS, the dashboard and its sign-in, the owner of a
 * hostname, or nobody.
 */
export type Surface =
  | { kind: "edge"; zone: string }
  /** A hostname that is not ours: a customer's own, if somebody has it. */
  | { kind: "hostname"; hostname: string }
  | { kind: "api" }
  | { kind: "records" }
  | { kind: "dns" }
  | { kind: "sign-in" }
  | { kind: "dashboard" }
  | { kind: "unknown" };

/**
 * The label below an edge domain that the store's synthetic URLs use. It cannot be a zone's name (RFC 5891 §4.2.3.1), so
 * whoever asks that host gets our 404, never anything stored.
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
 * this path for no zone: otherwise a zone's owner could show a proof for every hostname that leads to it.
 */
export const PROOF_PATH = "/.well-known/rescdn-hostname";

/** Where the control plane answers DNS: RFC 8484, and its JSON form. */
const DNS_PATHS: readonly string[] = ["/dns-query", "/resolve"];
const RECORDS_PATH = /^\/api\/v1(?:\/|$)/;
/**
 * The paths on the dashboard's host that ResCDN's API answers: there a session can be the caller, see
 * `src/rest/session-admission.ts`.
 */
const API_PATH = /^\/(?:v1|admin|health|metrics|docs|openapi\.json)(?:\/|$)/;
const SIGN_IN_PATH = /^\/auth(?:\/|$)/;
/** The paths of ResCDN's API that ResolveDB's own hosts answer too. */
const SHARED_PATH = /^\/(?:health|docs|openapi\.json)(?:\/|$)/;

/**
 * Maps a URL to its surface: by hostname (lower case, without a port, as `URL` gives it), and on the control plane's hosts also
 * by path. One label below an edge domain names a zone. The control plane's own names take precedence over zones, and all of
 * ours over customers' hostnames.
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

import type { Settings } from "./env.ts";

/** What answers under a hostname. */
export type Surface = { kind: "edge"; zone: string } | { kind: "api" } | { kind: "unknown" };

/**
 * Maps a hostname (lower case, without a port, as `URL.hostname` gives it) to its surface. One label below an edge
 * domain names a zone; the control plane's own names win over zones.
 */
export function surfaceOf(hostname: string, settings: Pick<Settings, "edgeDomains" | "apiHosts">): Surface {
  const host = hostname.endsWith(".") ? hostname.slice(0, -1) : hostname;
  if (settings.apiHosts.has(host)) return { kind: "api" };
  const dot = host.indexOf(".");
  if (dot > 0 && settings.edgeDomains.includes(host.slice(dot + 1))) return { kind: "edge", zone: host.slice(0, dot) };
  return { kind: "unknown" };
}

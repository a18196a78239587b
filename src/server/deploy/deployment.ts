import { getDomain } from "tldts";
import { ownHostsOf } from "../../records/dns/own-hosts.ts";
import { settingsOf } from "../../settings.ts";
import { SettingsError } from "../../variable-values.ts";
import { VARIABLE_NAMES, type Variables } from "../../variables.ts";
import { CannotStart } from "../cannot-start.ts";

/** What is to be deployed. */
export interface Deployment {
  /** The name of the Worker and of its database. */
  name: string;
  vars: Record<string, string>;
  /** Zones are served below this. */
  domain: string;
  /** The Cloudflare zone that contains the domain. */
  zone: string;
  apiHost: string;
  /** URL of a zone's asset to try the edge with; null: none was named. */
  asset: string | null;
}

/** The variable in which a deployment stores {@link Deployment.asset}; the Worker does not read it. */
export const ASSET_VARIABLE = "DEPLOY_CHECK_ASSET";

/**
 * Decides what is deployed: given values come first, then those of the running deployment, then those of `wrangler.toml`.
 *
 * @throws {CannotStart} a sentence that names the variable which makes no sense
 */
export function settle(
  name: string,
  said: Record<string, string>,
  running: Record<string, string>,
  byDefault: Record<string, string>,
): Deployment {
  const known: readonly string[] = [...VARIABLE_NAMES, ASSET_VARIABLE];
  const unknown = Object.keys(said).find((one) => !known.includes(one));
  if (unknown !== undefined) throw new CannotStart(`the Worker knows no variable ${unknown}`);
  const kept = Object.entries(running).filter(([one]) => known.includes(one));
  const vars: Record<string, string> = { ...byDefault, ...Object.fromEntries(kept), ...said };
  const [domain] = (vars.EDGE_DOMAINS ?? "").split(/[\s,]+/);
  // The hosts in `wrangler.toml` belong to its own domain.
  if (said.EDGE_DOMAINS !== undefined && said.EDGE_DOMAINS !== byDefault.EDGE_DOMAINS) {
    vars.API_HOSTS = said.API_HOSTS ?? running.API_HOSTS ?? `api.${domain}`;
    vars.RECORDS_HOSTS = said.RECORDS_HOSTS ?? running.RECORDS_HOSTS ?? "";
  }
  for (const one of Object.keys(vars)) if (vars[one] === "" && one !== "RECORDS_HOSTS") delete vars[one];
  try {
    // Makes the same checks as the Worker, before it is deployed.
    ownHostsOf(settingsOf(vars as unknown as Variables));
  } catch (error) {
    if (error instanceof SettingsError) throw new CannotStart(error.message);
    throw error;
  }
  const dashboard = vars.DASHBOARD_HOST;
  const beside = (vars.EDGE_DOMAINS ?? "")
    .split(/[\s,]+/)
    .find((one) => dashboard && zoneOf(dashboard) === zoneOf(one));
  if (beside !== undefined)
    throw new CannotStart(
      `the dashboard's host ${dashboard} and the zones below ${beside} are one site to browsers, so a zone's page could act for ` +
        "people who are signed in: choose a host on another domain",
    );
  const local = hostsOf(vars).find((host) => /(^|\.)localhost$|^[\d.]+$|^\[/.test(host));
  if (local !== undefined)
    throw new CannotStart(`${local} is a name that only one machine knows: a deployment needs public names`);
  return {
    name,
    vars,
    domain: domain!,
    zone: zoneOf(domain!),
    apiHost: (vars.API_HOSTS ?? "").split(/[\s,]+/)[0]!,
    asset: vars[ASSET_VARIABLE] ?? null,
  };
}

/** All hosts that a deployment answers besides zones, and the domains of zones. */
export function hostsOf(vars: Record<string, string>): string[] {
  const names = ["EDGE_DOMAINS", "API_HOSTS", "RECORDS_HOSTS", "DASHBOARD_HOST"];
  return names.flatMap((name) => (vars[name] ?? "").split(/[\s,]+/).filter(Boolean));
}

/** The domain that a host is registered under, which tells Cloudflare's zone. */
export function zoneOf(host: string): string {
  return getDomain(host.replace(/^\*\./, "")) ?? host;
}

/**
 * The patterns that lead to the Worker, each with its zone. Customers' hostnames come in through the zone of the first edge
 * domain, and only the pattern `*` followed by `/*` matches them. If that domain is a zone of its own, all of it belongs to the
 * Worker.
 */
export function routesOf({ vars }: Pick<Deployment, "vars">): { pattern: string; zone_name: string }[] {
  const domains = (vars.EDGE_DOMAINS ?? "").split(/[\s,]+/).filter(Boolean);
  const edge = domains.map((domain, index) => ({
    pattern: index === 0 && zoneOf(domain) === domain ? "*/*" : `*.${domain}/*`,
    zone_name: zoneOf(domain),
  }));
  const isBelow = (host: string) =>
    edge.some(({ pattern, zone_name }) => pattern === "*/*" && zoneOf(host) === zone_name) ||
    domains.some((domain) => host.slice(host.indexOf(".") + 1) === domain);
  const others = hostsOf({ ...vars, EDGE_DOMAINS: "" }).filter((host) => !isBelow(host));
  return [...edge, ...[...new Set(others)].map((host) => ({ pattern: `${host}/*`, zone_name: zoneOf(host) }))];
}

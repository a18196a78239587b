import { type Deployment, hostsOf, routesOf, zoneOf } from "./deployment.ts";

/** What is left to do in Cloudflare's dashboard, with the values to enter. */
export function leftByHand({ vars, domain, zone }: Deployment, except: readonly string[]): string[] {
  const hosts = hostsOf({ ...vars, EDGE_DOMAINS: "" });
  const wildcards = (vars.EDGE_DOMAINS ?? "").split(/[\s,]+/).filter(Boolean);
  const covered = (host: string) => wildcards.includes(host.slice(host.indexOf(".") + 1));
  const names = [...wildcards.map((one) => `*.${one}`), ...new Set(hosts.filter((host) => !covered(host)))];
  const records = names.map((name) => `  ${zoneOf(name)}: AAAA  ${name}  100::  proxied`);
  const hasFallback = routesOf({ vars })[0]?.pattern === "*/*";
  const deep = [
    ...wildcards,
    ...hosts.filter((host) => !covered(host)).map((host) => host.slice(host.indexOf(".") + 1)),
  ].filter((parent) => parent !== "" && zoneOf(parent) !== parent);
  return [
    `DNS records, each once (SSL/TLS and the Worker answer in front of them; 100:: leads nowhere):\n${records.join("\n")}`,
    deep.length === 0
      ? `Certificates: none. Universal SSL of ${[...new Set(names.map(zoneOf))].join(" and ")} covers these names; set SSL/TLS to Full (strict)`
      : `Certificates: order (SSL/TLS, Edge Certificates, Advanced) for ${[...new Set(deep)].map((name) => `*.${name}`).join(", ")}: Universal SSL covers only one label below a zone`,
    ...(hasFallback
      ? [
          `Customers' own hostnames: AAAA  fallback.${domain}  100::  proxied, then make fallback.${domain} the fallback origin (SSL/TLS, Custom Hostnames); certificates are ordered with the secret CLOUDFLARE_API_TOKEN (permission SSL and Certificates: Edit) and --var CLOUDFLARE_SAAS_ZONE_ID=<id of ${zone}>`,
        ]
      : []),
    ...(except.length > 0
      ? [
          `Routes without a Worker (Workers Routes of ${zone}, Worker: None), before the next deployment at the latest:\n${except.map((host) => `  ${host}/*`).join("\n")}`,
        ]
      : []),
    ...(vars.MAIL_FROM !== undefined
      ? [
          `Mail: onboard ${vars.MAIL_FROM.replace(/^.*@|>$/g, "")} under Email Sending, which makes its DKIM and SPF records`,
        ]
      : []),
    `Public Suffix List: propose ${domain} (private section), with the record TXT  _psl.${domain}  "<URL of the pull request>"`,
  ];
}

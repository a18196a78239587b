import { type Lookup, lookUp } from "./look-up.ts";

/** Where a hostname leads according to DNS. */
export type Lead =
  | {
      kind: "lead";
      /** To this network, by an alias or by its addresses. */
      toUs: boolean;
      /** By an alias that names exactly this zone. */
      toZone: boolean;
      addresses: readonly string[];
    }
  | { kind: "unknown"; reason: string };

/**
 * Finds out where a hostname leads.
 *
 * @param zoneHosts the hostnames of the zone below the edge's domains, the public one first
 */
export async function whereItLeads(
  resolver: string,
  hostname: string,
  zoneHosts: readonly [string, ...string[]],
  edgeDomains: readonly string[],
): Promise<Lead> {
  const [v4, v6] = await Promise.all([lookUp(resolver, hostname, "A"), lookUp(resolver, hostname, "AAAA")]);
  if (v4.kind === "unknown") return v4;
  if (v6.kind === "unknown") return v6;
  const names = [...v4.names, ...v6.names];
  const addresses = [...v4.values, ...v6.values];
  const toZone = names.some((name) => zoneHosts.includes(name));
  const isOurs = (name: string) => edgeDomains.some((domain) => name === domain || name.endsWith(`.${domain}`));
  if (toZone || names.some(isOurs)) return { kind: "lead", toUs: true, toZone, addresses };
  if (addresses.length === 0) return { kind: "lead", toUs: false, toZone, addresses };
  // An alias that is resolved by its own DNS server, such as at a domain's apex, shows only in the addresses.
  const [host] = zoneHosts;
  const ours = await Promise.all([lookUp(resolver, host, "A"), lookUp(resolver, host, "AAAA")]);
  const failed = ours.find((lookup): lookup is Extract<Lookup, { kind: "unknown" }> => lookup.kind === "unknown");
  if (failed !== undefined) return failed;
  const ourAddresses = ours.flatMap((lookup) => (lookup.kind === "answer" ? lookup.values : []));
  return { kind: "lead", toUs: addresses.some((address) => ourAddresses.includes(address)), toZone, addresses };
}

import ipaddr from "ipaddr.js";
import { onceFor } from "../../memo/once-for.ts";
import type { Settings } from "../../settings.ts";
import { SettingsError } from "../../variable-values.ts";

type HostSettings = Pick<Settings, "apiHosts" | "recordsHosts" | "nameServers" | "hostAddresses">;

/** The service's own hosts, in lower case, each with the addresses that the operator has configured for it. */
export type OwnHosts = ReadonlyMap<string, readonly string[]>;

/**
 * The hosts that the settings name: those of the APIs, name servers, and hosts that only have addresses.
 *
 * @throws {SettingsError}
 */
export const ownHostsOf: (settings: HostSettings) => OwnHosts = onceFor(readHosts);

function readHosts({ apiHosts, recordsHosts, nameServers, hostAddresses }: HostSettings): OwnHosts {
  const hosts = new Map([...apiHosts, ...recordsHosts, ...nameServers].map((host): [string, string[]] => [host, []]));
  for (const pair of hostAddresses) {
    if (!isHostAddress(pair)) throw new SettingsError(`HOST_ADDRESSES has an entry that is not host=address: ${pair}`);
    const [host = "", address = ""] = pair.split("=");
    hosts.set(host, [...(hosts.get(host) ?? []), ipaddr.parse(address).toString()]);
  }
  return hosts;
}

/** Whether a text is `host=address`. */
export function isHostAddress(text: string): boolean {
  const [host = "", address = "", ...others] = text.split("=");
  const isAddress = ipaddr.IPv6.isValid(address) || ipaddr.IPv4.isValidFourPartDecimal(address);
  return /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(host) && isAddress && !address.includes("%") && others.length === 0;
}

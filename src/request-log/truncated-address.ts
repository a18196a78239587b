import ipaddr from "ipaddr.js";
import { BoundedMap } from "../memo/bounded-map.ts";

const REMEMBERED = 1_024;
const known = new BoundedMap<string, string>({ entries: REMEMBERED }, "everything");

/**
 * An address without the part that distinguishes neighbours: the first 24 bits of IPv4, or the first 48 of IPv6.
 *
 * @param text a valid address
 */
export function truncatedAddress(text: string): string {
  let truncated = known.get(text);
  if (truncated === undefined) {
    truncated = truncate(text);
    known.set(text, truncated);
  }
  return truncated;
}

function truncate(text: string): string {
  const address = ipaddr.process(text);
  if (address.kind() === "ipv4") return ipaddr.IPv4.networkAddressFromCIDR(`${address}/24`).toString();
  return ipaddr.IPv6.networkAddressFromCIDR(`${address}/48`).toString();
}

import ipaddr from "ipaddr.js";

/**
 * The client that failed authentications are counted for: its IPv4 address, or the /64 of its IPv6 address, which is the
 * least that a provider gives to one customer. Cloudflare sets the header; in front of `npm run serve` a proxy has to.
 * Null: unknown.
 */
export function clientAddress(headers: Headers): string | null {
  const text = headers.get("cf-connecting-ip");
  if (text === null || !ipaddr.isValid(text)) return null;
  const address = ipaddr.process(text);
  if (address.kind() === "ipv4") return address.toString();
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${address}/64`)}/64`;
}

import ipaddr from "ipaddr.js";
import { BoundedMap } from "../memo/bounded-map.ts";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** What a request tells about where it comes from. `cf.clientIp` is set by workerd itself, if nothing is in front of it. */
interface Arrival {
  headers: Headers;
  cf?: object | undefined;
}

/**
 * The client that failed authentications are counted for and that the audit log names: its IPv4 address, or the /64 of its IPv6
 * address, which is the least that a provider assigns to a customer. Null: unknown.
 *
 * @param proxies as for {@link connectingAddress}
 */
export function clientAddress(request: Arrival, proxies: readonly string[] | null): string | null {
  const address = connectingAddress(request, proxies);
  return address === null ? null : customerOf(address);
}

/** The part of an address that stands for one customer of a provider: an IPv4 address, or the /64 of an IPv6 address. */
export function customerOf(text: string): string {
  const address = ipaddr.process(text);
  if (address.kind() === "ipv4") return address.toString();
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${address}/64`)}/64`;
}

/**
 * Used instead of a list of proxies to believe everybody: between the processes of one server, whose sockets nobody else can
 * reach. An operator cannot set it.
 */
export const EVERYBODY = "*";

/** Whether an address is one of these, or in one of these ranges. */
export function isAmong(text: string, addresses: readonly string[]): boolean {
  const address = ipaddr.process(text);
  return isOne(addresses, address);
}

/**
 * The address that a client connects from. Null: unknown.
 *
 * @param proxies null on Cloudflare's network, where no client can set `CF-Connecting-IP`; otherwise the addresses and CIDRs of
 *   the proxies that are believed when they set it. For anybody else, the peer's address counts.
 */
export function connectingAddress({ headers, cf }: Arrival, proxies: readonly string[] | null): string | null {
  if (proxies === null || proxies[0] === EVERYBODY) return addressIn(headers.get("cf-connecting-ip"));
  const peer = addressIn(hostOf(cf));
  if (peer === null || proxies.length === 0 || !isAmong(peer, proxies)) return peer;
  return addressIn(headers.get("cf-connecting-ip"));
}

/** Whether a request comes through one of the trusted proxies. */
export function isBelieved({ cf }: Pick<Arrival, "cf">, proxies: readonly string[]): boolean {
  if (proxies[0] === EVERYBODY) return true;
  const peer = addressIn(hostOf(cf));
  return peer !== null && isAmong(peer, proxies);
}

/** Whether a text names proxies: an address, or a range in CIDR notation. */
export function isProxy(text: string): boolean {
  return ipaddr.isValidCIDR(text) || ipaddr.IPv6.isValid(text) || ipaddr.IPv4.isValidFourPartDecimal(text);
}

function isOne(proxies: readonly string[], peer: Address): boolean {
  return proxies.some((proxy) => contains(proxy, peer));
}

function contains(proxy: string, peer: Address): boolean {
  if (!proxy.includes("/")) return ipaddr.process(proxy).toString() === peer.toString();
  const [range, bits] = ipaddr.parseCIDR(proxy);
  return range.kind() === peer.kind() && peer.match(range, bits);
}

/** The host of workerd's `clientIp`, such as `203.0.113.7:49152` or `[2001:db8::1]:49152`. */
function hostOf(cf: object | undefined): string | null {
  const peer = cf !== undefined && "clientIp" in cf ? cf.clientIp : null;
  if (typeof peer !== "string") return null;
  return /^\[([^\]]+)\]:\d+$/.exec(peer)?.[1] ?? /^([^:]+):\d+$/.exec(peer)?.[1] ?? null;
}

const REMEMBERED = 4_096;
/** Longer than any real spelling of an address (characters). */
const LONGEST = 64;
const known = new BoundedMap<string, string | null>({ entries: REMEMBERED }, "everything");

/**
 * An address in normalised spelling; null: it is not one. Clients come back, and parsing takes a while, so results are kept.
 */
function addressIn(text: string | null): string | null {
  if (text === null || text.length > LONGEST) return null;
  let address = known.get(text);
  if (address === undefined) {
    address = ipaddr.isValid(text) ? ipaddr.process(text).toString() : null;
    known.set(text, address);
  }
  return address;
}

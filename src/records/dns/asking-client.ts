import { connectingAddress, customerOf, isAmong } from "../../accounts/client-address.ts";
import type { Settings } from "../../settings.ts";
import { BRIDGE_CLIENT, BRIDGE_SECRET } from "./bridge-fields.ts";

/** The client that a question is counted for. */
export interface AskingClient {
  key: string;
  /** Its allowance, as a multiple of a single client's. */
  share: number;
}

/** The multiple for a resolver or a dnsdist, which asks for many clients. */
const RESOLVER_SHARE = 50;
/** All clients whose address is unknown share one allowance. */
const UNKNOWN = "unknown";

type ClientSettings = Pick<Settings, "bridgeSecret" | "resolvers" | "trustedProxies">;

/**
 * The client of a request: the one that a bridge with the secret names, or else its sender. UDP and TCP are counted separately:
 * the sender of a datagram can be forged, which must not harm those at the forged address.
 */
export function askingClient(request: Request, settings: ClientSettings): AskingClient {
  const { transport, address } = stated(request.headers, settings) ?? {
    transport: "",
    address: connectingAddress(request, settings.trustedProxies),
  };
  if (address === null) return { key: UNKNOWN, share: 1 };
  if (isAmong(address, settings.resolvers)) return { key: transport + address, share: RESOLVER_SHARE };
  return { key: transport + customerOf(address), share: 1 };
}

/** The client that a bridge names; null: the bridge does not know the secret, or names none. */
function stated(headers: Headers, { bridgeSecret }: ClientSettings): { transport: string; address: string } | null {
  const secret = headers.get(BRIDGE_SECRET);
  if (secret === null || bridgeSecret === null || !isSame(secret, bridgeSecret)) return null;
  const [, transport, text] = /^(udp|tcp) (\S+)$/.exec(headers.get(BRIDGE_CLIENT) ?? "") ?? [];
  const address = connectingAddress({ headers: new Headers({ "cf-connecting-ip": text ?? "" }) }, null);
  return transport === undefined || address === null ? null : { transport: `${transport} `, address };
}

/** In constant time, except for the length. */
function isSame(left: string, right: string): boolean {
  const [one, other] = [left, right].map((text) => new TextEncoder().encode(text)) as [Uint8Array, Uint8Array];
  return one.length === other.length && crypto.subtle.timingSafeEqual(one, other);
}

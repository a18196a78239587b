import { connectingAddress, customerOf, isAmong } from "../../accounts/client-address.ts";
import type { Settings } from "../../settings.ts";
import { BRIDGE_CLIENT, BRIDGE_SECRET } from "./bridge-fields.ts";

/** Who is counted for a question. */
export interface AskingClient {
  key: string;
  /** How many times a client's allowance it has. */
  share: number;
}

/** What a resolver, or a dnsdist, may ask for all the clients that it stands for. */
const RESOLVER_SHARE = 50;
/** Whose address is not known shares its allowance with all others of whom that is true. */
const UNKNOWN = "unknown";

type ClientSettings = Pick<Settings, "bridgeSecret" | "resolvers" | "trustedProxies">;

/**
 * The client of a request: whom a bridge that knows the secret asks for, else who sends it. UDP and TCP are counted apart:
 * the sender of a datagram can be made up, and shall cost nobody who is behind the address that it claims.
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

/** What a bridge states; null where it knows no secret, or states nothing. */
function stated(headers: Headers, { bridgeSecret }: ClientSettings): { transport: string; address: string } | null {
  const secret = headers.get(BRIDGE_SECRET);
  if (secret === null || bridgeSecret === null || !isSame(secret, bridgeSecret)) return null;
  const [, transport, text] = /^(udp|tcp) (\S+)$/.exec(headers.get(BRIDGE_CLIENT) ?? "") ?? [];
  const address = connectingAddress({ headers: new Headers({ "cf-connecting-ip": text ?? "" }) }, null);
  return transport === undefined || address === null ? null : { transport: `${transport} `, address };
}

/** In constant time but for the length. */
function isSame(left: string, right: string): boolean {
  const [one, other] = [left, right].map((text) => new TextEncoder().encode(text)) as [Uint8Array, Uint8Array];
  return one.length === other.length && crypto.subtle.timingSafeEqual(one, other);
}

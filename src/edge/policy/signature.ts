import { BoundedMap } from "../../memo/bounded-map.ts";
import { addressBytes, hmacOf, type Message } from "../../signed-urls/message.ts";
import type { Clients } from "./clients.ts";
import type { SignedToken, Token } from "./token.ts";

/** A key that signs a zone's URLs. */
export interface SigningKey {
  id: string;
  key: string;
}

/** Why a signature does not do. */
export type SignatureRefusal =
  | "signature-missing"
  | "signature-wrong"
  | "signature-address"
  | "signature-country"
  | "signature-expired";

/** No token holds for longer: ten years with as many leap days as they can have (ms). */
const LONGEST_MS = 3_653 * 86_400_000;

/**
 * Verifies the token of a URL. What is remembered is the HMAC of a key and a message alone: time, country and address are
 * looked at each time. The clock is the edge's, to the second, and there is no allowance for that of the signer.
 *
 * @param now ms since the epoch
 */
export function refusalOfSignature(
  token: Token,
  keys: readonly SigningKey[],
  request: Request,
  clients: Clients,
  now: number,
): SignatureRefusal | null {
  if (token.kind === "missing") return "signature-missing";
  if (token.kind === "wrong") return "signature-wrong";
  const { isLocked, expiresAt, countries, blockedCountries } = token;
  const address = isLocked ? (addressBytes(clients.addressOf(request) ?? "") ?? UNKNOWN) : null;
  if (address === UNKNOWN) return "signature-address";
  // Of a locked token nobody can tell a wrong one from one for another address.
  if (!isClaimedRightly(token, keys, address)) return isLocked ? "signature-address" : "signature-wrong";
  if (now >= expiresAt) return "signature-expired";
  if (expiresAt > now + LONGEST_MS) return "signature-wrong";
  if (countries === null && blockedCountries === null) return null;
  const country = clients.countryOf(request);
  if (countries !== null && (country === null || !countries.has(country))) return "signature-country";
  return country !== null && blockedCountries?.has(country) ? "signature-country" : null;
}

const UNKNOWN = new Uint8Array();

/** Compares with all that may have been signed, whichever of it is right. */
function isClaimedRightly(token: SignedToken, keys: readonly SigningKey[], address: Uint8Array | null): boolean {
  const { claimed, paths, data, expires } = token;
  let isRight = false;
  for (const key of keys)
    for (const path of paths)
      for (const one of data) {
        const hmac = rememberedHmac(key, { path, expires, address, data: one });
        if (crypto.subtle.timingSafeEqual(claimed, hmac)) isRight = true;
      }
  return isRight;
}

/** Longer messages are not remembered (characters). */
const LONGEST_REMEMBERED = 1_024;

/** HMACs as text, by key and message. */
const remembered = new BoundedMap<string, Uint8Array>(
  { entries: 8_192, weight: 2_097_152 },
  "everything",
  (name) => name.length,
);
const encoder = new TextEncoder();

function rememberedHmac({ id, key }: SigningKey, message: Message): Uint8Array {
  const { path, expires, address, data } = message;
  // Neither a key's id nor a path has a line end.
  const name = `${id}\n${path}\n${expires}${address === null ? "" : address.toHex()}\n${data}`;
  const known = remembered.get(name);
  if (known !== undefined) return known;
  const hmac = encoder.encode(hmacOf(key, message));
  if (name.length <= LONGEST_REMEMBERED) remembered.set(name, hmac);
  return hmac;
}

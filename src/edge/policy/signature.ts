import { BoundedMap } from "../../memo/bounded-map.ts";
import { addressBytes, hmacOf, type Message } from "../../signed-urls/message.ts";
import type { Clients } from "./clients.ts";
import type { SignedToken, Token } from "./token.ts";

/** A key that signs a zone's URLs. */
export interface SigningKey {
  id: string;
  key: string;
}

/** Why a signature is refused. */
export type SignatureRefusal =
  | "signature-missing"
  | "signature-wrong"
  | "signature-address"
  | "signature-country"
  | "signature-expired";

/** The longest time that a token may hold: ten years, with as many leap days as they can have (ms). */
const LONGEST_MS = 3_653 * 86_400_000;

/**
 * Verifies the token of a URL. Only the HMAC of a key and a message is remembered: time, country and address are checked each
 * time. The edge's clock counts, to the second, with no allowance for the signer's.
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
  // If a token is locked to an address, a wrong token cannot be told from one for another address.
  if (!isClaimedRightly(token, keys, address)) return isLocked ? "signature-address" : "signature-wrong";
  if (now >= expiresAt) return "signature-expired";
  if (expiresAt > now + LONGEST_MS) return "signature-wrong";
  if (countries === null && blockedCountries === null) return null;
  const country = clients.countryOf(request);
  if (countries !== null && (country === null || !countries.has(country))) return "signature-country";
  return country !== null && blockedCountries?.has(country) ? "signature-country" : null;
}

const UNKNOWN = new Uint8Array();

/** Compares with everything that may have been signed, even after a match. */
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
  // Key ids and paths have no line ends.
  const name = `${id}\n${path}\n${expires}${address === null ? "" : address.toHex()}\n${data}`;
  const known = remembered.get(name);
  if (known !== undefined) return known;
  const hmac = encoder.encode(hmacOf(key, message));
  if (name.length <= LONGEST_REMEMBERED) remembered.set(name, hmac);
  return hmac;
}

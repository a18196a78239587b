import { env } from "cloudflare:workers";
import { readKeyring } from "../../src/secrets/keyring.ts";
import { seal } from "../../src/secrets/seal.ts";
import { type Grant, signUrl } from "../../src/signed-urls/sign-url.ts";
import type { ZoneSettings } from "../../src/zones/settings.ts";
import { type SealedKey, signingKeyPlace } from "../../src/zones/zone.ts";
import { type Play, play } from "./edge.ts";

/** A key in the form of a zone's document, sealed as the API seals it. */
export function sealedKey(zoneId: string, id: string, key: string): SealedKey {
  return { id, sealed: seal(key, signingKeyPlace(zoneId, id), readKeyring(env.SECRETS_KEY!)!) };
}

/** A zone whose URLs have to be signed, and its signer. */
export interface SignedPlay extends Play {
  /** A URL's signed path and query, valid for an hour unless the grant says otherwise. */
  sign(path: string, grant?: Partial<Grant>): string;
}

/** Puts a zone whose URLs have to be signed into the zone table. */
export async function playSigned(settings: Partial<ZoneSettings> = {}, keys = ["first-key"]): Promise<SignedPlay> {
  const id = `zone_${crypto.randomUUID().slice(0, 8)}`;
  const signing_keys = keys.map((key, index) => sealedKey(id, `sign_${id}_${index}`, key));
  const made = await play({ signed_urls: "required", ...settings }, { id, signing_keys });
  const host = `http://${made.zone.name}.rescdn.localhost`;
  return {
    ...made,
    sign(path, grant = {}) {
      const expires = Math.floor(Date.now() / 1000) + 3600;
      return signUrl(`${host}${path}`, { key: keys[0]!, expires, ...grant }).slice(host.length);
    },
  };
}

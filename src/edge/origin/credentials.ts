import { log } from "../../log/log.ts";
import type { Keyring } from "../../secrets/keyring.ts";
import { open } from "../../secrets/seal.ts";
import { originAuthPlace } from "../../zones/origin-settings.ts";
import type { Candidate, Credentials } from "./candidates.ts";

/**
 * The credentials that the edge shows an origin, opened once for each document; null: the secret cannot be opened.
 *
 * @param keyring null: there is none, so nothing can be opened
 */
export function credentialsOf(origin: Candidate, zoneId: string, keyring: Keyring | null): Credentials | null {
  if (origin.credentials === undefined) origin.credentials = openedFor(origin, zoneId, keyring);
  return origin.credentials;
}

/**
 * A field that is meant for one origin may be its password, so each origin gets only its own. A client's credentials are never
 * sent beside the zone's.
 */
export function headersFor({ headers: own }: Candidate, headers: Headers, credentials: Credentials | null): Headers {
  const all = new Headers(headers);
  if (credentials !== null) all.delete("authorization");
  if (credentials?.kind === "s3")
    for (const name of [...all.keys()]) if (/^x-(?:amz|goog)-/.test(name)) all.delete(name);
  for (const [name, value] of Object.entries(own)) all.set(name, value);
  if (credentials?.kind === "authorization") all.set("authorization", credentials.value);
  return all;
}

function openedFor({ auth, base, name }: Candidate, zoneId: string, keyring: Keyring | null): Credentials | null {
  if (auth === null) return null;
  const secret = keyring && open(auth.sealed, originAuthPlace(zoneId, base), keyring);
  if (secret === null) {
    log("origin_auth_unreadable", { zone: zoneId, origin: name ?? base });
    return null;
  }
  switch (auth.type) {
    case "s3":
      return { kind: "s3", region: auth.region, accessKeyId: auth.access_key_id, secret, derived: new Map() };
    case "basic":
      return { kind: "authorization", value: `Basic ${base64(`${auth.username}:${secret}`)}` };
    case "bearer":
      return { kind: "authorization", value: `Bearer ${secret}` };
    default:
      return auth satisfies never;
  }
}

/** RFC 7617 §2.1: as UTF-8, which is how most servers read it. */
function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

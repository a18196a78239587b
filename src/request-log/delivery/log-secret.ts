import type { Keyring } from "../../secrets/keyring.ts";
import { open, seal } from "../../secrets/seal.ts";

/** The secret of a zone's log delivery in the form that D1 stores. */
export function sealedLogSecret(secret: string, zone: string, keyring: Keyring): string {
  return seal(secret, placeOf(zone), keyring);
}

/** Null: the keyring cannot open it. */
export function openedLogSecret(sealed: string, zone: string, keyring: Keyring | null): string | null {
  return keyring && open(sealed, placeOf(zone), keyring);
}

function placeOf(zone: string): string {
  return `secret of the logs of ${zone}`;
}

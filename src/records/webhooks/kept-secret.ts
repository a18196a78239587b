import type { Keyring } from "../../secrets/keyring.ts";
import { open, seal } from "../../secrets/seal.ts";
import { PREFIX } from "../../signed-delivery/secret.ts";

/** A webhook's secret as D1 stores it: sealed, if the deployment has a keyring. */
export function keptSecret(secret: string, webhook: string, keyring: Keyring | null): string {
  return keyring === null ? secret : seal(secret, placeOf(webhook), keyring);
}

/**
 * The secret that {@link keptSecret} turned into `kept`. An unsealed one was stored without a keyring. Null: the keyring cannot
 * open it.
 */
export function openedSecret(kept: string, webhook: string, keyring: Keyring | null): string | null {
  if (kept.startsWith(PREFIX)) return kept;
  return keyring && open(kept, placeOf(webhook), keyring);
}

function placeOf(webhook: string): string {
  return `secret of the webhook ${webhook}`;
}

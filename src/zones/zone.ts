import type { PurgeLog } from "./purge/purge-log.ts";
import type { Ruled } from "./rules/ruled.ts";
import type { ZoneSettings } from "./settings.ts";
import type { Takedowns } from "./takedowns.ts";

/**
 * A zone as the edge knows it: the JSON document under `zone:<name>` in the zone table (KV).
 * The control plane writes it from D1; the edge reads nothing else.
 */
export interface ZoneDocument {
  /** `zone_…`; part of every cache key, so that a name taken anew never meets its predecessor's objects. */
  id: string;
  account: string;
  name: string;
  /** A test zone is served like a live one, marked, and counted apart from the live ones. */
  mode: "live" | "test";
  /** A deleted zone's document stays for a while, so that a late reader of the table does not revive it. */
  state: "active" | "paused" | "deleted";
  /** `scheme://host[:port]`, perhaps with a path, checked by the origin guard; of several the first. */
  origin: string;
  settings: ZoneSettings;
  /** Grows by one with every change, purges too. */
  version: number;
  purges: PurgeLog;
  /** What the operator has blocked; left out: nothing. */
  takedowns?: Takedowns;
  /** Its customer's own hostnames that lead to it; left out: none. */
  hostnames?: readonly string[];
  /** The names of those of its origins that the cron has found down; left out: none. */
  origins_down?: readonly string[];
  /** Never in the table: what the zone's rules make of it for a request, beside what they change of its settings. */
  ruled?: Ruled;
  /** What signs its URLs; left out: nothing. */
  signing_keys?: readonly SealedKey[];
}

/** A key that signs URLs of a zone, encrypted. */
export interface SealedKey {
  id: string;
  /** As `seal` makes it, for {@link signingKeyPlace}. */
  sealed: string;
}

/** What a signing key is sealed for: it can be opened for no other zone, and under no other id. */
export function signingKeyPlace(zoneId: string, keyId: string): string {
  return `signing key ${keyId} of ${zoneId}`;
}

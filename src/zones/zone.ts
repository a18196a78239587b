import type { PurgeLog } from "./purge/purge-log.ts";
import type { Ruled } from "./rules/ruled.ts";
import type { ZoneSettings } from "./settings.ts";
import type { Takedowns } from "./takedowns.ts";

/**
 * A zone as the edge knows it: the JSON document under `zone:<name>` in the zone table (KV).
 * The control plane writes it from D1; the edge reads nothing else.
 */
export interface ZoneDocument {
  /** `zone_…`; part of every cache key, so that a new zone never meets the objects of an earlier one with its name. */
  id: string;
  account: string;
  name: string;
  /** A test zone is served like a live one, but is marked and counted separately. */
  mode: "live" | "test";
  /** A deleted zone's document stays for a while, so that a late reader of the table does not revive it. */
  state: "active" | "paused" | "deleted";
  /** `scheme://host[:port]`, perhaps with a path, checked by the origin guard; the first, if there are several. */
  origin: string;
  settings: ZoneSettings;
  /** Grows by one with every change, including purges. */
  version: number;
  purges: PurgeLog;
  /** What the operator has blocked; absent: nothing. */
  takedowns?: Takedowns;
  /** The customer's own hostnames that lead to it; absent: none. */
  hostnames?: readonly string[];
  /** The names of its origins that the cron has found down; absent: none. */
  origins_down?: readonly string[];
  /** Never in the table: what the zone's rules add for a request, besides what they change in its settings. */
  ruled?: Ruled;
  /** The keys that sign its URLs; absent: none. */
  signing_keys?: readonly SealedKey[];
}

/** A key that signs URLs of a zone, encrypted. */
export interface SealedKey {
  id: string;
  /** The output of `seal`, for {@link signingKeyPlace}. */
  sealed: string;
}

/** The place that a signing key is sealed for: it cannot be opened for another zone, or under another id. */
export function signingKeyPlace(zoneId: string, keyId: string): string {
  return `signing key ${keyId} of ${zoneId}`;
}

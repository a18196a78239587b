import type { AskBucket } from "../../files/buckets.ts";
import { BoundedMap } from "../../memo/bounded-map.ts";
import type { Keyring } from "../../secrets/keyring.ts";
import type { Asked } from "../request/asked.ts";
import { type LocationNotes, OriginHealth } from "./origin-health.ts";
import { OriginSlots } from "./origin-slots.ts";

/** What an isolate asks origins with. */
export interface OriginAccess {
  /** What zones' secrets are sealed with; null: nothing. */
  keyring: Keyring | null;
  health: OriginHealth;
  slots: OriginSlots;
  /** How far the clocks of buckets are ahead, by their hosts, ms. */
  skews: BoundedMap<string, number>;
  /** Asks the buckets that zones may have in the place of a server. */
  buckets: AskBucket;
}

/** Takes note of what a zone's origin is asked, whatever comes of it. */
export interface OriginNotes {
  /** @param firstByteMs until its answer began; null: it gave none */
  asked(firstByteMs: number | null): void;
  /** Bytes of its bodies, as they come from it. */
  received(bytes: number): void;
}

/** Whose origin is asked, and with what. */
export type Asking = Pick<Asked, "zone" | "hosts" | "waitUntil"> & { origins: OriginAccess; noteOrigin: OriginNotes };

/**
 * @param notes where the isolates of a location tell each other which origins are down
 * @param buckets left out: there are none
 */
export function originAccess(
  keyring: Keyring | null,
  notes: LocationNotes,
  buckets: AskBucket = () => null,
): OriginAccess {
  const skews = new BoundedMap<string, number>({ entries: 1_000 }, "the oldest");
  return { keyring, health: new OriginHealth(notes), slots: new OriginSlots(), skews, buckets };
}

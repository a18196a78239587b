import type { AskBucket } from "../../files/buckets.ts";
import { BoundedMap } from "../../memo/bounded-map.ts";
import type { Keyring } from "../../secrets/keyring.ts";
import type { Asked } from "../request/asked.ts";
import { type LocationNotes, OriginHealth } from "./origin-health.ts";
import { OriginSlots } from "./origin-slots.ts";

/** What an isolate needs to ask origins. */
export interface OriginAccess {
  /** The keys that seal zones' secrets; null: there are none. */
  keyring: Keyring | null;
  health: OriginHealth;
  slots: OriginSlots;
  /** How far the clocks of buckets are ahead, by host, ms. */
  skews: BoundedMap<string, number>;
  /** Asks the buckets that zones may have instead of a server. */
  buckets: AskBucket;
}

/** Takes note of requests to a zone's origin, whatever comes of them. */
export interface OriginNotes {
  /** @param firstByteMs until its answer began; null: it gave none */
  asked(firstByteMs: number | null): void;
  /** Called with the bytes of its bodies, as they come. */
  received(bytes: number): void;
}

/** Whose origin is asked, and what is needed to ask it. */
export type Asking = Pick<Asked, "zone" | "hosts" | "waitUntil"> & { origins: OriginAccess; noteOrigin: OriginNotes };

/**
 * @param notes where the isolates of a location share which origins are down
 * @param buckets omitted: there are none
 */
export function originAccess(
  keyring: Keyring | null,
  notes: LocationNotes,
  buckets: AskBucket = () => null,
): OriginAccess {
  const skews = new BoundedMap<string, number>({ entries: 1_000 }, "the oldest");
  return { keyring, health: new OriginHealth(notes), slots: new OriginSlots(), skews, buckets };
}

import type { OriginLimit } from "../../zones/origin-settings.ts";

/** A request that is older than this must have been ended by the platform without notice, ms. */
const LONGEST_MS = 600_000;

const WAIT_MS = 1_000;
const QUEUED_FOR_EACH = 10;

/** How long a request waits for its turn, ms. */
export function waitOf({ wait_ms = WAIT_MS }: OriginLimit): number {
  return wait_ms;
}

/** A zone's requests to its origins in this isolate. */
interface Zone {
  /** When each began, oldest first. */
  running: Set<{ begunAt: number }>;
  /** Those that wait, in order. Each is called with its slot. */
  waiting: Set<(place: EndOfRequest) => void>;
}

/** Frees the slot of a request to an origin. Calling it more than once does no harm. */
export type EndOfRequest = () => void;

/**
 * Bounds how many requests an isolate makes to a zone's origins at the same time, for zones that want it. A request that finds
 * all slots taken waits for a while, unless too many do. No state is shared in a location: each isolate counts for itself.
 */
export class OriginSlots {
  readonly #zones = new Map<string, Zone>();

  /** How many zones are known: only those with requests under way. */
  get size(): number {
    return this.#zones.size;
  }

  /** A slot for one request; null: none became free within the time that the zone waits. @param now ms since the epoch */
  async take(zoneId: string, limit: OriginLimit, now: number): Promise<EndOfRequest | null> {
    const { concurrent, queue = QUEUED_FOR_EACH * concurrent } = limit;
    const wait = waitOf(limit);
    const zone = this.#of(zoneId);
    for (const request of zone.running) {
      if (now - request.begunAt <= LONGEST_MS) break;
      zone.running.delete(request);
    }
    // Nobody overtakes requests that wait.
    if (zone.running.size < concurrent && zone.waiting.size === 0) return this.#begin(zoneId, zone, now);
    if (zone.waiting.size >= queue || wait === 0) return null;
    const { promise, resolve } = Promise.withResolvers<EndOfRequest | null>();
    zone.waiting.add(resolve);
    const timer = setTimeout(() => {
      // Removed at once: a slot given to a request that has given up would be lost.
      zone.waiting.delete(resolve);
      resolve(null);
    }, wait);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  #begin(zoneId: string, zone: Zone, now: number): EndOfRequest {
    const request = { begunAt: now };
    zone.running.add(request);
    return () => {
      if (!zone.running.delete(request)) return;
      const [next] = zone.waiting;
      if (next !== undefined) {
        zone.waiting.delete(next);
        next(this.#begin(zoneId, zone, Date.now()));
      } else if (zone.running.size === 0) {
        this.#zones.delete(zoneId);
      }
    };
  }

  #of(zoneId: string): Zone {
    let zone = this.#zones.get(zoneId);
    if (zone === undefined) {
      zone = { running: new Set(), waiting: new Set() };
      this.#zones.set(zoneId, zone);
    }
    return zone;
  }
}

import type { OriginLimit } from "../../zones/origin-settings.ts";

/** After so long the platform must have ended a request without a word, ms. */
const LONGEST_MS = 600_000;

const WAIT_MS = 1_000;
const QUEUED_FOR_EACH = 10;

/** For how long a request waits for its turn, ms. */
export function waitOf({ wait_ms = WAIT_MS }: OriginLimit): number {
  return wait_ms;
}

/** A zone's requests to its origins in this isolate. */
interface Zone {
  /** When each began, the oldest first. */
  running: Set<{ begunAt: number }>;
  /** Those that wait, in their order; given a place. */
  waiting: Set<(place: EndOfRequest) => void>;
}

/** Gives back the place of a request to an origin; more than once does no harm. */
export type EndOfRequest = () => void;

/**
 * How many requests an isolate makes of a zone's origins at the same time, for zones that bound it. Who finds all places taken
 * waits for a while, as long as not too many do. No state spans a location: each isolate counts by itself.
 */
export class OriginSlots {
  readonly #zones = new Map<string, Zone>();

  /** How many zones are known: none of those that ask nothing. */
  get size(): number {
    return this.#zones.size;
  }

  /** A place for one request; null: there is none within the time that the zone waits. @param now ms since the epoch */
  async take(zoneId: string, limit: OriginLimit, now: number): Promise<EndOfRequest | null> {
    const { concurrent, queue = QUEUED_FOR_EACH * concurrent } = limit;
    const wait = waitOf(limit);
    const zone = this.#of(zoneId);
    for (const request of zone.running) {
      if (now - request.begunAt <= LONGEST_MS) break;
      zone.running.delete(request);
    }
    // Nobody overtakes those that wait.
    if (zone.running.size < concurrent && zone.waiting.size === 0) return this.#begin(zoneId, zone, now);
    if (zone.waiting.size >= queue || wait === 0) return null;
    const { promise, resolve } = Promise.withResolvers<EndOfRequest | null>();
    zone.waiting.add(resolve);
    const timer = setTimeout(() => {
      // At once: a place that is given to who has given up would be lost.
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

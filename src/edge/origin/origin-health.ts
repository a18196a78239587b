import { BoundedMap } from "../../memo/bounded-map.ts";

/** Where the isolates of a location tell each other which origins are down. */
export interface LocationNotes {
  read(key: string): Promise<string | null>;
  write(key: string, text: string): Promise<void>;
}

/** For an isolate that has nobody to tell, or to be told by. */
export const ALONE: LocationNotes = { read: async () => null, write: async () => undefined };

/** So many failures in a row, and an origin is asked only where no other is left. */
const FAILURES = 3;

/** After so long an origin that is down is tried again, ms. */
export const RETRY_MS = 10_000;

/** How old what the location says may be, ms. */
const READ_MS = 1_000;

/** Zones of which it is remembered; the oldest go first. */
const REMEMBERED = 1_000;

/** What an isolate knows of a zone's origins, by their ids. */
interface Known {
  /** Failures in a row. */
  failures: Map<string, number>;
  /** Since when each is down, or was last tried, ms since the epoch. */
  down: Map<string, number>;
  readAt: number;
}

/**
 * Which origins of which zone are down, by what requests to them came to. The isolates of a location share it through its cache.
 * Only zones with several origins are known here.
 */
export class OriginHealth {
  readonly #notes: LocationNotes;
  readonly #zones = new BoundedMap<string, Known>({ entries: REMEMBERED }, "the oldest");

  constructor(notes: LocationNotes) {
    this.#notes = notes;
  }

  /** Those that are down. The first request after a while reads what the location says. @param now ms since the epoch */
  async downOf(zone: string, now: number): Promise<ReadonlyMap<string, number>> {
    const known = this.#of(zone);
    if (now - known.readAt >= READ_MS || now < known.readAt) {
      known.readAt = now;
      // Health is an advantage, never a condition: without the cache each isolate has its own.
      const text = await this.#notes.read(zone).catch(() => null);
      if (text !== null) known.down = downIn(text, now);
    }
    return known.down;
  }

  /** Takes note of an answer. Whether that ends a time of being down. */
  noteAnswer(zone: string, origin: string): boolean {
    const known = this.#of(zone);
    known.failures.delete(origin);
    return known.down.delete(origin);
  }

  /** Takes note of a failure. Whether that begins a time of being down. @param now ms since the epoch */
  noteFailure(zone: string, origin: string, now: number): boolean {
    const known = this.#of(zone);
    const failures = (known.failures.get(origin) ?? 0) + 1;
    known.failures.set(origin, failures);
    if (failures < FAILURES || known.down.has(origin)) return false;
    known.down.set(origin, now);
    return true;
  }

  /** Whether an origin that is down is to be tried by whoever asks this: nobody else is told so for a while. */
  takeTrial(zone: string, origin: string, now: number): boolean {
    const known = this.#of(zone);
    const since = known.down.get(origin);
    if (since === undefined || now - since < RETRY_MS) return false;
    known.down.set(origin, now);
    return true;
  }

  /** Tells the location's other isolates. */
  async share(zone: string): Promise<void> {
    await this.#notes.write(zone, JSON.stringify([...this.#of(zone).down]));
  }

  #of(zone: string): Known {
    let known = this.#zones.get(zone);
    if (known === undefined) {
      known = { failures: new Map(), down: new Map(), readAt: 0 };
      this.#zones.set(zone, known);
    }
    return known;
  }
}

/** After so long without a word from anybody, nobody knows any more, ms. */
const FORGOTTEN_MS = 600_000;

function downIn(text: string, now: number): Map<string, number> {
  try {
    const entries = JSON.parse(text) as [string, number][];
    return new Map(entries.filter(([, since]) => now - since < FORGOTTEN_MS));
  } catch {
    return new Map(); // a cache may hold anything
  }
}

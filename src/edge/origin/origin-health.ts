import { BoundedMap } from "../../memo/bounded-map.ts";
import type { FailureReason } from "./failure-reason.ts";

/** Where the isolates of a location share which origins are down. */
export interface LocationNotes {
  read(key: string): Promise<string | null>;
  write(key: string, text: string): Promise<void>;
}

/** For an isolate that has nobody to share with. */
export const ALONE: LocationNotes = { read: async () => null, write: async () => undefined };

/** After this many failures in a row, an origin is asked only if no other is left. */
const FAILURES = 3;

/** After this time, an origin that is down is tried again, ms. */
export const RETRY_MS = 10_000;

/** How long a note that was read from the location is good for, ms. */
const READ_MS = 1_000;

/** How many zones are remembered; the oldest go first. */
const REMEMBERED = 1_000;

/** A state that nobody has confirmed for this long is forgotten, ms. */
const FORGOTTEN_MS = 600_000;

/** The known state of an origin: down, or up again. Times are in ms since the epoch. */
export interface OriginState {
  isDown: boolean;
  /** When that was last reported, which is also when an origin that is down was last tried. */
  at: number;
  since: number;
  /** Its last failure; null: it is up, or nobody has said. */
  reason: string | null;
}

/** How many origins are kept for a zone, including those that it has replaced. */
const MOST_ORIGINS = 64;

/** What an isolate knows of a zone's origins, by id. */
interface Known {
  /** Failures in a row. */
  failures: BoundedMap<string, number>;
  /** States of those that have been down. The latest report counts, whoever made it. */
  states: BoundedMap<string, OriginState>;
  /** Those that are about to be tried. */
  trying: Set<string>;
  readAt: number;
}

/**
 * Which origins of which zone are down, judged by requests to them. The isolates of a location share this through its cache,
 * the processes of one machine through the process that holds their shared state. Only zones with several origins are kept
 * here.
 */
export class OriginHealth {
  readonly #notes: LocationNotes;
  readonly #zones = new BoundedMap<string, Known>({ entries: REMEMBERED }, "the oldest");

  constructor(notes: LocationNotes) {
    this.#notes = notes;
  }

  /** The origins that are down. The first request after a while reads the location's note. @param now ms since the epoch */
  async downOf(zone: string, now: number): Promise<ReadonlySet<string>> {
    const states = await this.statesOf(zone, now);
    return new Set([...states].filter(([, { isDown }]) => isDown).map(([origin]) => origin));
  }

  /** The states of origins that have been down, by id. @param now ms since the epoch */
  async statesOf(zone: string, now: number): Promise<ReadonlyMap<string, OriginState>> {
    const known = this.#of(zone);
    if (now - known.readAt >= READ_MS || now < known.readAt) await this.#read(zone, known, now);
    return new Map(known.states);
  }

  /** Takes note of an answer. Returns whether the origin was down until now. @param now ms since the epoch */
  noteAnswer(zone: string, origin: string, now: number): boolean {
    const known = this.#of(zone);
    known.failures.delete(origin);
    if (!isDown(known, origin)) return false;
    say(known, origin, { isDown: false, since: now, reason: null }, now);
    return true;
  }

  /** Takes note of a failure. Returns whether the origin is down from now on. @param now ms since the epoch */
  noteFailure(zone: string, origin: string, reason: FailureReason, now: number): boolean {
    const known = this.#of(zone);
    const failures = (known.failures.get(origin) ?? 0) + 1;
    known.failures.set(origin, failures);
    if (failures < FAILURES || isDown(known, origin)) return false;
    say(known, origin, { isDown: true, since: now, reason }, now);
    return true;
  }

  /** Whether an origin is due to be tried again, as far as is known here. @param now ms since the epoch */
  isDue(zone: string, origin: string, now: number): boolean {
    const { states, trying } = this.#of(zone);
    const state = states.get(origin);
    return state?.isDown === true && now - state.at >= RETRY_MS && !trying.has(origin);
  }

  /**
   * Whether the caller should try an origin that is due. Nobody else gets this answer for a while, neither here nor, once they
   * are told ({@link share}), in the location's other isolates.
   */
  async takeTrial(zone: string, origin: string, now: number): Promise<boolean> {
    const known = this.#of(zone);
    if (!this.isDue(zone, origin, now)) return false;
    known.trying.add(origin);
    try {
      await this.#read(zone, known, now);
    } finally {
      known.trying.delete(origin);
    }
    // Another isolate may have been faster, or the origin may be up by now.
    const state = known.states.get(origin);
    if (state === undefined || !this.isDue(zone, origin, now)) return false;
    say(known, origin, state, now);
    return true;
  }

  /** Tells the location's other isolates, and reads what they have noted meanwhile. @param now ms since the epoch */
  async share(zone: string, now: number): Promise<void> {
    const known = this.#of(zone);
    await this.#read(zone, known, now);
    const told = [...known.states].filter(([, { at }]) => now - at < FORGOTTEN_MS);
    await this.#notes.write(zone, JSON.stringify(told));
  }

  /** Knowing health helps but is never required: without the location's note, each isolate goes by its own. */
  async #read(zone: string, known: Known, now: number): Promise<void> {
    const text = await this.#notes.read(zone).catch(() => null);
    // Set only now, so that requests that come meanwhile read as well, rather than go by an old note.
    known.readAt = now;
    if (text === null) return;
    for (const [origin, state] of statesIn(text, now)) learn(known, origin, state);
  }

  #of(zone: string): Known {
    let known = this.#zones.get(zone);
    if (known === undefined) {
      const bound = { entries: MOST_ORIGINS };
      known = {
        failures: new BoundedMap(bound, "the oldest"),
        states: new BoundedMap(bound, "the oldest"),
        trying: new Set(),
        readAt: 0,
      };
      this.#zones.set(zone, known);
    }
    return known;
  }
}

function isDown({ states }: Known, origin: string): boolean {
  return states.get(origin)?.isDown === true;
}

/** What is seen here is newer than all that was known, whatever other isolates' clocks say. */
function say({ states }: Known, origin: string, state: Omit<OriginState, "at">, now: number): void {
  const before = states.get(origin)?.at ?? 0;
  states.set(origin, { ...state, at: Math.max(now, before + 1) });
}

/** Takes in a report about an origin, unless a later one is known. */
function learn({ states, failures }: Known, origin: string, state: OriginState): void {
  const before = states.get(origin);
  if (before !== undefined && before.at >= state.at) return;
  states.set(origin, state);
  if (!state.isDown) failures.delete(origin);
}

function statesIn(text: string, now: number): [string, OriginState][] {
  try {
    const entries = JSON.parse(text) as [string, Partial<OriginState>][];
    return entries.flatMap(([origin, { isDown, at, since, reason }]): [string, OriginState][] => {
      if (typeof isDown !== "boolean" || typeof at !== "number") return [];
      // Notes from too far in the future are dropped: one from a wrong clock would be believed for ever.
      if (now - at >= FORGOTTEN_MS || at - now >= FORGOTTEN_MS) return [];
      const told = {
        since: typeof since === "number" ? since : at,
        reason: typeof reason === "string" ? reason : null,
      };
      return [[origin, { isDown, at, ...told }]];
    });
  } catch {
    return []; // a cache may hold anything
  }
}

import { BoundedMap } from "../../memo/bounded-map.ts";
import type { FailureReason } from "./failure-reason.ts";

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

/** After so long without a word from anybody, nobody knows any more, ms. */
const FORGOTTEN_MS = 600_000;

/** What is known of an origin: down, or up again. Times are in ms since the epoch. */
export interface OriginState {
  isDown: boolean;
  /** When that was said last, which is also when one that is down was last tried. */
  at: number;
  since: number;
  /** What its last failure was; null: it is up, or nobody has said. */
  reason: string | null;
}

/** Of origins that a zone has had and changed no more is kept than this. */
const MOST_ORIGINS = 64;

/** What an isolate knows of a zone's origins, by their ids. */
interface Known {
  /** Failures in a row. */
  failures: BoundedMap<string, number>;
  /** Of those that have been down. What was said last counts, whoever said it. */
  states: BoundedMap<string, OriginState>;
  /** Those that are about to be tried. */
  trying: Set<string>;
  readAt: number;
}

/**
 * Which origins of which zone are down, by what requests to them came to. The isolates of a location share it through its cache,
 * the processes of one machine through the one that holds what they share. Only zones with several origins are known here.
 */
export class OriginHealth {
  readonly #notes: LocationNotes;
  readonly #zones = new BoundedMap<string, Known>({ entries: REMEMBERED }, "the oldest");

  constructor(notes: LocationNotes) {
    this.#notes = notes;
  }

  /** Those that are down. The first request after a while reads what the location says. @param now ms since the epoch */
  async downOf(zone: string, now: number): Promise<ReadonlySet<string>> {
    const states = await this.statesOf(zone, now);
    return new Set([...states].filter(([, { isDown }]) => isDown).map(([origin]) => origin));
  }

  /** What is known of those that have been down, by their ids. @param now ms since the epoch */
  async statesOf(zone: string, now: number): Promise<ReadonlyMap<string, OriginState>> {
    const known = this.#of(zone);
    if (now - known.readAt >= READ_MS || now < known.readAt) await this.#read(zone, known, now);
    return new Map(known.states);
  }

  /** Takes note of an answer. Whether that ends a time of being down. @param now ms since the epoch */
  noteAnswer(zone: string, origin: string, now: number): boolean {
    const known = this.#of(zone);
    known.failures.delete(origin);
    if (!isDown(known, origin)) return false;
    say(known, origin, { isDown: false, since: now, reason: null }, now);
    return true;
  }

  /** Takes note of a failure. Whether that begins a time of being down. @param now ms since the epoch */
  noteFailure(zone: string, origin: string, reason: FailureReason, now: number): boolean {
    const known = this.#of(zone);
    const failures = (known.failures.get(origin) ?? 0) + 1;
    known.failures.set(origin, failures);
    if (failures < FAILURES || isDown(known, origin)) return false;
    say(known, origin, { isDown: true, since: now, reason }, now);
    return true;
  }

  /** Whether an origin's time to be tried again has come, as far as is known here. @param now ms since the epoch */
  isDue(zone: string, origin: string, now: number): boolean {
    const { states, trying } = this.#of(zone);
    const state = states.get(origin);
    return state?.isDown === true && now - state.at >= RETRY_MS && !trying.has(origin);
  }

  /**
   * Whether an origin that is due is to be tried by whoever asks this: nobody else is told so for a while, here and in the
   * location's other isolates once they are told ({@link share}).
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
    // Another isolate may have been faster, or it may be up by now.
    const state = known.states.get(origin);
    if (state === undefined || !this.isDue(zone, origin, now)) return false;
    say(known, origin, state, now);
    return true;
  }

  /** Tells the location's other isolates, and hears what they have told meanwhile. @param now ms since the epoch */
  async share(zone: string, now: number): Promise<void> {
    const known = this.#of(zone);
    await this.#read(zone, known, now);
    const told = [...known.states].filter(([, { at }]) => now - at < FORGOTTEN_MS);
    await this.#notes.write(zone, JSON.stringify(told));
  }

  /** Health is an advantage, never a condition: without what the location says each isolate has its own. */
  async #read(zone: string, known: Known, now: number): Promise<void> {
    const text = await this.#notes.read(zone).catch(() => null);
    // Only now: who asks meanwhile reads as well, and does not go by what is old.
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

/** What is seen here comes after all that was known, whatever other isolates' clocks say. */
function say({ states }: Known, origin: string, state: Omit<OriginState, "at">, now: number): void {
  const before = states.get(origin)?.at ?? 0;
  states.set(origin, { ...state, at: Math.max(now, before + 1) });
}

/** Takes in what was said of an origin, unless something was said after it. */
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
      // No note is of the future for long: by a clock that is wrong it would be believed for ever.
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

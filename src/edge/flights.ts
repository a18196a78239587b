import type { OriginFailure } from "./origin.ts";
import type { StoredResponse } from "./stored-response.ts";

/** What a request to the origin leaves for the others that wait for the same key. Plain data only. */
export type Landing =
  | { kind: "bytes"; stored: StoredResponse; bytes: Uint8Array; coded: Map<"br" | "gzip", Uint8Array> }
  /** The store has it. */
  | { kind: "stored"; stored: StoredResponse }
  /** Nothing that could be shared: each has to ask for itself. */
  | { kind: "unshared" }
  /** The body broke off: one of the waiting should try again. */
  | { kind: "broken" }
  | { kind: "failed"; failure: OriginFailure };

/** How long a failure of the origin answers for a key, ms: long enough that a dying origin is not hammered. */
const FAILURE_MS = 2_000;

/** How long a key that could not be shared is not waited for, ms ("hit-for-miss" in Varnish). */
const UNSHARED_MS = 2_000;

/** Keys remembered of each kind; the oldest go first. */
const REMEMBERED_KEYS = 1_000;

/** One request to an origin that others may wait for. */
export interface Flight {
  landing: Promise<Landing>;
  hasLanded: boolean;
  /** The resource has changed since: what it brings is not to be stored. */
  isOutdated: boolean;
}

/**
 * The requests to origins that are in flight in this isolate, by cache key, and what the last ones taught.
 * A flight is kept alive by the request that leads it (`waitUntil`), whether or not that request's client stays.
 */
export class Flights {
  readonly #flying = new Map<string, Flight>();
  readonly #failures = new Map<string, { failure: OriginFailure; until: number }>();
  readonly #unshared = new Map<string, number>();

  /** The flight to wait for; null where there is none, or waiting has just proved useless. */
  waitable(key: string, now: number): Promise<Landing> | null {
    if ((this.#unshared.get(key) ?? 0) > now) return null;
    return this.#flying.get(key)?.landing ?? null;
  }

  isFlying(key: string): boolean {
    return this.#flying.has(key);
  }

  recentFailure(key: string, now: number): OriginFailure | null {
    const known = this.#failures.get(key);
    return known !== undefined && known.until > now ? known.failure : null;
  }

  /**
   * Registers a flight until `done` settles; `landing` may settle earlier, and then a later flight takes its place.
   * A second flight for the same key that begins before flies unregistered.
   */
  begin(key: string, now: number, flight: Flight, done: Promise<unknown>): void {
    const known = this.#flying.get(key);
    if (known === undefined || known.hasLanded) this.#flying.set(key, flight);
    void flight.landing.then((result) => {
      flight.hasLanded = true;
      this.#learn(key, now, result);
    });
    void done.then(() => {
      if (this.#flying.get(key) === flight) this.#flying.delete(key);
    });
  }

  /** What is in flight for a cache key, in any variant, was asked for before the resource changed. */
  outdate(key: string): void {
    for (const [flightKey, flight] of this.#flying) {
      if (flightKey !== key && !flightKey.startsWith(`${key}\n`)) continue;
      flight.isOutdated = true;
      this.#flying.delete(flightKey);
    }
  }

  #learn(key: string, now: number, landing: Landing): void {
    if (landing.kind === "failed") {
      remember(this.#failures, key, { failure: landing.failure, until: now + FAILURE_MS });
    } else {
      this.#failures.delete(key);
    }
    if (landing.kind === "unshared") remember(this.#unshared, key, now + UNSHARED_MS);
  }
}

function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > REMEMBERED_KEYS) map.delete(map.keys().next().value!);
}

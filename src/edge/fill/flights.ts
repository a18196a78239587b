import { BoundedMap } from "../../memo/bounded-map.ts";
import type { Sink } from "../body/sink.ts";
import type { StoredResponse } from "../cache/stored-response.ts";
import type { OriginFailure } from "../origin/origin.ts";

/**
 * What a request to the origin leaves for the others that wait for the same key. No stream and no other I/O of its own: one
 * request cannot wait for another's.
 */
export type Landing =
  | { kind: "whole"; stored: StoredResponse; body: Blob; coded: Map<"br" | "gzip", Blob> }
  /** The store has it. */
  | { kind: "stored"; stored: StoredResponse }
  /**
   * Too large to be shared while it comes; `kept`: whether the store has it in the end. `client` is the leader's, at whose
   * pace it comes.
   */
  | { kind: "large"; stored: StoredResponse; kept: Promise<boolean>; client: Pick<Sink, "taken" | "isWaiting"> }
  /** Nothing that could be shared: each has to ask for itself. */
  | { kind: "unshared" }
  /** The body broke off, or was given up: one of the waiting should try again. */
  | { kind: "broken" }
  | { kind: "failed"; failure: OriginFailure };

/** How long a failure of the origin answers for a key, ms: long enough that a dying origin is not hammered. */
const FAILURE_MS = 2_000;

/** How long a key that could not be shared is not waited for, ms ("hit-for-miss" in Varnish). */
const UNSHARED_MS = 2_000;

/** How long a large body may be on its way before nobody counts on it any more, ms. */
const LONGEST_MS = 600_000;

/** Keys remembered of each kind; the oldest go first. */
const REMEMBERED_KEYS = 1_000;

/** One request to an origin that others may wait for. Whether its landing comes is up to the platform: see `isOverdue`. */
export class Flight {
  /** What it is registered under, see `flightKeyOf`. */
  readonly key: string;
  readonly cacheKey: string;
  readonly landing: Promise<Landing>;
  /** The resource has changed since: what it brings is not to be stored. */
  isOutdated = false;
  /** How many wait for what it brings, beside the client of the request that leads it. */
  followers = 0;
  /** The first landing counts. */
  readonly land: (landing: Landing) => void;
  #hasLanded = false;
  #overdueAt: number;

  /** @param patienceMs within which it lands, unless the request that leads it is gone */
  constructor(key: string, patienceMs: number) {
    const { promise, resolve } = Promise.withResolvers<Landing>();
    this.key = key;
    this.cacheKey = key.split("\n", 1)[0]!;
    this.landing = promise;
    this.#overdueAt = Date.now() + patienceMs;
    this.land = (landing) => {
      this.#hasLanded = true;
      this.#overdueAt = Date.now() + LONGEST_MS;
      resolve(landing);
    };
  }

  get hasLanded(): boolean {
    return this.#hasLanded;
  }

  /** The request that leads it must have been ended by the platform: nothing more comes of it. */
  get isOverdue(): boolean {
    return Date.now() > this.#overdueAt;
  }
}

/**
 * The requests to origins that are in flight in this isolate, by flight key, and what the last ones taught.
 * A flight is kept alive by the request that leads it (`waitUntil`), whether or not that request's client stays.
 */
export class Flights {
  /** The one to wait for, by flight key. */
  readonly #flying = new Map<string, Flight>();
  /** Those, and others that began beside them. */
  readonly #all = new Set<Flight>();
  readonly #failures = new BoundedMap<string, { failure: OriginFailure; until: number }>(
    { entries: REMEMBERED_KEYS },
    "the oldest",
  );
  readonly #unshared = new BoundedMap<string, number>({ entries: REMEMBERED_KEYS }, "the oldest");

  /** The flight to wait for; null where there is none, or waiting has just proved useless. */
  waitable(key: string, now: number): Flight | null {
    if (this.isUnshared(key, now)) return null;
    const flight = this.#flying.get(key);
    return flight === undefined || flight.isOverdue ? null : flight;
  }

  isFlying(key: string): boolean {
    return this.#flying.get(key)?.isOverdue === false;
  }

  /** Whether what came for this key a moment ago could not be shared. */
  isUnshared(key: string, now: number): boolean {
    return (this.#unshared.get(key) ?? 0) > now;
  }

  recentFailure(key: string, now: number): OriginFailure | null {
    const known = this.#failures.get(key);
    return known !== undefined && known.until > now ? known.failure : null;
  }

  /** Registers a flight until `done` settles. One that is on its way for the same key stays the one to wait for. */
  begin(flight: Flight, done: Promise<unknown>): void {
    const { key } = flight;
    const known = this.#flying.get(key);
    if (known === undefined || known.hasLanded || known.isOverdue) this.#flying.set(key, flight);
    this.#all.add(flight);
    for (const oldest of this.#all) {
      if (this.#all.size <= REMEMBERED_KEYS && !oldest.isOverdue) break;
      this.#all.delete(oldest);
    }
    void flight.landing.then((landing) => this.#learn(flight, landing));
    void done.then(() => {
      this.#all.delete(flight);
      if (this.#flying.get(key) === flight) this.#flying.delete(key);
    });
  }

  /** What is in flight for a cache key, in any variant, was asked for before the resource changed. */
  outdate(key: string): void {
    for (const flight of this.#all) {
      if (flight.cacheKey !== key) continue;
      flight.isOutdated = true;
      if (this.#flying.get(flight.key) === flight) this.#flying.delete(flight.key);
    }
  }

  #learn({ key }: Flight, landing: Landing): void {
    const now = Date.now();
    if (landing.kind === "failed") {
      this.#failures.set(key, { failure: landing.failure, until: now + FAILURE_MS });
    } else {
      this.#failures.delete(key);
    }
    if (landing.kind === "unshared") this.#unshared.set(key, now + UNSHARED_MS);
  }
}

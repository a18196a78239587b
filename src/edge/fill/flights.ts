import { BoundedMap } from "../../memo/bounded-map.ts";
import type { Sink } from "../body/sink.ts";
import type { StoredResponse } from "../cache/stored-response.ts";
import type { OriginFailure } from "../origin/origin.ts";
import { Changes } from "./changes.ts";

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

/** Keys remembered of each kind, none for longer than its time; the oldest go first. */
const REMEMBERED_KEYS = 1_000;

/** One request to an origin that others may wait for. Whether its landing comes is up to the platform: see `isOverdue`. */
export class Flight {
  /** What it is registered under, see `flightKeyOf`. */
  readonly key: string;
  readonly landing: Promise<Landing>;
  /** It comes at the pace of a slow client: who asks next had better ask the origin. */
  isHeldUp = false;
  /** How many wait for what it brings, beside the client of the request that leads it. */
  followers = 0;
  /** The first landing counts. */
  readonly land: (landing: Landing) => void;
  readonly #hasChanged: () => boolean;
  #hasLanded = false;
  #overdueAt: number;

  /**
   * @param patienceMs within which it lands, unless the request that leads it is gone
   * @param hasChanged whether the resource has changed since it was asked for, see {@link Flights.watch}
   */
  constructor(key: string, patienceMs: number, hasChanged: () => boolean) {
    const { promise, resolve } = Promise.withResolvers<Landing>();
    this.key = key;
    this.landing = promise;
    this.#hasChanged = hasChanged;
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

  /** The resource has changed since it was asked for: what it brings is not to be stored, nor shared with later requests. */
  get isOutdated(): boolean {
    return this.#hasChanged();
  }

  /** It takes so long that the platform may have ended the request that leads it: nobody is to wait for it. */
  get isOverdue(): boolean {
    return Date.now() > this.#overdueAt;
  }
}

/**
 * The requests to origins that are in flight in this isolate, by flight key, and what the last ones taught.
 * A flight is kept alive by the request that leads it (`waitUntil`), whether or not that request's client stays.
 */
export class Flights {
  /** The one to wait for, by flight key; the oldest first. */
  readonly #flying = new Map<string, Flight>();
  readonly #changes = new Changes();
  readonly #failures = new BoundedMap<string, { failure: OriginFailure; until: number }>(
    { entries: REMEMBERED_KEYS },
    "the oldest",
  );
  readonly #unshared = new BoundedMap<string, { until: number }>({ entries: REMEMBERED_KEYS }, "the oldest");

  /** The flight to wait for; null where there is none, or waiting has just proved useless. */
  waitable(key: string, now: number): Flight | null {
    if (this.isUnshared(key, now)) return null;
    const flight = this.#flying.get(key);
    return flight === undefined || isPast(flight) ? null : flight;
  }

  isFlying(key: string): boolean {
    const flight = this.#flying.get(key);
    return flight !== undefined && !isPast(flight);
  }

  /** Whether what came for this key a moment ago could not be shared. */
  isUnshared(key: string, now: number): boolean {
    return (this.#unshared.get(key)?.until ?? 0) > now;
  }

  recentFailure(key: string, now: number): OriginFailure | null {
    const known = this.#failures.get(key);
    return known !== undefined && known.until > now ? known.failure : null;
  }

  /** Registers a flight until `done` settles. One that is on its way for the same key stays the one to wait for. */
  begin(flight: Flight, done: Promise<unknown>): void {
    const { key } = flight;
    const known = this.#flying.get(key);
    if (known === undefined || known.hasLanded || isPast(known)) {
      this.#flying.delete(key);
      this.#flying.set(key, flight);
    }
    for (const [oldest, { isOverdue }] of this.#flying) {
      if (!isOverdue) break;
      this.#flying.delete(oldest);
    }
    void flight.landing.then((landing) => this.#learn(flight, landing));
    void done.then(() => {
      if (this.#flying.get(key) === flight) this.#flying.delete(key);
    });
  }

  /** Says of what is asked for now, each time it is called, whether its resource has changed since. */
  watch(cacheKey: string): () => boolean {
    return this.#changes.watch(cacheKey);
  }

  /** What was asked for under a cache key, in any variant, was asked for before the resource changed. */
  outdate(cacheKey: string): void {
    this.#changes.note(cacheKey);
  }

  #learn({ key }: Flight, landing: Landing): void {
    const now = Date.now();
    if (landing.kind === "failed") {
      remember(this.#failures, key, { failure: landing.failure, until: now + FAILURE_MS }, now);
    } else {
      this.#failures.delete(key);
    }
    if (landing.kind === "unshared") remember(this.#unshared, key, { until: now + UNSHARED_MS }, now);
  }
}

/** Whether a flight is nothing to begin to wait for. */
function isPast(flight: Flight): boolean {
  return flight.isOverdue || flight.isOutdated || flight.isHeldUp;
}

/** All of a map are remembered for equally long, so that the oldest end first. */
function remember<Value extends { until: number }>(
  map: Map<string, Value>,
  key: string,
  value: Value,
  now: number,
): void {
  map.set(key, value);
  for (const [oldest, { until }] of map) {
    if (until > now) break;
    map.delete(oldest);
  }
}

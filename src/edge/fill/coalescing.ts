import { BoundedMap } from "../../memo/bounded-map.ts";
import { isAhead } from "../../memo/is-recent.ts";
import type { Sink } from "../body/sink.ts";
import type { StoredResponse } from "../cache/stored-response.ts";
import type { OriginFailure } from "../origin/origin.ts";
import { Changes } from "./changes.ts";

/**
 * What a request to the origin leaves for others that wait for the same key. It holds no stream and no other I/O of that
 * request, since one request cannot wait for another's.
 */
export type SharedOutcome =
  | { kind: "whole"; stored: StoredResponse; body: Blob; coded: Map<"br" | "gzip", Blob> }
  /** The store has it. */
  | { kind: "stored"; stored: StoredResponse }
  /**
   * Too large to be shared while it comes; `kept`: whether the store has it in the end. It comes at the pace of `client`, the
   * leader's.
   */
  | { kind: "large"; stored: StoredResponse; kept: Promise<boolean>; client: Pick<Sink, "taken" | "isWaiting"> }
  /** Nothing that could be shared: each request has to ask for itself. */
  | { kind: "unshared" }
  /** The body broke off or was given up: one of those that wait should try again. */
  | { kind: "broken" }
  | { kind: "failed"; failure: OriginFailure };

/** How long a failure of the origin answers for a key, ms: long enough not to hammer a dying origin. */
const FAILURE_MS = 2_000;

/** The same if the origin asks for a pause (`Retry-After`), at most, ms. */
const LONGEST_FAILURE_MS = 30_000;

/** How long nobody waits for a key that could not be shared, ms ("hit-for-miss" in Varnish). */
const UNSHARED_MS = 2_000;

/** How long a large body may be on its way before it is no longer counted on, ms. */
const LONGEST_MS = 600_000;

/** How many keys of each kind are remembered, none for longer than its time; the oldest go first. */
const REMEMBERED_KEYS = 1_000;

/**
 * A request to an origin whose outcome others may wait for. The platform may end it before its outcome comes: see `isOverdue`.
 */
export class Leader {
  /** The key that it is registered under, see `coalescingKeyOf`. */
  readonly key: string;
  readonly outcome: Promise<SharedOutcome>;
  /** It comes at the pace of a slow client: the next request had better ask the origin. */
  isHeldUp = false;
  /** How many requests wait for it, besides the client of its own request. */
  followers = 0;
  /** Only the first outcome counts. */
  readonly settle: (outcome: SharedOutcome) => void;
  readonly #hasChanged: () => boolean;
  #hasSettled = false;
  #overdueAt: number;

  /**
   * @param patienceMs how long it may take to settle, unless its request is gone
   * @param hasChanged whether the resource has changed since it was asked for, see {@link Coalescing.watch}
   */
  constructor(key: string, patienceMs: number, hasChanged: () => boolean) {
    const { promise, resolve } = Promise.withResolvers<SharedOutcome>();
    this.key = key;
    this.outcome = promise;
    this.#hasChanged = hasChanged;
    this.#overdueAt = Date.now() + patienceMs;
    this.settle = (outcome) => {
      this.#hasSettled = true;
      this.#overdueAt = Date.now() + LONGEST_MS;
      resolve(outcome);
    };
  }

  get hasSettled(): boolean {
    return this.#hasSettled;
  }

  /** The resource has changed since it was asked for, so the outcome must not be stored or shared with later requests. */
  get isOutdated(): boolean {
    return this.#hasChanged();
  }

  /** It has taken so long that the platform may have ended its request, so nobody should wait for it. */
  get isOverdue(): boolean {
    return Date.now() > this.#overdueAt;
  }
}

/**
 * The requests to origins under way in this isolate, by coalescing key, and what was learned from the last ones. A leader is
 * kept alive by its request (`waitUntil`), whether or not that request's client stays.
 */
export class Coalescing {
  /** The leader to wait for, by coalescing key, oldest first. */
  readonly #leaders = new Map<string, Leader>();
  readonly #changes = new Changes();
  readonly #failures = new BoundedMap<string, { failure: OriginFailure; until: number }>(
    { entries: REMEMBERED_KEYS },
    "the oldest",
  );
  readonly #unshared = new BoundedMap<string, { until: number }>({ entries: REMEMBERED_KEYS }, "the oldest");

  /** The leader to wait for; null if there is none, or if waiting has just proved useless. */
  leaderOf(key: string, now: number): Leader | null {
    if (this.isUnshared(key, now)) return null;
    const leader = this.#leaders.get(key);
    return leader === undefined || isPast(leader) ? null : leader;
  }

  isLed(key: string): boolean {
    const leader = this.#leaders.get(key);
    return leader !== undefined && !isPast(leader);
  }

  /** Whether what came for this key a moment ago could not be shared. */
  isUnshared(key: string, now: number): boolean {
    return isAhead(this.#unshared.get(key)?.until ?? 0, UNSHARED_MS, now);
  }

  recentFailure(key: string, now: number): OriginFailure | null {
    const known = this.#failures.get(key);
    return known !== undefined && isAhead(known.until, LONGEST_FAILURE_MS, now) ? known.failure : null;
  }

  /**
   * Registers a leader until `done` settles. If another leader is on its way for the same key, requests go on waiting for that
   * one.
   */
  begin(leader: Leader, done: Promise<unknown>): void {
    const { key } = leader;
    const known = this.#leaders.get(key);
    if (known === undefined || known.hasSettled || isPast(known)) {
      this.#leaders.delete(key);
      this.#leaders.set(key, leader);
    }
    for (const [oldest, { isOverdue }] of this.#leaders) {
      if (!isOverdue) break;
      this.#leaders.delete(oldest);
    }
    void leader.outcome.then((outcome) => this.#learn(leader, outcome));
    void done.then(() => {
      if (this.#leaders.get(key) === leader) this.#leaders.delete(key);
    });
  }

  /** For a request that begins now: returns a function that tells whether its resource has changed since. */
  watch(cacheKey: string): () => boolean {
    return this.#changes.watch(cacheKey);
  }

  /** The resource has changed: whatever was asked for under its cache key, in any variant, is outdated. */
  outdate(cacheKey: string): void {
    this.#changes.note(cacheKey);
  }

  #learn({ key }: Leader, outcome: SharedOutcome): void {
    const now = Date.now();
    // That all slots were taken a moment ago says nothing about now.
    if (outcome.kind === "failed" && outcome.failure.reason === "origin-busy") return;
    if (outcome.kind === "failed") {
      const { failure } = outcome;
      const ms = Math.min(Math.max(FAILURE_MS, failure.retryAfter * 1000), LONGEST_FAILURE_MS);
      remember(this.#failures, key, { failure, until: now + ms }, now);
    } else {
      this.#failures.delete(key);
    }
    if (outcome.kind === "unshared") remember(this.#unshared, key, { until: now + UNSHARED_MS }, now);
  }
}

/** Whether it is too late to begin to wait for a leader. */
function isPast(leader: Leader): boolean {
  return leader.isOverdue || leader.isOutdated || leader.isHeldUp;
}

/** Most entries of a map are remembered for equally long, so the oldest expire first. */
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

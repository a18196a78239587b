import { BoundedMap } from "../../memo/bounded-map.ts";

/** How many may come at once, and how many more per second. */
export interface Rate {
  burst: number;
  perSecond: number;
}

interface Bucket {
  /** How many have been taken and not been refilled. */
  taken: number;
  /** ms since the epoch */
  at: number;
}

/**
 * A bounded set of token buckets by key. The key that has not taken anything for longest is forgotten first, as if it had taken
 * nothing.
 */
export class TokenBuckets {
  readonly #rate: Rate;
  readonly #buckets: BoundedMap<string, Bucket>;

  constructor(rate: Rate, entries = 10_000) {
    this.#rate = rate;
    this.#buckets = new BoundedMap({ entries }, "the oldest");
  }

  /**
   * Takes one for a key. False: none is left.
   *
   * @param now ms since the epoch
   * @param share the key's rate as a multiple
   */
  take(key: string, now: number, share = 1): boolean {
    const taken = this.#takenOf(key, now, share);
    if (taken + 1 > this.#rate.burst * share) return false;
    // A request that arrived earlier may take later, but the bucket's time does not go back.
    this.#buckets.set(key, { taken: taken + 1, at: Math.max(now, this.#buckets.get(key)?.at ?? now) });
    return true;
  }

  /** Gives back one that was taken. */
  giveBack(key: string): void {
    const bucket = this.#buckets.get(key);
    if (bucket !== undefined) bucket.taken = Math.max(bucket.taken - 1, 0);
  }

  #takenOf(key: string, now: number, share: number): number {
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) return 0;
    const back = ((now - bucket.at) / 1_000) * this.#rate.perSecond * share;
    return Math.max(bucket.taken - Math.max(back, 0), 0);
  }
}

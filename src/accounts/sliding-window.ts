/** The window over which calls are counted, ms. */
export const WINDOW_MS = 60_000;

/** Whether a call may pass. */
export interface WindowVerdict {
  allowed: boolean;
  limit: number;
  /** Calls that may follow at once. */
  remaining: number;
  /** Ms since the epoch: when one call becomes free again (if `remaining` is 0), or else when all are. */
  resetAt: number;
}

/**
 * A sliding window over the times of calls: at most `limit` in any 60 seconds, wherever they begin. Refused calls do not count,
 * so whoever keeps asking is served again as soon as whoever waits.
 */
export class SlidingWindow {
  readonly #times: number[];

  /** @param times of the calls that passed before, as {@link SlidingWindow.times} returned them */
  constructor(times: readonly number[] = []) {
    this.#times = [...times];
  }

  /** Times of the calls that passed, oldest first, ms since the epoch. */
  get times(): readonly number[] {
    return this.#times;
  }

  /** Whether one of `limit` calls may pass at `now`. */
  allows(limit: number, now: number): boolean {
    this.#bringBack(now);
    while (this.#times.length > 0 && this.#times[0]! <= now - WINDOW_MS) this.#times.shift();
    return this.#times.length < limit;
  }

  /** Takes one of `limit` calls at `now` (ms since the epoch), if one is left. */
  take(limit: number, now: number): WindowVerdict {
    const allowed = this.allows(limit, now);
    if (allowed) this.#times.push(now);
    const remaining = Math.max(limit - this.#times.length, 0);
    const decisive = remaining === 0 ? this.#times[this.#times.length - limit] : this.#times.at(-1);
    return { allowed, limit, remaining, resetAt: (decisive ?? now) + WINDOW_MS };
  }

  /** If the clock was set back, calls with times in the future count as made now. Otherwise they would count for too long. */
  #bringBack(now: number): void {
    for (let index = this.#times.length - 1; index >= 0 && this.#times[index]! > now; index--) this.#times[index] = now;
  }

  /** Gives back the last call that passed. */
  giveBack(): void {
    this.#times.pop();
  }
}

import { SlidingWindow, WINDOW_MS, type WindowVerdict } from "./sliding-window.ts";

/** How many calls its key may make, and all keys of its account together. */
export interface CallLimits {
  key: number;
  account: number;
}

/** What a rate limit says about a call. `policy` is the limit that binds: it refused the call, or has the fewest calls left. */
export interface RateVerdict extends WindowVerdict {
  policy: "default" | "account";
}

/** Times of the calls that passed, by key, oldest first, ms since the epoch. */
export type CallTimes = Readonly<Record<string, readonly number[]>>;

/** The sliding windows of an account: one for each of its keys, and one over all of them. */
export class AccountWindows {
  readonly #keys: Map<string, SlidingWindow>;
  readonly #all: SlidingWindow;

  /** @param times as {@link AccountWindows.times} returned them */
  constructor(times: CallTimes = {}) {
    this.#keys = new Map(Object.entries(times).map(([key, calls]) => [key, new SlidingWindow(calls)]));
    this.#all = new SlidingWindow(
      Object.values(times)
        .flat()
        .sort((a, b) => a - b),
    );
  }

  get times(): CallTimes {
    return Object.fromEntries([...this.#keys].map(([key, window]) => [key, window.times]));
  }

  /** Lets a call of a key pass at `now` (ms since the epoch), if neither limit refuses it. */
  take(key: string, limits: CallLimits, now: number): RateVerdict {
    const window = this.#keys.get(key) ?? new SlidingWindow();
    if (!window.allows(limits.key, now)) return { ...window.take(limits.key, now), policy: "default" };
    const ofAccount: RateVerdict = { ...this.#all.take(limits.account, now), policy: "account" };
    if (!ofAccount.allowed) return ofAccount;
    this.#forget(now);
    this.#keys.set(key, window);
    const ofKey: RateVerdict = { ...window.take(limits.key, now), policy: "default" };
    return ofAccount.remaining < ofKey.remaining ? ofAccount : ofKey;
  }

  /** Nothing is kept for a key without recent calls. */
  #forget(now: number): void {
    for (const [key, { times }] of this.#keys) if ((times.at(-1) ?? 0) <= now - WINDOW_MS) this.#keys.delete(key);
  }
}

import { SlidingWindow, WINDOW_MS, type WindowVerdict } from "./sliding-window.ts";

/** How many addresses are remembered. A limit per address does not stop anyone who has more than this anyway. */
const BOUND = 2_000;

/**
 * Sliding windows of client addresses. They are forgotten once they have no recent calls, or if there are too many: the one
 * whose last call is longest ago first.
 */
export class AddressWindows {
  /** In order of their last calls that passed. */
  readonly #windows = new Map<string, { window: SlidingWindow; passedAt: number }>();

  /** Takes one of the `limit` calls that an address has in any 60 seconds, at `now` (ms since the epoch), if one is left. */
  take(address: string, limit: number, now: number): WindowVerdict {
    const window = this.#windows.get(address)?.window ?? new SlidingWindow();
    const verdict = window.take(limit, now);
    if (verdict.allowed) {
      this.#windows.delete(address);
      this.#forget(now);
      this.#windows.set(address, { window, passedAt: now });
    }
    return verdict;
  }

  /** Gives back the last call of an address that passed. */
  giveBack(address: string): void {
    this.#windows.get(address)?.window.giveBack();
  }

  #forget(now: number): void {
    for (const [address, { passedAt }] of this.#windows) {
      if (passedAt > now - WINDOW_MS && this.#windows.size < BOUND) return;
      this.#windows.delete(address);
    }
  }
}

import { SlidingWindow, WINDOW_MS, type WindowVerdict } from "./sliding-window.ts";

/** How many addresses are remembered. Who has more of them than this is not held up by a limit for each. */
const BOUND = 2_000;

/** Sliding windows of client addresses, which are forgotten when they are quiet, or too many: the quietest first. */
export class AddressWindows {
  /** In the order of their last calls that passed. */
  readonly #windows = new Map<string, { window: SlidingWindow; passedAt: number }>();

  /** Takes one of `limit` calls in any 60 seconds for an address at `now` (ms since the epoch), or none. */
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

  /** Takes back the last call of an address that passed. */
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

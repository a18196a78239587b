import { BoundedMap } from "../memo/bounded-map.ts";
import { isAhead, isRecent } from "../memo/is-recent.ts";
import { WINDOW_MS, type WindowVerdict } from "./sliding-window.ts";

/**
 * The least and the most time (ms) before a refused caller's call reaches the limiter again. `Retry-After` tells no client to
 * come sooner. The time doubles with each further refusal.
 */
const LEAST_MS = 1_000;
const MOST_MS = 15_000;

interface Refusal<Verdict> {
  verdict: Verdict;
  until: number;
  inARow: number;
}

/**
 * Refusals that this isolate got from limiters. It repeats them by itself until a call becomes free again. However often
 * somebody calls, each isolate asks a limiter only as often as calls pass, plus four times a minute: 3,000 isolates make 200
 * calls a second.
 */
export class Refusals<Verdict extends WindowVerdict> {
  readonly #refusals = new BoundedMap<string, Refusal<Verdict>>({ entries: 10_000 }, "the oldest");

  /** The refusal in force for a caller under a limit; null: the limiter has to be asked. @param now ms since the epoch */
  of(name: string, limit: number, now: number): Verdict | null {
    const known = this.#refusals.get(name);
    if (known === undefined || known.verdict.limit !== limit) return null;
    return isAhead(known.until, WINDOW_MS, now) ? known.verdict : null;
  }

  /** Remembers a verdict. */
  note(name: string, verdict: Verdict, now: number): void {
    if (verdict.allowed) {
      this.#refusals.delete(name);
      return;
    }
    const before = this.#refusals.get(name);
    const inARow = before === undefined ? 1 : inARowAfter(before, now);
    const pause = Math.min(LEAST_MS * 2 ** (inARow - 1), MOST_MS);
    this.#refusals.set(name, { verdict, until: Math.max(verdict.resetAt, now + pause), inARow });
  }
}

/** Several refusals of calls that were under way at once count as one. */
function inARowAfter({ until, inARow }: Refusal<unknown>, now: number): number {
  if (isAhead(until, WINDOW_MS, now)) return inARow;
  return isRecent(until, MOST_MS, now) ? inARow + 1 : 1;
}

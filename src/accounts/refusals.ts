import { BoundedMap } from "../memo/bounded-map.ts";
import { isAhead } from "../memo/is-recent.ts";
import { WINDOW_MS, type WindowVerdict } from "./sliding-window.ts";

/** Who was refused asks the limiter again after so long at the earliest, ms: `Retry-After` tells no client to come sooner. */
const LEAST_MS = 1_000;

/**
 * Refusals that this isolate was told: until a call becomes free again it refuses by itself. However often somebody calls, a
 * limiter is asked as often as calls pass, and once a second by each isolate.
 */
export class Refusals<Verdict extends WindowVerdict> {
  readonly #refusals = new BoundedMap<string, { verdict: Verdict; until: number }>({ entries: 10_000 }, "the oldest");

  /** The refusal that holds for a caller under a limit; null: the limiter has to be asked. @param now ms since the epoch */
  of(name: string, limit: number, now: number): Verdict | null {
    const known = this.#refusals.get(name);
    if (known === undefined || known.verdict.limit !== limit) return null;
    return isAhead(known.until, WINDOW_MS, now) ? known.verdict : null;
  }

  /** Takes note of a verdict, if it is a refusal. */
  note(name: string, verdict: Verdict, now: number): void {
    if (!verdict.allowed) this.#refusals.set(name, { verdict, until: Math.max(verdict.resetAt, now + LEAST_MS) });
  }
}

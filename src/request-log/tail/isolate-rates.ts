import { MOST_A_SECOND, type TailBatch, type TailPace } from "./tail-protocol.ts";

/** An isolate that has sent nothing for so long is no longer counted. */
const FORGOTTEN_MS = 10_000;
/** An object handles about a thousand calls a second. This leaves it four fifths for what the calls bring. */
const CALLS_A_SECOND = 200;
const SHORTEST_MS = 500;
const LONGEST_MS = 5_000;
/** How many isolates are distinguished. */
const MOST_ISOLATES = 2_000;

/**
 * Counts how many requests each isolate has to report, and sets the pace at which all of them together stay within the bound.
 */
export class IsolateRates {
  readonly #isolates = new Map<string, { at: number; rate: number }>();

  note({ isolate, matched, ms }: Pick<TailBatch, "isolate" | "matched" | "ms">, now: number): void {
    this.#isolates.delete(isolate);
    this.#isolates.set(isolate, { at: now, rate: (matched * 1_000) / ms });
    for (const [id, { at }] of this.#isolates) {
      // The oldest come first.
      if (now - at < FORGOTTEN_MS && this.#isolates.size <= MOST_ISOLATES) break;
      this.#isolates.delete(id);
    }
  }

  pace(now: number): Pick<TailPace, "fraction" | "most" | "intervalMs"> {
    let total = 0;
    for (const { at, rate } of this.#isolates.values()) if (now - at < FORGOTTEN_MS) total += rate;
    const wanted = (this.#isolates.size * 1_000) / CALLS_A_SECOND;
    const intervalMs = Math.min(Math.max(wanted, SHORTEST_MS), LONGEST_MS);
    const fraction = total <= MOST_A_SECOND ? 1 : MOST_A_SECOND / total;
    return { fraction, most: Math.ceil((MOST_A_SECOND * intervalMs) / 1_000), intervalMs };
  }
}

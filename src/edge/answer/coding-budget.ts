/** Bodies that are coded at the same time in an isolate: a piece of each is between another request and its turn. */
const MOST_BODIES = 8;

/** Their bytes together: one of the largest. */
const MOST_BYTES = 2_097_152;

/** After so long the platform must have ended a coding without a word, ms. */
const LONGEST_MS = 60_000;

/** What the codings under way may be together, so that requests for cold text leave the isolate to the others. */
export class CodingBudget {
  /** The oldest first. */
  readonly #underWay = new Set<{ bytes: number; begunAt: number }>();
  #bytes = 0;

  /** Counts a coding that begins now; null where there are too many. The caller ends it. @param now ms since the epoch */
  begin(bytes: number, now: number): { end(): void } | null {
    for (const coding of this.#underWay) {
      if (now - coding.begunAt <= LONGEST_MS) break;
      this.#end(coding);
    }
    if (this.#underWay.size >= MOST_BODIES || this.#bytes + bytes > MOST_BYTES) return null;
    const coding = { bytes, begunAt: now };
    this.#underWay.add(coding);
    this.#bytes += bytes;
    return { end: () => this.#end(coding) };
  }

  #end(coding: { bytes: number; begunAt: number }): void {
    if (this.#underWay.delete(coding)) this.#bytes -= coding.bytes;
  }
}

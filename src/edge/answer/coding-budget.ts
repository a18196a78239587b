/** What may be coded at the same time in an isolate. */
export interface CodingBounds {
  /** A piece of each is between another request and its turn. */
  bodies: number;
  /** Of all together. */
  bytes: number;
}

/** After so long the platform must have ended a coding without a word, ms. */
const LONGEST_MS = 60_000;

/** What the codings under way may be together, so that requests for cold text leave the isolate to the others. */
export class CodingBudget {
  /** The oldest first. */
  readonly #underWay = new Set<{ bytes: number; begunAt: number }>();
  #bytes = 0;
  readonly #bounds: CodingBounds;

  constructor(bounds: CodingBounds) {
    this.#bounds = bounds;
  }

  /** Counts a coding that begins now; null where there are too many. The caller ends it. @param now ms since the epoch */
  begin(bytes: number, now: number): { end(): void } | null {
    for (const coding of this.#underWay) {
      if (now - coding.begunAt <= LONGEST_MS) break;
      this.#end(coding);
    }
    if (this.#underWay.size >= this.#bounds.bodies || this.#bytes + bytes > this.#bounds.bytes) return null;
    const coding = { bytes, begunAt: now };
    this.#underWay.add(coding);
    this.#bytes += bytes;
    return { end: () => this.#end(coding) };
  }

  #end(coding: { bytes: number; begunAt: number }): void {
    if (this.#underWay.delete(coding)) this.#bytes -= coding.bytes;
  }
}

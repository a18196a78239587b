/** How much an isolate may code at the same time. */
export interface CodingBounds {
  /** Any other request may have to wait for one piece of each. */
  bodies: number;
  /** Total size. */
  bytes: number;
}

/** A coding that is older than this must have been ended by the platform without notice, ms. */
const LONGEST_MS = 60_000;

/** Bounds the codings under way, so that requests for cold text leave room for the isolate's other requests. */
export class CodingBudget {
  /** Oldest first. */
  readonly #underWay = new Set<{ bytes: number; begunAt: number }>();
  #bytes = 0;
  readonly #bounds: CodingBounds;

  constructor(bounds: CodingBounds) {
    this.#bounds = bounds;
  }

  /** Counts a coding that begins now; null if there are too many. The caller ends it. @param now ms since the epoch */
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

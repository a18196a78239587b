import { BoundedMap } from "../../memo/bounded-map.ts";
import { isAhead } from "../../memo/is-recent.ts";

/** A whole up to this length is fetched as soon as a range of it is asked for again (bytes). */
const SMALL_BYTES = 1_048_576;

/** The share of a whole that must have reached clients in ranges before the whole is fetched for the next range. */
const SHARE = 0.1;

/** How long a passed range counts, ms. */
const LATELY_MS = 60_000;

/** How many keys are remembered; the oldest go first. */
const REMEMBERED_KEYS = 2_000;

/** Longer keys are not remembered, since a stream of them is an attack (characters). */
const LONGEST_KEY = 1_024;

interface Asked {
  /** The whole's length, bytes. */
  size: number;
  /** Bytes that clients were given in ranges. */
  bytes: number;
  until: number;
}

/**
 * The ranges that were passed to origins lately, by cache key. Fetching a whole for the sake of a range moves bytes that no
 * client asked for, so clients must have earned it: what an origin sends stays in proportion to what they have taken.
 */
export class RangeDemand {
  readonly #asked = new BoundedMap<string, Asked>({ entries: REMEMBERED_KEYS }, "the oldest");

  readonly #unmeasured = new BoundedMap<string, { until: number }>({ entries: REMEMBERED_KEYS }, "the oldest");

  /**
   * Takes note of a whole that came without its length, although its origin serves ranges of it.
   *
   * @param now ms since the epoch
   */
  noteUnmeasured(key: string, now: number): void {
    if (key.length <= LONGEST_KEY) this.#unmeasured.set(key, { until: now + LATELY_MS });
  }

  /** Whether the whole came without its length lately. @param now ms since the epoch */
  isUnmeasured(key: string, now: number): boolean {
    return isAhead(this.#unmeasured.get(key)?.until ?? 0, LATELY_MS, now);
  }

  /**
   * Takes note of a range that was passed.
   *
   * @param size the whole's length, bytes
   * @param bytes that the client took
   * @param now ms since the epoch
   */
  note(key: string, size: number, bytes: number, now: number): void {
    if (key.length > LONGEST_KEY) return;
    const before = this.#lately(key, now);
    this.#asked.set(key, { size, bytes: (before?.size === size ? before.bytes : 0) + bytes, until: now + LATELY_MS });
  }

  /** Whether to answer the next range by fetching the whole. @param now ms since the epoch */
  deservesWhole(key: string, now: number): boolean {
    const asked = this.#lately(key, now);
    return asked !== null && (asked.size <= SMALL_BYTES || asked.bytes >= asked.size * SHARE);
  }

  /** The whole's length, bytes, if a range of it was passed lately; otherwise null. @param now ms since the epoch */
  sizeOf(key: string, now: number): number | null {
    return this.#lately(key, now)?.size ?? null;
  }

  #lately(key: string, now: number): Asked | null {
    const asked = this.#asked.get(key);
    return asked !== undefined && isAhead(asked.until, LATELY_MS, now) ? asked : null;
  }
}

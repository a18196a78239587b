import { crc32 } from "../accounts/crc32.ts";
import type { UsageBatch } from "./batch.ts";

/** How often the isolates of a location bring their counts, and to which of its meters they do. */
export interface Pace {
  /**
   * How long an isolate waits before it brings the next counts, ms: a meter gets about one call a second, and each isolate
   * comes within ten.
   */
  intervalMs: number;
  /** How often the location's meters have become full: generation `g` has `2 ** g` meters, each for a share of the accounts. */
  generation: number;
}

/** For a single location, which has no code. */
export const NO_POP = "LOCAL";

/** For one machine, and for the beginning. */
export const FIRST_PACE: Pace = { intervalMs: 1_000, generation: 0 };

const LONGEST_MS = 10_000;

/** The platform gives an object 10 GB. A meter with this much gets no more counts, and empties with time. */
const FULL_BYTES = 4e9;

/**
 * The pace of a location, as one of its meters sees it.
 *
 * @param isolates how many have brought counts to this meter lately
 * @param generation the meter's, as the isolate knows it
 * @param bytes how much the meter holds
 */
export function paceOf(isolates: number, generation: number, bytes: number): Pace {
  return {
    intervalMs: Math.min(Math.max(isolates * 1_000, FIRST_PACE.intervalMs), LONGEST_MS),
    generation: bytes > FULL_BYTES ? generation + 1 : generation,
  };
}

/** Splits a batch by the meters of a generation: each account has one. */
export function partsOf(batch: UsageBatch, pop: string, generation: number): Map<string, UsageBatch> {
  if (generation === 0) return new Map([[pop, batch]]);
  const parts = new Map<string, UsageBatch>();
  for (const zone of batch.zones) {
    const name = meterOf(pop, generation, zone.owner);
    const part = parts.get(name) ?? { ...batch, zones: [] };
    part.zones.push(zone);
    parts.set(name, part);
  }
  return parts;
}

/** The meters of a generation are numbered after those of the one before: `AMS`; `AMS.1`, `AMS.2`; `AMS.3` to `AMS.6`. */
function meterOf(pop: string, generation: number, owner: string): string {
  const meters = 2 ** generation;
  return `${pop}.${meters - 1 + (crc32(owner) % meters)}`;
}

/** The location of a meter. */
export function popOfMeter(name: string): string {
  return name.split(".")[0]!;
}

/** How long an isolate is remembered after it brought counts, ms. */
const LATELY_MS = 2 * LONGEST_MS;

/** The isolates that have brought counts lately. */
export class Isolates {
  readonly #seenAt = new Map<string, number>();
  #sweptAt = 0;

  get size(): number {
    return this.#seenAt.size;
  }

  /** @param now ms since the epoch */
  see(source: string, now: number): void {
    this.#seenAt.set(source, now);
    if (Math.abs(now - this.#sweptAt) < FIRST_PACE.intervalMs) return;
    this.#sweptAt = now;
    for (const [other, at] of this.#seenAt) if (Math.abs(now - at) > LATELY_MS) this.#seenAt.delete(other);
  }
}

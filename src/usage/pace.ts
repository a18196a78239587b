import { crc32 } from "../accounts/crc32.ts";
import type { UsageBatch } from "./batch.ts";

/** How often the isolates of a location bring their counts, and to which of its meters. */
export interface Pace {
  /** Until an isolate brings the next, ms: so that a meter has about one call a second, and each isolate comes within ten. */
  intervalMs: number;
  /** How often the location's meters have become full: those of the generation `g` are `2 ** g`, each for a share of the accounts. */
  generation: number;
}

/** Where there is one location, which has no code. */
export const NO_POP = "LOCAL";

/** One machine, or the beginning. */
export const FIRST_PACE: Pace = { intervalMs: 1_000, generation: 0 };

const LONGEST_MS = 10_000;

/** The platform gives an object 10 GB. One that holds so much is counted with no more, and forgets with time. */
const FULL_BYTES = 4e9;

/**
 * The pace of a location, as one of its meters sees it.
 *
 * @param isolates that have brought counts to this meter lately
 * @param generation of the meter, as the isolate knows it
 * @param bytes that the meter holds
 */
export function paceOf(isolates: number, generation: number, bytes: number): Pace {
  return {
    intervalMs: Math.min(Math.max(isolates * 1_000, FIRST_PACE.intervalMs), LONGEST_MS),
    generation: bytes > FULL_BYTES ? generation + 1 : generation,
  };
}

/** A batch by the meters of a generation that its parts are for: each account has one. */
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

/** Those of a generation are numbered behind those of the one before: `AMS`; `AMS.1`, `AMS.2`; `AMS.3` to `AMS.6`. */
function meterOf(pop: string, generation: number, owner: string): string {
  const meters = 2 ** generation;
  return `${pop}.${meters - 1 + (crc32(owner) % meters)}`;
}

/** The location of a meter. */
export function popOfMeter(name: string): string {
  return name.split(".")[0]!;
}

/** For how long an isolate counts as one that brings counts, ms. */
const LATELY_MS = 2 * LONGEST_MS;

/** The isolates that have brought something lately. */
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

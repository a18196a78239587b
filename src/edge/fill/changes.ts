import { boundedText } from "../request/bounded-text.ts";
import { zoneIdOf } from "../request/target.ts";

/** How many changed keys, and zones of forgotten keys, are remembered; the oldest go first. */
const REMEMBERED = 4_000;

/**
 * Which resources unsafe methods have changed, so that nothing is stored that was asked for before the change. Changes are
 * numbered, and each request notes the last one. Once a zone's keys are forgotten, all of its keys count as changed at that
 * point.
 */
export class Changes {
  #count = 0;
  /** The last change of each cache key, oldest first. */
  readonly #last = new Map<string, { zone: string; change: number }>();
  /** The last forgotten change, by zone. */
  readonly #forgotten = new Map<string, number>();
  /** The last change of any forgotten zone. */
  #floor = 0;

  /** Takes note of a change. */
  note(key: string): void {
    const known = boundedText(key);
    this.#last.delete(known);
    this.#last.set(known, { zone: zoneIdOf(key), change: ++this.#count });
    if (this.#last.size > REMEMBERED) this.#forgetOldest();
  }

  /** For a request that begins now: returns a function that tells whether the resource has changed since. */
  watch(key: string): () => boolean {
    const asked = this.#count;
    return () => this.#count > asked && this.#lastOf(key) > asked;
  }

  #lastOf(key: string): number {
    const known = this.#last.get(boundedText(key));
    return known?.change ?? this.#forgotten.get(zoneIdOf(key)) ?? this.#floor;
  }

  #forgetOldest(): void {
    const [key, { zone, change }] = this.#last.entries().next().value!;
    this.#last.delete(key);
    this.#forgotten.delete(zone);
    this.#forgotten.set(zone, change);
    if (this.#forgotten.size <= REMEMBERED) return;
    const [oldest, last] = this.#forgotten.entries().next().value!;
    this.#forgotten.delete(oldest);
    this.#floor = last;
  }
}

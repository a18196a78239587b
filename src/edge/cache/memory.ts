import { BoundedMap } from "../../memo/bounded-map.ts";
import { Sieve } from "../../memo/sieve.ts";
import type { HotResponse, KnownResponse } from "./hot-response.ts";
import type { StoredResponse } from "./stored-response.ts";

/** What a memory may hold, bytes. */
export interface MemoryBounds {
  /** For all responses together, with their codings. */
  total: number;
  /** For one body. */
  object: number;
}

/** A larger body is held only once it is asked for again, since reading it costs more than passing it on (bytes). */
const LARGE_BYTES = 262_144;

/** How many large bodies are remembered as having been asked for once. */
const REMEMBERED = 1_024;

/** Maps and objects around a response, roughly (bytes). */
const OVERHEAD_BYTES = 1_024;

/** Longer keys are not held, since a stream of them is an attack (characters). */
const LONGEST_KEY = 2_048;

/** Fields that the edge adds to an answer, roughly (bytes). */
const ADDED_FIELDS_BYTES = 700;

/** The hot responses of one isolate, bounded in bytes. */
export class Memory {
  readonly #bounds: MemoryBounds;
  readonly #responses = new Sieve<HotResponse>();
  readonly #large = new BoundedMap<string, true>({ entries: REMEMBERED }, "everything");

  constructor(bounds: MemoryBounds) {
    this.#bounds = bounds;
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#responses.cost;
  }

  /**
   * Whether to hold a response that has just been asked for. One that varies is left to the store. A large one is held when it
   * is asked for a second time, so the first time is remembered.
   */
  admits(key: string, { size, vary }: StoredResponse): boolean {
    if (size === null || size > this.#bounds.object || vary.length > 0 || key.length > LONGEST_KEY) return false;
    return size <= LARGE_BYTES || this.#askedAgain(key);
  }

  #askedAgain(key: string): boolean {
    if (this.#large.delete(key)) return true;
    this.#large.set(key, true);
    return false;
  }

  get(key: string): HotResponse | null {
    return this.#responses.get(key) ?? null;
  }

  /** Holds a response under a key, in place of what was there. */
  put(key: string, stored: StoredResponse, body: Blob, coded: HotResponse["coded"] = new Map()): HotResponse {
    const recount = () => this.recount(key);
    const response: HotResponse = { stored, body, coded, ready: new Map(), recount };
    this.#responses.set(key, response, costOf(key, response));
    this.#responses.shrinkTo(this.#bounds.total);
    return response;
  }

  /** Recounts a response that has grown by a coding or by an answer made ready. */
  recount(key: string): void {
    const response = this.#responses.peek(key);
    if (response === undefined) return;
    this.#responses.reprice(key, costOf(key, response));
    this.#responses.shrinkTo(this.#bounds.total);
  }

  delete(key: string): void {
    this.#responses.delete(key);
  }
}

function costOf(key: string, hot: HotResponse): number {
  let cost = costOfKnown(key, hot) + hot.body.size;
  for (const form of hot.coded.values()) cost += form.size;
  return cost;
}

/** Roughly what a response takes without its bodies (bytes). */
export function costOfKnown(key: string, { stored, ready }: Pick<KnownResponse, "stored" | "ready">): number {
  let fields = ADDED_FIELDS_BYTES;
  for (const [name, value] of stored.headers) fields += name.length + value.length;
  for (const hash of stored.tagHashes ?? []) fields += hash.length;
  // An answer made ready has fields of its own, and most also have those of a 304 or of a part.
  return OVERHEAD_BYTES + 2 * key.length + fields * (1 + 2 * ready.size);
}

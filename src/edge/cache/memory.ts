import { BoundedMap } from "../../memo/bounded-map.ts";
import { Sieve } from "../../memo/sieve.ts";
import type { HotResponse, KnownResponse } from "./hot-response.ts";
import type { StoredResponse } from "./stored-response.ts";

/** What a memory may hold, bytes. */
export interface MemoryBounds {
  /** All responses together, with their codings. */
  total: number;
  /** One body. */
  object: number;
}

/** A body above this is taken in only once it is asked for again: to read it costs more than to pass it on (bytes). */
const LARGE_BYTES = 262_144;

/** How many large bodies are remembered as asked for once. */
const REMEMBERED = 1_024;

/** Maps and objects around a response, roughly (bytes). */
const OVERHEAD_BYTES = 1_024;

/** Longer keys are not held: a stream of them is an attack (characters). */
const LONGEST_KEY = 2_048;

/** Fields that the edge adds to an answer, roughly (bytes). */
const ADDED_FIELDS_BYTES = 700;

/** Hot responses of one isolate, bounded in bytes. */
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
   * Whether a response that has just been asked for is to be held; one that varies is left to the store. Takes note of who asks
   * for a large one: the second time it is.
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

  /** Holds a response under a key, in the place of what was there. */
  put(key: string, stored: StoredResponse, body: Blob, coded: HotResponse["coded"] = new Map()): HotResponse {
    const recount = () => this.recount(key);
    const response: HotResponse = { stored, body, coded, ready: new Map(), recount };
    this.#responses.set(key, response, costOf(key, response));
    this.#responses.shrinkTo(this.#bounds.total);
    return response;
  }

  /** Counts a response again that has grown by a coding or an answer made ready. */
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

/** What a response takes without its bodies, roughly (bytes). */
export function costOfKnown(key: string, { stored, ready }: Pick<KnownResponse, "stored" | "ready">): number {
  let fields = ADDED_FIELDS_BYTES;
  for (const [name, value] of stored.headers) fields += name.length + value.length;
  for (const hash of stored.tagHashes ?? []) fields += hash.length;
  // An answer made ready has fields of its own, and most have those of a 304 or of a part beside them.
  return OVERHEAD_BYTES + 2 * key.length + fields * (1 + 2 * ready.size);
}

import { BoundedMap } from "../../memo/bounded-map.ts";
import type { HotResponse } from "./hot-response.ts";
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

interface Node {
  key: string;
  response: HotResponse;
  /** Bytes. */
  cost: number;
  /** Asked for since the hand passed last. */
  visited: boolean;
  newer: Node | null;
  older: Node | null;
}

/**
 * Hot responses of one isolate, bounded in bytes. Evicts by SIEVE (Zhang et al., NSDI 2024): a queue in order of
 * arrival and a hand that goes from the oldest to the newest, spares what was asked for since it last came by, and takes
 * the rest. A hit only sets a flag, and a scan of objects asked for once does not push out what is hot.
 */
export class Memory {
  readonly #bounds: MemoryBounds;
  readonly #nodes = new Map<string, Node>();
  readonly #large = new BoundedMap<string, true>({ entries: REMEMBERED }, "everything");
  #newest: Node | null = null;
  #oldest: Node | null = null;
  #hand: Node | null = null;
  #bytes = 0;

  constructor(bounds: MemoryBounds) {
    this.#bounds = bounds;
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#bytes;
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
    const node = this.#nodes.get(key);
    if (node === undefined) return null;
    node.visited = true;
    return node.response;
  }

  /** Holds a response under a key, in the place of what was there. */
  put(key: string, stored: StoredResponse, body: Blob, coded: HotResponse["coded"] = new Map()): HotResponse {
    const response: HotResponse = { stored, body, coded, ready: new Map() };
    const known = this.#nodes.get(key);
    if (known !== undefined) this.#remove(known);
    const node: Node = { key, response, cost: costOf(key, response), visited: false, newer: null, older: this.#newest };
    if (this.#newest !== null) this.#newest.newer = node;
    this.#newest = node;
    this.#oldest ??= node;
    this.#nodes.set(key, node);
    this.#bytes += node.cost;
    this.#evict();
    return response;
  }

  /** Counts a response again that has grown by a coding or an answer made ready. */
  recount(key: string): void {
    const node = this.#nodes.get(key);
    if (node === undefined) return;
    const cost = costOf(key, node.response);
    this.#bytes += cost - node.cost;
    node.cost = cost;
    this.#evict();
  }

  delete(key: string): void {
    const node = this.#nodes.get(key);
    if (node !== undefined) this.#remove(node);
  }

  #evict(): void {
    while (this.#bytes > this.#bounds.total) {
      const candidate = this.#hand ?? this.#oldest;
      if (candidate === null) return;
      if (candidate.visited) {
        candidate.visited = false;
        this.#hand = candidate.newer;
      } else {
        this.#remove(candidate);
      }
    }
  }

  #remove(node: Node): void {
    if (this.#hand === node) this.#hand = node.newer;
    if (node.newer === null) this.#newest = node.older;
    else node.newer.older = node.older;
    if (node.older === null) this.#oldest = node.newer;
    else node.older.newer = node.newer;
    this.#nodes.delete(node.key);
    this.#bytes -= node.cost;
  }
}

function costOf(key: string, { stored, body, coded, ready }: HotResponse): number {
  let fields = ADDED_FIELDS_BYTES;
  for (const [name, value] of stored.headers) fields += name.length + value.length;
  for (const hash of stored.tagHashes ?? []) fields += hash.length;
  // An answer made ready has fields of its own, and most have those of a 304 or of a part beside them.
  let cost = OVERHEAD_BYTES + 2 * key.length + fields * (1 + 2 * ready.size) + body.size;
  for (const form of coded.values()) cost += form.size;
  return cost;
}

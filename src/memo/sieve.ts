interface Node<Value> {
  key: string;
  value: Value;
  cost: number;
  /** Asked for since the hand passed last. */
  visited: boolean;
  newer: Node<Value> | null;
  older: Node<Value> | null;
}

/**
 * What is kept while there is room, by key, each with its cost. Evicts by SIEVE (Zhang et al., NSDI 2024): a queue in order
 * of arrival and a hand that goes from the oldest to the newest, spares what was asked for since it last came by, and takes
 * the rest. A hit only sets a flag, and a scan of what is asked for once does not push out what is hot.
 */
export class Sieve<Value> {
  readonly #nodes = new Map<string, Node<Value>>();
  #newest: Node<Value> | null = null;
  #oldest: Node<Value> | null = null;
  #hand: Node<Value> | null = null;
  #cost = 0;

  /** Of everything held. */
  get cost(): number {
    return this.#cost;
  }

  /** What arrived first of all that is left. */
  get oldest(): Value | undefined {
    return this.#oldest?.value;
  }

  values(): Value[] {
    return Array.from(this.#nodes.values(), ({ value }) => value);
  }

  /** What is held under a key: it has been asked for. */
  get(key: string): Value | undefined {
    const node = this.#nodes.get(key);
    if (node === undefined) return undefined;
    node.visited = true;
    return node.value;
  }

  /** What is held under a key, without asking for it. */
  peek(key: string): Value | undefined {
    return this.#nodes.get(key)?.value;
  }

  /** Holds a value, the newest, in the place of what was there. */
  set(key: string, value: Value, cost: number): void {
    this.delete(key);
    const node: Node<Value> = { key, value, cost, visited: false, newer: null, older: this.#newest };
    if (this.#newest !== null) this.#newest.newer = node;
    this.#newest = node;
    this.#oldest ??= node;
    this.#nodes.set(key, node);
    this.#cost += cost;
  }

  /** Gives what is held under a key another cost, and leaves it in its place. */
  reprice(key: string, cost: number): void {
    const node = this.#nodes.get(key);
    if (node === undefined) return;
    this.#cost += cost - node.cost;
    node.cost = cost;
  }

  delete(key: string): void {
    const node = this.#nodes.get(key);
    if (node !== undefined) this.#remove(node);
  }

  /** Evicts until what is left costs no more than that. @returns what had to go */
  shrinkTo(cost: number): Value[] {
    const evicted: Value[] = [];
    while (this.#cost > cost) {
      const candidate = this.#hand ?? this.#oldest;
      if (candidate === null) break;
      if (candidate.visited) {
        candidate.visited = false;
        this.#hand = candidate.newer;
      } else {
        this.#remove(candidate);
        evicted.push(candidate.value);
      }
    }
    return evicted;
  }

  #remove(node: Node<Value>): void {
    if (this.#hand === node) this.#hand = node.newer;
    if (node.newer === null) this.#newest = node.older;
    else node.newer.older = node.older;
    if (node.older === null) this.#oldest = node.newer;
    else node.older.newer = node.newer;
    this.#nodes.delete(node.key);
    this.#cost -= node.cost;
  }
}

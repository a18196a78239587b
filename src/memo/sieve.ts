interface Node<Value> {
  key: string;
  value: Value;
  cost: number;
  /** Asked for since the hand last passed. */
  visited: boolean;
  newer: Node<Value> | null;
  older: Node<Value> | null;
}

/**
 * Keeps values by key while there is room, each with its cost. Evicts by SIEVE (Zhang et al., NSDI 2024): entries queue in
 * order of arrival, and a hand moves from the oldest to the newest, spares those asked for since it last passed, and removes
 * the rest. A hit only sets a flag, and a scan of values that are asked for once does not push out hot ones.
 */
export class Sieve<Value> {
  readonly #nodes = new Map<string, Node<Value>>();
  #newest: Node<Value> | null = null;
  #oldest: Node<Value> | null = null;
  #hand: Node<Value> | null = null;
  #cost = 0;

  /** The total cost. */
  get cost(): number {
    return this.#cost;
  }

  /** The value that arrived first among those left. */
  get oldest(): Value | undefined {
    return this.#oldest?.value;
  }

  values(): Value[] {
    return Array.from(this.#nodes.values(), ({ value }) => value);
  }

  /** The value under a key, which now counts as asked for. */
  get(key: string): Value | undefined {
    const node = this.#nodes.get(key);
    if (node === undefined) return undefined;
    node.visited = true;
    return node.value;
  }

  /** The value under a key, which does not count as asking for it. */
  peek(key: string): Value | undefined {
    return this.#nodes.get(key)?.value;
  }

  /** Adds a value as the newest, replacing the one under the same key. */
  set(key: string, value: Value, cost: number): void {
    this.delete(key);
    const node: Node<Value> = { key, value, cost, visited: false, newer: null, older: this.#newest };
    if (this.#newest !== null) this.#newest.newer = node;
    this.#newest = node;
    this.#oldest ??= node;
    this.#nodes.set(key, node);
    this.#cost += cost;
  }

  /** Changes the cost of a value, and leaves it in its place. */
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

  /** Evicts until the total cost is at most `cost`. @returns the evicted values */
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

/** How much a map may hold: entries, and their total weight. */
export interface MapBounds {
  entries: number;
  weight?: number;
}

/**
 * A map that forgets when it is full. Either everything: for maps whose hot entries return at once, so that a stream of keys
 * asked for only once costs nothing more. Or the oldest, in the order in which they were last set. The newest entry always
 * stays.
 */
export class BoundedMap<Key, Value> extends Map<Key, Value> {
  readonly #bounds: MapBounds;
  readonly #forget: "everything" | "the oldest";
  readonly #weigh: (key: Key, value: Value) => number;
  #weight = 0;

  /** @param weigh gives an entry's weight, in the unit of `bounds.weight`; must not change while the map holds the entry */
  constructor(
    bounds: MapBounds,
    forget: "everything" | "the oldest",
    weigh: (key: Key, value: Value) => number = () => 0,
  ) {
    super();
    this.#bounds = bounds;
    this.#forget = forget;
    this.#weigh = weigh;
  }

  override set(key: Key, value: Value): this {
    this.delete(key);
    const weight = this.#weigh(key, value);
    if (this.#forget === "everything" && this.#isFullWith(weight)) this.clear();
    while (this.size > 0 && this.#isFullWith(weight)) this.delete(this.keys().next().value!);
    this.#weight += weight;
    return super.set(key, value);
  }

  override delete(key: Key): boolean {
    if (!this.has(key)) return false;
    this.#weight -= this.#weigh(key, this.get(key)!);
    return super.delete(key);
  }

  override clear(): void {
    super.clear();
    this.#weight = 0;
  }

  #isFullWith(weight: number): boolean {
    const { entries, weight: most = Number.POSITIVE_INFINITY } = this.#bounds;
    return this.size >= entries || this.#weight + weight > most;
  }
}

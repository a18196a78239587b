/** Counts the bytes of a body that are handed over to a client while it is read. */
export class ByteTally {
  #bytes = 0;
  #total = 0;
  #count: ((bytes: number) => void) | null = null;
  #beforeEnd: () => Promise<void> | undefined = () => undefined;
  #ended: (() => void) | null = null;
  #isOver = false;

  /** Bytes so far. */
  get total(): number {
    return this.#total;
  }

  add(bytes: number): void {
    this.#total += bytes;
    if (this.#count === null) this.#bytes += bytes;
    else this.#count(bytes);
  }

  /** What the client waits for before the body is whole. */
  beforeEnd(): Promise<void> | undefined {
    return this.#beforeEnd();
  }

  /** Called when nothing more is handed over: the body is whole, or its client has gone. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#ended?.();
  }

  /**
   * Reports what has been handed over so far, and everything that will be.
   *
   * @param ended called once, when nothing more will be handed over
   */
  tell(count: (bytes: number) => void, beforeEnd: () => Promise<void> | undefined, ended: (() => void) | null): void {
    if (this.#bytes > 0) count(this.#bytes);
    this.#count = count;
    this.#beforeEnd = beforeEnd;
    this.#ended = ended;
    if (this.#isOver) ended?.();
  }
}

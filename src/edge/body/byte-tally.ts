/** Bytes of a body that are handed over to a client while it is read, for whoever counts them. */
export class ByteTally {
  #bytes = 0;
  #total = 0;
  #count: ((bytes: number) => void) | null = null;
  #beforeEnd: () => Promise<void> | undefined = () => undefined;

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

  /** Tells what has been handed over and what will be. */
  tell(count: (bytes: number) => void, beforeEnd: () => Promise<void> | undefined): void {
    if (this.#bytes > 0) count(this.#bytes);
    this.#count = count;
    this.#beforeEnd = beforeEnd;
  }
}

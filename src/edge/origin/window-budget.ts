/**
 * What the decoders of an isolate may hold together, in bytes of their windows: so much of what it has made does a decoder keep
 * while its reader takes a rest. Who comes when too much is held waits, in order.
 */
export class WindowBudget {
  #free: number;
  readonly #waiting = new Set<{ bytes: number; begin: () => void }>();

  /** @param bytes in all; no single window may be larger */
  constructor(bytes: number) {
    this.#free = bytes;
  }

  /** Asks for a window. `begun` resolves when it may be held; `end` gives it back, or leaves the queue. */
  ask(bytes: number): { begun: Promise<void>; end: () => void } {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const waiting = { bytes, begin };
    this.#waiting.add(waiting);
    this.#next();
    let hasEnded = false;
    const end = () => {
      if (hasEnded) return;
      hasEnded = true;
      if (!this.#waiting.delete(waiting)) this.#free += bytes;
      begin();
      this.#next();
    };
    return { begun, end };
  }

  #next(): void {
    for (const first of this.#waiting) {
      if (first.bytes > this.#free) return;
      this.#waiting.delete(first);
      this.#free -= first.bytes;
      first.begin();
    }
  }
}

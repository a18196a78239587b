/** A window that is asked for, or held. */
interface Window {
  zone: string;
  bytes: number;
  begin: () => void;
}

/**
 * Bounds what an isolate's decoders hold together, in bytes of their windows: a decoder keeps that much of its output while its
 * reader pauses. One zone may hold half of it. If too much is held, new decoders wait in order.
 */
export class WindowBudget {
  readonly #bytes: number;
  readonly #held = new Set<Window>();
  readonly #waiting = new Set<Window>();

  /** @param bytes the total; no single window may be larger than half of it */
  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /** Asks for a window. `begun` resolves when it may be held; `end` gives it back, or leaves the queue. */
  ask(zone: string, bytes: number): { begun: Promise<void>; end: () => void } {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const window: Window = { zone, bytes, begin };
    this.#waiting.add(window);
    this.#next();
    const end = () => {
      this.#waiting.delete(window);
      this.#held.delete(window);
      begin();
      this.#next();
    };
    return { begun, end };
  }

  #next(): void {
    // A decoder that waits for its own zone's share may be passed over. One that waits for the total may not.
    for (const window of this.#waiting) {
      const { zone, bytes, begin } = window;
      if (bytes > 0 && this.#heldBy(zone) + bytes > this.#bytes / 2) continue;
      if (bytes > 0 && this.#heldBy(null) + bytes > this.#bytes) return;
      this.#waiting.delete(window);
      if (bytes > 0) this.#held.add(window);
      begin();
    }
  }

  #heldBy(zone: string | null): number {
    let sum = 0;
    for (const window of this.#held) if (zone === null || window.zone === zone) sum += window.bytes;
    return sum;
  }
}

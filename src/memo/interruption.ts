/**
 * Ends a wait from outside. Racing every chunk of a body against one promise would keep something of each chunk in memory until
 * the body's end.
 */
export class Interruption {
  #error: unknown = null;
  #reject: ((error: unknown) => void) | null = null;

  /** Waits for work, one piece at a time. @throws what the work throws, or the error that `end` was called with */
  over<Value>(work: Promise<Value>): Promise<Value> {
    const { promise, resolve, reject } = Promise.withResolvers<Value>();
    this.#reject = reject;
    if (this.#error !== null) reject(this.#error);
    work.then(resolve, reject);
    return promise;
  }

  /** Ends the current wait and all later ones. */
  end(error: Error): void {
    this.#error ??= error;
    this.#reject?.(this.#error);
  }
}

/**
 * Ends what is waited for, from outside. To race with one promise for as long as a body comes would hold something of each of
 * its chunks until the end.
 */
export class Interruption {
  #error: unknown = null;
  #reject: ((error: unknown) => void) | null = null;

  /** Waits for work, one at a time. @throws what the work throws, and what ends it */
  over<Value>(work: Promise<Value>): Promise<Value> {
    const { promise, resolve, reject } = Promise.withResolvers<Value>();
    this.#reject = reject;
    if (this.#error !== null) reject(this.#error);
    work.then(resolve, reject);
    return promise;
  }

  /** Ends what is waited for now, and what is waited for later. */
  end(error: Error): void {
    this.#error ??= error;
    this.#reject?.(this.#error);
  }
}

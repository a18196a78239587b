/** Keeps work going after the answer, as `ExecutionContext.waitUntil` does. */
export type WaitUntil = (work: Promise<unknown>) => void;

/** A read that takes longer is no longer shared: the request that began it may have ended. */
const SHARED_MS = 5_000;

interface Read<Value> {
  value: Promise<Value>;
  /** ms since the epoch */
  startedAt: number;
}

/** Reads under way, by name: whoever asks for the same name meanwhile waits for the same read. */
export class SharedReads<Value> {
  readonly #reads = new Map<string, Read<Value>>();

  /** The read of a name that is under way; null: there is none to share. @param now ms since the epoch */
  underWay(name: string, now: number): Promise<Value> | null {
    const read = this.#reads.get(name);
    // Setting the clock back does not make a read young again.
    return read !== undefined && Math.abs(now - read.startedAt) < SHARED_MS ? read.value : null;
  }

  /**
   * Reads, or waits for the read that is under way.
   *
   * @param keep takes the result, unless the name was forgotten meanwhile
   */
  read(
    name: string,
    read: () => Promise<Value>,
    now: number,
    waitUntil: WaitUntil,
    keep: (value: Value) => void = () => {},
  ): Promise<Value> {
    const shared = this.underWay(name, now);
    if (shared !== null) return shared;
    // A promise of its own, settled by this request: other requests that waited for this one's I/O directly were seen to hang.
    const { promise: value, resolve, reject } = Promise.withResolvers<Value>();
    const begun = { value, startedAt: now };
    this.#reads.set(name, begun);
    const isCurrent = () => this.#reads.get(name) === begun;
    const work = read()
      .then((result) => {
        if (isCurrent()) keep(result);
        resolve(result);
      })
      .catch(reject)
      .finally(() => isCurrent() && this.#reads.delete(name));
    // Keeps it alive for other requests that wait for it, in case this one's client leaves.
    waitUntil(work);
    return value;
  }

  /** Makes the next request for a name that begins like this read anew. */
  forget(beginning: string): void {
    for (const name of this.#reads.keys()) if (name.startsWith(beginning)) this.#reads.delete(name);
  }
}

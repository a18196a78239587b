/** Keeps work going after the answer, as `ExecutionContext.waitUntil` does. */
export type WaitUntil = (work: Promise<unknown>) => void;

/** A read that takes longer is no longer shared: the request that began it may be gone. */
const SHARED_MS = 5_000;

interface Read<Value> {
  value: Promise<Value>;
  /** ms since the epoch */
  startedAt: number;
}

/** Reads under way, by name: whoever asks for the same meanwhile waits for the one that is under way. */
export class SharedReads<Value> {
  readonly #reads = new Map<string, Read<Value>>();

  /** The read of a name that is under way; null where there is none to share. @param now ms since the epoch */
  underWay(name: string, now: number): Promise<Value> | null {
    const read = this.#reads.get(name);
    // A clock that has been set back does not make a read young again.
    return read !== undefined && Math.abs(now - read.startedAt) < SHARED_MS ? read.value : null;
  }

  /**
   * Reads, or waits for the read that is under way.
   *
   * @param keep takes what was read, unless the read was forgotten meanwhile
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
    // A promise of its own, settled by this request: others that waited for this one's I/O itself were seen to hang.
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
    // Kept alive for the other requests that wait for it, should this one's client go away.
    waitUntil(work);
    return value;
  }

  /** Has the next one who asks for a name that begins so read anew. */
  forget(beginning: string): void {
    for (const name of this.#reads.keys()) if (name.startsWith(beginning)) this.#reads.delete(name);
  }
}

import type { ByteTally } from "./byte-tally.ts";
import { WaitClock } from "./wait-clock.ts";

/** A writable end that may go away: a failed write closes it, but is no error of the body. */
export class Sink {
  #writer: WritableStreamDefaultWriter<Uint8Array> | null;
  readonly #tally: ByteTally | null;
  readonly #clock: WaitClock;
  #pending = 0;
  #taken = 0;
  /** Resolves once everything has been taken, or the other end is gone. */
  readonly over: Promise<void>;

  /**
   * @param stalledMs an end that takes nothing for this long is dropped, ms. It may take a quarter longer to notice
   * @param tally counts what is written
   */
  constructor(stream: WritableStream<Uint8Array> | null, stalledMs: number, tally: ByteTally | null = null) {
    this.#tally = tally;
    this.#clock = new WaitClock(stalledMs, () => this.abort("stalled"));
    this.#writer = stream?.getWriter() ?? null;
    this.over = this.#writer === null ? Promise.resolve() : this.#writer.closed.catch(() => this.#leave());
  }

  get isOpen(): boolean {
    return this.#writer !== null;
  }

  /** Chunks that the other end has taken. */
  get taken(): number {
    return this.#taken;
  }

  /** Whether the other end has yet to take something that was written. */
  get isWaiting(): boolean {
    return this.#pending > 0 && this.isOpen;
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (this.#writer === null) return;
    this.#tally?.add(chunk.byteLength);
    if (this.#pending++ === 0) this.#clock.waiting();
    await this.#writer.write(chunk).catch(() => this.#leave());
    this.#pending--;
    this.#taken++;
    // The clock restarts with each chunk that is taken.
    if (this.isWaiting) this.#clock.waiting();
    else this.#clock.resting();
  }

  async close(): Promise<void> {
    this.#tally?.end();
    if (this.#writer !== null) await this.#tally?.beforeEnd();
    await this.#writer?.close().catch(() => this.#leave());
    this.#clock.end();
  }

  /** Lets the other end know that what it has is not the whole. */
  abort(reason: string): void {
    // This rejects if the other end has gone already, which is what we want.
    this.#writer?.abort(new Error(reason)).catch(() => undefined);
    this.#leave();
  }

  #leave(): void {
    this.#clock.end();
    this.#tally?.end();
    this.#writer = null;
  }
}

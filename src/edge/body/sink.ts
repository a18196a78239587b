import type { ByteTally } from "./byte-tally.ts";
import { WaitClock } from "./wait-clock.ts";

/** A writable end that may go away: a failed write closes it, and is not an error of the body. */
export class Sink {
  #writer: WritableStreamDefaultWriter<Uint8Array> | null;
  readonly #tally: ByteTally | null;
  readonly #clock: WaitClock;
  #pending = 0;
  #taken = 0;
  /** Resolves once everything has been taken, or the other end is gone. */
  readonly over: Promise<void>;

  /**
   * @param stalledMs after so long without taking anything the other end is let go, ms. A quarter more may pass until it is noticed
   * @param tally told of what is written
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

  /** Whether the other end has yet to take what was written. */
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
    // The clock starts anew with each chunk that is taken.
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
    // Rejects where the other end has gone already: that is what was wanted.
    this.#writer?.abort(new Error(reason)).catch(() => undefined);
    this.#leave();
  }

  #leave(): void {
    this.#clock.end();
    this.#tally?.end();
    this.#writer = null;
  }
}

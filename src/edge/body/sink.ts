import type { ByteTally } from "./byte-tally.ts";

/** A writable end that may go away: a failed write closes it, and is not an error of the body. */
export class Sink {
  #writer: WritableStreamDefaultWriter<Uint8Array> | null;
  readonly #tally: ByteTally | null;
  readonly #stalledMs: number;
  #pending = 0;
  #taken = 0;
  #quarters = 0;
  #timer: number | null = null;
  /** Resolves once everything has been taken, or the other end is gone. */
  readonly over: Promise<void>;

  /**
   * @param stalledMs after so long without taking anything the other end is let go, ms. A quarter more may pass until it is noticed
   * @param tally told of what is written
   */
  constructor(stream: WritableStream<Uint8Array> | null, stalledMs: number, tally: ByteTally | null = null) {
    this.#tally = tally;
    this.#stalledMs = stalledMs;
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
    if (this.#pending++ === 0) this.#watch();
    await this.#writer.write(chunk).catch(() => this.#leave());
    this.#pending--;
    this.#taken++;
    this.#quarters = 0;
  }

  async close(): Promise<void> {
    this.#tally?.end();
    if (this.#writer !== null) await this.#tally?.beforeEnd();
    await this.#writer?.close().catch(() => this.#leave());
    clearInterval(this.#timer);
  }

  /** Lets the other end know that what it has is not the whole. */
  abort(reason: string): void {
    // Rejects where the other end has gone already: that is what was wanted.
    this.#writer?.abort(new Error(reason)).catch(() => undefined);
    this.#leave();
  }

  /** The clock starts anew with each chunk that is taken. One timer for all: the runtime holds something of each until the end. */
  #watch(): void {
    this.#quarters = 0;
    this.#timer ??= setInterval(() => {
      this.#quarters++;
      if (this.isWaiting && this.#quarters > 4) this.abort("stalled");
    }, this.#stalledMs / 4);
  }

  #leave(): void {
    clearInterval(this.#timer);
    this.#tally?.end();
    this.#writer = null;
  }
}

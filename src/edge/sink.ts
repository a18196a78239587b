import type { Handed } from "./handed.ts";

/** A writable end that may go away: a failed write closes it, and is not an error of the body. */
export class Sink {
  #writer: WritableStreamDefaultWriter<Uint8Array> | null;
  readonly #handed: Handed | null;
  #pending = 0;

  /** @param handed told of what is written */
  constructor(stream: WritableStream<Uint8Array> | null, handed: Handed | null = null) {
    this.#handed = handed;
    this.#writer = stream?.getWriter() ?? null;
    this.#writer?.closed.catch(() => this.#leave());
  }

  get isOpen(): boolean {
    return this.#writer !== null;
  }

  /** Whether the other end has yet to take what was written. */
  get isWaiting(): boolean {
    return this.#pending > 0;
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (this.#writer === null) return;
    this.#pending++;
    this.#handed?.add(chunk.byteLength);
    await this.#writer.write(chunk).catch(() => this.#leave());
    this.#pending--;
  }

  async close(): Promise<void> {
    if (this.#writer !== null) await this.#handed?.beforeEnd();
    await this.#writer?.close().catch(() => this.#leave());
  }

  /** Lets the other end know that what it has is not the whole. */
  abort(reason: string): void {
    // Rejects where the other end has gone already: that is what was wanted.
    this.#writer?.abort(new Error(reason)).catch(() => undefined);
    this.#leave();
  }

  #leave(): void {
    this.#writer = null;
  }
}

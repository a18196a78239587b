/**
 * Ends a wait that is too long: one timer for all waits of a body, since the runtime holds on to part of each timer until the
 * request is over. It may take a quarter longer to notice.
 */
export class WaitClock {
  readonly #ms: number;
  readonly #tooLong: () => void;
  #timer: number | null = null;
  #isWaiting = false;
  #quarters = 0;

  /** @param ms longest wait @param tooLong called when a wait has been longer */
  constructor(ms: number, tooLong: () => void) {
    this.#ms = ms;
    this.#tooLong = tooLong;
  }

  /** A wait begins now. */
  waiting(): void {
    this.#isWaiting = true;
    this.#quarters = 0;
    this.#timer ??= setInterval(() => {
      this.#quarters++;
      if (this.#isWaiting && this.#quarters > 4) this.#tooLong();
    }, this.#ms / 4);
  }

  /** What was waited for has come. */
  resting(): void {
    this.#isWaiting = false;
  }

  /** There is nothing more to wait for. */
  end(): void {
    this.#isWaiting = false;
    clearInterval(this.#timer);
  }
}

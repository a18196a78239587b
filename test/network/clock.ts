import { AsyncLocalStorage } from "node:async_hooks";
import { vi } from "vitest";

/** How far a location's clock is ahead of the others', ms. */
const ahead = new AsyncLocalStorage<number>();

/** Time as a simulation has it: it runs so many times as fast as ours, for all that waits as well. */
export class Clock {
  readonly #rate: number;
  readonly #wait = scheduler.wait.bind(scheduler);
  readonly #startedAt = performance.now();
  readonly #start: number;
  #ticking = true;

  private constructor(rate: number, start: number) {
    this.#rate = rate;
    this.#start = start;
  }

  /** Starts it: `Date` and `scheduler.wait` are its own until it is stopped. */
  static start(rate: number): Clock {
    const clock = new Clock(rate, Date.now());
    vi.useFakeTimers({ toFake: ["Date"], now: clock.#start });
    const shared = Date.now;
    Date.now = () => shared() + (ahead.getStore() ?? 0);
    vi.spyOn(scheduler, "wait").mockImplementation((ms, options) => clock.#wait(ms / rate, options));
    void clock.#tick();
    return clock;
  }

  stop(): void {
    this.#ticking = false;
    vi.restoreAllMocks();
    vi.useRealTimers();
  }

  /** ms since the epoch, by no location's clock. */
  get now(): number {
    return this.#start + (performance.now() - this.#startedAt) * this.#rate;
  }

  wait(ms: number): Promise<void> {
    return this.#wait(ms / this.#rate);
  }

  /** Runs something by a clock that is ahead by so many ms, or behind. */
  by<Value>(ms: number, run: () => Value): Value {
    return ahead.run(ms, run);
  }

  async #tick(): Promise<void> {
    while (this.#ticking) {
      await this.#wait(1);
      if (this.#ticking) vi.setSystemTime(this.now);
    }
  }
}

import { env } from "cloudflare:workers";
import { vi } from "vitest";
import type { Clock } from "./clock.ts";

/** A key's value since a time, ms since the epoch. */
interface Write {
  at: number;
  value: string | null;
}

/** KV as the network has it: a write is seen in a location when it has reached it, up to a minute later. */
export class LaggingKv {
  readonly #clock: Clock;
  readonly #writes = new Map<string, Write[]>();
  readonly #get = env.ZONES.get.bind(env.ZONES) as (key: string) => Promise<string | null>;
  /** While it says so, nobody can read. */
  isDown = false;
  reads = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    const prototype = Object.getPrototypeOf(env.ZONES) as KVNamespace;
    const put = prototype.put;
    const note = (key: string, value: string) => this.#writesOf(key).push({ at: clock.now, value });
    vi.spyOn(prototype, "put").mockImplementation(async function (this: KVNamespace, key, value, options) {
      note(key, String(value));
      return put.call(this, key, value as string, options);
    });
  }

  /** KV as a location reads it. @param lag how long a write takes to reach it, ms */
  at(lag: number): KVNamespace {
    const get = async (key: string) => {
      this.reads++;
      await this.#clock.wait(10);
      if (this.isDown) throw new Error("KV is down");
      const seen = this.#writesOf(key).findLast(({ at }) => at <= this.#clock.now - lag);
      return seen === undefined ? this.#before(key) : seen.value;
    };
    return { get } as unknown as KVNamespace;
  }

  /** What was there before the simulation wrote anything. */
  #before(key: string): Promise<string | null> | null {
    return this.#writesOf(key).length > 0 ? null : this.#get(key);
  }

  #writesOf(key: string): Write[] {
    const writes = this.#writes.get(key) ?? [];
    this.#writes.set(key, writes);
    return writes;
  }
}

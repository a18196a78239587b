import { DurableObject } from "cloudflare:workers";
import type { Env } from "../env.ts";
import { AddressWindows } from "./address-windows.ts";
import { SlidingWindow, WINDOW_MS, type WindowVerdict } from "./sliding-window.ts";

/** How late the time of a key's last use may be known, ms. */
const LAST_USED_INTERVAL_MS = 60_000;

/** Ms. The platform takes an object out of memory ten seconds after its last call, but not while it waits for a timer. */
const QUIET_MS = 5_000;

/**
 * Counts the calls of one key, or the failed authentications of some client addresses, exactly and for all isolates: there
 * is one object for each key, and it takes calls one after the other. It counts in memory and notes what it has counted
 * when it is quiet; an object that is moved in the midst of calls begins anew.
 */
export class RateLimiter extends DurableObject<Env> {
  readonly #window: SlidingWindow;
  readonly #addresses = new AddressWindows();
  #timer: number | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#window = new SlidingWindow(ctx.storage.kv.get<number[]>("window"));
  }

  /** Takes one of `limit` calls in any 60 seconds, and notes when the key was used. */
  async take(limit: number, keyId: string | null): Promise<WindowVerdict> {
    const now = Date.now();
    if (keyId !== null) await this.#noteUse(keyId, now);
    const verdict = this.#window.take(limit, now);
    if (verdict.allowed) this.#later(QUIET_MS, () => this.ctx.storage.kv.put("window", this.#window.times));
    return verdict;
  }

  /** Takes one of the `limit` failed authentications that an address has in any 60 seconds. */
  takeFailure(limit: number, address: string): WindowVerdict {
    const verdict = this.#addresses.take(address, limit, Date.now());
    // These few objects stay in memory until they have nothing to remember.
    if (verdict.allowed) this.#later(WINDOW_MS, () => undefined);
    return verdict;
  }

  /** Writes the last use to D1 a minute after the first use that it does not know. */
  override async alarm(): Promise<void> {
    const use = this.ctx.storage.kv.get<Use>("use");
    if (use === undefined) return;
    const lastUsedAt = Math.max(use.at, this.#lastUsedAt);
    await this.env.DB.prepare(
      "UPDATE api_keys SET last_used_at = ?2 WHERE id = ?1 AND (last_used_at IS NULL OR last_used_at < ?2)",
    )
      .bind(use.keyId, lastUsedAt)
      .run();
    // A use that came during the write is not in it.
    if (this.#lastUsedAt > lastUsedAt) await this.#remember({ keyId: use.keyId, at: this.#lastUsedAt });
    else this.ctx.storage.kv.delete("use");
  }

  #later(ms: number, work: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(work, ms);
  }

  #lastUsedAt = 0;

  async #noteUse(keyId: string, now: number): Promise<void> {
    this.#lastUsedAt = now;
    if (this.ctx.storage.kv.get<Use>("use") === undefined) await this.#remember({ keyId, at: now });
  }

  async #remember(use: Use): Promise<void> {
    this.ctx.storage.kv.put("use", use);
    await this.ctx.storage.setAlarm(use.at + LAST_USED_INTERVAL_MS);
  }
}

/** A use that D1 does not know yet. */
interface Use {
  keyId: string;
  /** Ms since the epoch. */
  at: number;
}

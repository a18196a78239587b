import { DurableObject } from "cloudflare:workers";
import { AccountWindows, type CallLimits, type CallTimes, type RateVerdict } from "./account-windows.ts";
import { AddressWindows } from "./address-windows.ts";
import { WINDOW_MS, type WindowVerdict } from "./sliding-window.ts";

/** How late a key's last use may be recorded, ms. */
const LAST_USED_INTERVAL_MS = 60_000;

/** Ms. The platform removes an object from memory ten seconds after its last call, but not while it waits for a timer. */
const QUIET_MS = 5_000;

/** A call as it is counted. */
export interface CountedCall {
  /** Id of the key that was used. */
  keyId: string;
  /** Whose window it counts in: the key's own, or that of the first key in its chain of rotations. */
  countedAs: string;
  limits: CallLimits;
}

/**
 * Counts the calls of one account's keys, or the failed authentications of some client addresses, exactly and for all isolates:
 * there is one object for each account and product, which takes calls one after the other. It counts in memory and stores its
 * counts when no more calls come. An object that is moved while calls keep coming starts again from what it last stored.
 */
export class RateLimiter extends DurableObject<{ DB: D1Database }> {
  readonly #windows: AccountWindows;
  readonly #addresses = new AddressWindows();
  /** Last uses of keys that D1 does not have yet, ms since the epoch, as stored. */
  #uses: Readonly<Record<string, number>>;
  /** Newer uses of the same keys. */
  readonly #lastUsedAt = new Map<string, number>();
  #timer: number | null = null;
  #isAlarmSure = false;

  constructor(ctx: DurableObjectState, env: { DB: D1Database }) {
    super(ctx, env);
    this.#windows = new AccountWindows(ctx.storage.kv.get<CallTimes>("windows"));
    this.#uses = ctx.storage.kv.get<Record<string, number>>("uses") ?? {};
  }

  /** Takes a call if the limits of its key and of its account allow it in any 60 seconds, and records when the key was used. */
  async take({ keyId, countedAs, limits }: CountedCall): Promise<RateVerdict> {
    const now = Date.now();
    await this.#noteUse(keyId, now);
    const verdict = this.#windows.take(countedAs, limits, now);
    if (verdict.allowed) this.#later(QUIET_MS, () => this.ctx.storage.kv.put("windows", this.#windows.times));
    return verdict;
  }

  /** Takes one of the `limit` failed authentications that an address may have in any 60 seconds. */
  takeFailure(limit: number, address: string): WindowVerdict {
    const verdict = this.#addresses.take(address, limit, Date.now());
    // These few objects stay in memory as long as they have something to remember.
    if (verdict.allowed) this.#later(WINDOW_MS, () => undefined);
    return verdict;
  }

  /** Gives back the last failed authentication of an address, because it did not fail. */
  giveBackFailure(address: string): void {
    this.#addresses.giveBack(address);
  }

  /** Writes last uses to D1, a minute after the oldest one that D1 does not have. */
  override async alarm(): Promise<void> {
    const written = Object.fromEntries(
      Object.entries(this.#uses).map(([keyId, at]) => [keyId, Math.max(at, this.#lastUsedAt.get(keyId) ?? 0)]),
    );
    await this.env.DB.prepare(
      `UPDATE api_keys SET last_used_at = used.value FROM json_each(?1) AS used
       WHERE api_keys.id = used.key AND (last_used_at IS NULL OR last_used_at < used.value)`,
    )
      .bind(JSON.stringify(written))
      .run();
    // Uses during the write are not part of it.
    const newer = [...this.#lastUsedAt].filter(([keyId, at]) => at > (written[keyId] ?? 0));
    this.#lastUsedAt.clear();
    await this.#remember(Object.fromEntries(newer));
  }

  #later(ms: number, work: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(work, ms);
  }

  async #noteUse(keyId: string, now: number): Promise<void> {
    this.#lastUsedAt.set(keyId, now);
    if (this.#uses[keyId] === undefined) return this.#remember({ ...this.#uses, [keyId]: now });
    if (this.#isAlarmSure) return;
    // The platform gives up an alarm that has failed often, so it is set again.
    await this.#remember(this.#uses);
  }

  async #remember(uses: Readonly<Record<string, number>>): Promise<void> {
    this.#uses = uses;
    this.ctx.storage.kv.put("uses", uses);
    const oldest = Math.min(...Object.values(uses));
    if (Number.isFinite(oldest) && (await this.ctx.storage.getAlarm()) === null)
      await this.ctx.storage.setAlarm(oldest + LAST_USED_INTERVAL_MS);
    this.#isAlarmSure = true;
  }
}

import type { AccountDocument } from "../accounts/account-document.ts";
import { log } from "../log/log.ts";
import { isRecent } from "../memo/is-recent.ts";
import { type CacheResult, REFUSED, type UsageBatch } from "./batch.ts";
import { type CountedZone, Counter } from "./counter.ts";
import type { LocationMeter, Receipt } from "./location-meter.ts";
import { FIRST_PACE, type Pace, partsOf } from "./pace.ts";

export type Meters = DurableObjectNamespace<LocationMeter>;

type WaitUntil = (work: Promise<unknown>) => void;

/** Work on delivering a batch, with its last sign of life in ms since the epoch. */
interface Work {
  since: number;
}

/** How often to check whether a delivery is done, by the next delivery or in an isolate that ends, ms. */
const UNDER_WAY_MS = 1_000;
const POLL_MS = 10;

/**
 * Pauses before a batch is sent again, ms. Together with the longest interval they stay within the 30 s that `waitUntil`
 * allows.
 */
const RETRY_MS = [1_000, 2_000, 4_000];

/** After this time without a sign of life, the platform may have dropped work, and others take it over, ms. */
const ABANDONED_MS = 20_000;

/**
 * Counts the answers of this isolate and delivers the counts of all accounts, in one batch, to its location's meter: after
 * answers, every second, or less often if the meter asks for that. What is not acknowledged stays in memory and is sent again,
 * first by the work that failed and then by later work.
 */
export class Metering {
  readonly #meters: Meters;
  readonly #pop: string;
  readonly #learn: (document: AccountDocument) => void;
  readonly #counter = new Counter();
  #source: string | null = null;
  /** Since when the oldest counts have been waiting for an acknowledgement, ms since the epoch; null: none are. */
  #waitingSince: number | null = null;
  #pace: Pace = FIRST_PACE;
  /** The generation of meters for the closed batch: if it is sent again, it must go to the same ones. */
  #generation = 0;
  /** When a delivery of the current counts was arranged, ms since the epoch; null: it was not. */
  #dueSince: number | null = null;
  #delivery: Work | null = null;
  /** How many answers were counted, and how many of those have arrived, in an isolate that ends. */
  #answers = 0;
  #arrived = 0;
  /** See {@link Metering.drain}. */
  settle: ((zone: CountedZone) => Promise<void>) | null = null;

  /**
   * @param pop where this isolate runs, see `popOf`
   * @param learn receives what meters say about accounts
   */
  constructor(meters: Meters, pop: string, learn: (document: AccountDocument) => void = () => {}) {
    this.#meters = meters;
    this.#pop = pop;
    this.#learn = learn;
  }

  countRequest(
    zone: CountedZone,
    path: string,
    cacheStatus: CacheResult,
    status: number,
    bytes: number,
    now: number,
    waitUntil: WaitUntil,
  ): void {
    this.#counter.countRequest(zone, path, cacheStatus, status, bytes, now);
    this.#arrange(now, waitUntil);
  }

  countBytes(
    zone: CountedZone,
    cacheStatus: CacheResult,
    status: number,
    bytes: number,
    now: number,
    waitUntil: WaitUntil,
  ): void {
    this.#counter.countBytes(zone, cacheStatus, status, bytes, now);
    // The request may have arrived long ago.
    this.#arrange(Date.now(), waitUntil);
  }

  countFailure(zone: CountedZone, reason: string, waitUntil: WaitUntil): void {
    const now = Date.now();
    this.#counter.countFailure(zone, reason, now);
    this.#arrange(now, waitUntil);
  }

  countRefusal(zone: CountedZone, reason: string, waitUntil: WaitUntil): void {
    this.countFailure(zone, REFUSED + reason, waitUntil);
  }

  countOrigin(zone: CountedZone, firstByteMs: number | null, waitUntil: WaitUntil): void {
    const now = Date.now();
    this.#counter.countOrigin(zone, firstByteMs, now);
    this.#arrange(now, waitUntil);
  }

  countOriginBytes(zone: CountedZone, bytes: number, waitUntil: WaitUntil): void {
    const now = Date.now();
    this.#counter.countOriginBytes(zone, bytes, now);
    this.#arrange(now, waitUntil);
  }

  /** @param at when the counted request arrived, ms since the epoch */
  #arrange(at: number, waitUntil: WaitUntil): void {
    if (this.#dueSince !== null && isRecent(this.#dueSince, ABANDONED_MS, at)) return;
    // An answer may have taken a while. But asking the clock for each one would cost more than counting it.
    const now = Date.now();
    if (this.#dueSince !== null && isRecent(this.#dueSince, ABANDONED_MS, now)) return;
    this.#dueSince = now;
    this.#waitingSince ??= now;
    waitUntil(
      this.#deliverSoon().catch((error: unknown) => {
        log("usage_delivery_failed", { meter: this.#pop, error });
      }),
    );
  }

  /** How long the oldest undelivered counts have been waiting, ms. */
  lagMs(now: number): number {
    return this.#waitingSince === null ? 0 : Math.max(0, now - this.#waitingSince);
  }

  /**
   * Delivers everything counted so far and, from then on, each count before its answer ends. It is for an isolate whose process
   * ends as soon as the requests in flight are answered, without waiting for `waitUntil`.
   */
  async drain(): Promise<void> {
    this.settle = () => this.#deliverNow();
    await this.#deliverNow();
  }

  /** Waits until everything counted so far has arrived, by a delivery that others wait for or by one of its own. */
  async #deliverNow(): Promise<void> {
    const wanted = ++this.#answers;
    while (this.#arrived < wanted) {
      if (this.#isUnderWay) {
        await scheduler.wait(POLL_MS);
        continue;
      }
      const delivery: Work = { since: Date.now() };
      this.#delivery = delivery;
      // A batch that was closed earlier has none of these counts.
      const reached = this.#counter.isWaiting ? this.#arrived : this.#answers;
      const batch = this.#close();
      const hasArrived = batch === null || (await this.#deliver(batch, delivery));
      this.#delivery = null;
      if (!hasArrived) return;
      this.#arrived = Math.max(this.#arrived, reached);
    }
  }

  #close(): UsageBatch | null {
    this.#source ??= crypto.randomUUID();
    if (!this.#counter.isWaiting) this.#generation = this.#pace.generation;
    return this.#counter.close(this.#source);
  }

  /** Lets counts gather for a while, waits for a delivery under way, and delivers. */
  async #deliverSoon(): Promise<void> {
    await scheduler.wait(this.#pace.intervalMs);
    while (this.#isUnderWay) await scheduler.wait(UNDER_WAY_MS);
    const delivery: Work = { since: Date.now() };
    this.#delivery = delivery;
    try {
      if (this.#counter.isWaiting) {
        // What others gave up on goes first, with one call a second.
        if (!(await this.#deliver(this.#close()!, delivery))) {
          this.#dueSince = null;
          return;
        }
        await scheduler.wait(FIRST_PACE.intervalMs);
      }
      const batch = this.#close();
      // Counts from now on arrange their own delivery.
      this.#dueSince = null;
      if (batch === null) this.#waitingSince = null;
      else await this.#deliver(batch, delivery);
    } finally {
      if (this.#delivery === delivery) this.#delivery = null;
    }
  }

  get #isUnderWay(): boolean {
    return this.#delivery !== null && isRecent(this.#delivery.since, ABANDONED_MS, Date.now());
  }

  /** Sends a batch a few times, until it is acknowledged. The meter counts it once, however often it gets it. */
  async #deliver(batch: UsageBatch, delivery: Work): Promise<boolean> {
    for (const pause of [0, ...RETRY_MS]) {
      if (pause > 0) await scheduler.wait(pause);
      delivery.since = Date.now();
      try {
        const receipts = await this.#send(batch);
        this.#counter.acknowledge(batch);
        this.#waitingSince = this.#dueSince;
        for (const { accounts, intervalMs, generation } of receipts) {
          this.#pace = { intervalMs, generation: Math.max(generation, this.#pace.generation) };
          for (const known of accounts) this.#learn(known);
        }
        return true;
      } catch (error) {
        log("usage_not_delivered", { meter: this.#pop, error });
      }
    }
    return false;
  }

  /** Sends each part of a batch to its meter. It has arrived when all of them have. */
  #send(batch: UsageBatch): Promise<Receipt[]> {
    const generation = this.#generation;
    const parts = partsOf(batch, this.#pop, generation);
    return Promise.all([...parts].map(([meter, part]) => this.#meters.getByName(meter).add(part, generation)));
  }
}

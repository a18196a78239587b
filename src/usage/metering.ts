import type { AccountDocument } from "../accounts/account-document.ts";
import { log } from "../log/log.ts";
import { isRecent } from "../memo/is-recent.ts";
import { type CacheResult, REFUSED, type UsageBatch } from "./batch.ts";
import { Counter, nameOf, type Owner, type OwnerCounts } from "./counter.ts";
import type { UsageMeter } from "./meter.ts";

export type Meters = DurableObjectNamespace<UsageMeter>;

type WaitUntil = (work: Promise<unknown>) => void;
type Zone = { id: string } & Owner;

/** Work on the delivery of an owner's batch, by its last sign of life in ms since the epoch. */
interface Work {
  since: number;
}

/** At most one call to a meter in this time, ms. */
const INTERVAL_MS = 1_000;

/** How often an isolate that ends looks whether a delivery is done, ms. */
const POLL_MS = 10;

/** Pauses before a batch is sent once more. Together they stay within the 30 s that a platform gives to `waitUntil`, ms. */
const RETRY_MS = [1_000, 2_000, 4_000];

/** After so long, work that the platform may have dropped is taken over by others, ms. */
const ABANDONED_MS = 20_000;

/**
 * Counts the answers of this isolate and takes what it has counted to the meters, after the answers. What a meter does not
 * acknowledge stays in memory and is sent again, by the work that failed and then by each that follows.
 */
export class Metering {
  readonly #meters: Meters;
  readonly #pop: string;
  readonly #learn: (document: AccountDocument) => void;
  readonly #counter = new Counter();
  readonly #deliveries = new WeakMap<OwnerCounts, Work>();
  #source: string | null = null;
  /** Since when each owner's counts have waited for an acknowledgement, ms since the epoch. */
  readonly #waiting = new Map<OwnerCounts, number>();
  /** See {@link Metering.drain}. */
  settle: ((zone: Zone) => Promise<void>) | null = null;

  /**
   * @param pop where this isolate runs, see `popOf`
   * @param learn takes in what meters say of their accounts
   */
  constructor(meters: Meters, pop: string, learn: (document: AccountDocument) => void = () => {}) {
    this.#meters = meters;
    this.#pop = pop;
    this.#learn = learn;
  }

  countRequest(
    zone: Zone,
    path: string,
    cacheStatus: CacheResult,
    status: number,
    bytes: number,
    now: number,
    waitUntil: WaitUntil,
  ): void {
    this.#arrange(this.#counter.countRequest(zone, path, cacheStatus, status, bytes, now), now, waitUntil);
  }

  countBytes(
    zone: Zone,
    cacheStatus: CacheResult,
    status: number,
    bytes: number,
    now: number,
    waitUntil: WaitUntil,
  ): void {
    // The request may have come long ago.
    this.#arrange(this.#counter.countBytes(zone, cacheStatus, status, bytes, now), Date.now(), waitUntil);
  }

  countFailure(zone: Zone, reason: string, waitUntil: WaitUntil): void {
    const now = Date.now();
    this.#arrange(this.#counter.countFailure(zone, reason, now), now, waitUntil);
  }

  countRefusal(zone: Zone, reason: string, waitUntil: WaitUntil): void {
    this.countFailure(zone, REFUSED + reason, waitUntil);
  }

  #arrange(owner: OwnerCounts, now: number, waitUntil: WaitUntil): void {
    if (owner.deliveryDueSince !== null && isRecent(owner.deliveryDueSince, ABANDONED_MS, now)) return;
    owner.deliveryDueSince = now;
    if (!this.#waiting.has(owner)) this.#waiting.set(owner, now);
    waitUntil(
      this.#deliverSoon(owner).catch((error: unknown) => {
        log("usage_delivery_failed", { meter: nameOf(owner), error });
      }),
    );
  }

  /** For how long the oldest counts that no meter has have waited, ms. */
  lagMs(now: number): number {
    return Math.max(0, ...[...this.#waiting.values()].map((since) => now - since));
  }

  /**
   * Delivers all that has been counted, and from then on what is counted before it is answered: for an isolate whose
   * process ends as soon as the requests in flight are answered, whatever `waitUntil` has been given.
   */
  async drain(): Promise<void> {
    this.settle = (zone) => this.#deliverNow(this.#counter.ownerOf(zone));
    await Promise.all(this.#counter.owners().map((owner) => this.#deliverNow(owner)));
  }

  async #deliverNow(owner: OwnerCounts | null): Promise<void> {
    // Twice, for what was counted while an earlier batch was on its way.
    for (let round = 0; round < 2 && owner !== null; round++) {
      while (this.#isUnderWay(owner)) await scheduler.wait(POLL_MS);
      const delivery: Work = { since: Date.now() };
      this.#deliveries.set(owner, delivery);
      const batch = this.#close(owner);
      const hasArrived = batch === null || (await this.#deliver(owner, batch, delivery));
      this.#deliveries.delete(owner);
      if (!hasArrived) return;
    }
  }

  #close(owner: OwnerCounts): UsageBatch | null {
    this.#source ??= crypto.randomUUID();
    return this.#counter.close(owner, this.#source, this.#pop);
  }

  /** Lets a second's counts come together, waits for a delivery under way, and delivers. */
  async #deliverSoon(owner: OwnerCounts): Promise<void> {
    do await scheduler.wait(INTERVAL_MS);
    while (this.#isUnderWay(owner));
    const delivery: Work = { since: Date.now() };
    this.#deliveries.set(owner, delivery);
    try {
      if (owner.closed !== null) {
        // What others gave up on goes first; one call a second.
        if (!(await this.#deliver(owner, owner.closed, delivery))) {
          owner.deliveryDueSince = null;
          return;
        }
        await scheduler.wait(INTERVAL_MS);
      }
      const batch = this.#close(owner);
      // What is counted from now on arranges its own delivery.
      owner.deliveryDueSince = null;
      if (batch !== null) await this.#deliver(owner, batch, delivery);
    } finally {
      if (this.#deliveries.get(owner) === delivery) this.#deliveries.delete(owner);
    }
  }

  #isUnderWay(owner: OwnerCounts): boolean {
    const delivery = this.#deliveries.get(owner);
    return delivery !== undefined && isRecent(delivery.since, ABANDONED_MS, Date.now());
  }

  /** Sends a batch until it is acknowledged, a few times. The meter counts it once, however often it gets it. */
  async #deliver(owner: OwnerCounts, batch: UsageBatch, delivery: Work): Promise<boolean> {
    for (const pause of [0, ...RETRY_MS]) {
      if (pause > 0) await scheduler.wait(pause);
      delivery.since = Date.now();
      try {
        const known = await this.#meters.getByName(nameOf(owner)).add(batch);
        this.#counter.acknowledge(owner, batch);
        if (owner.deliveryDueSince === null) this.#waiting.delete(owner);
        else this.#waiting.set(owner, owner.deliveryDueSince);
        if (known) this.#learn(known);
        return true;
      } catch (error) {
        log("usage_not_delivered", { meter: nameOf(owner), error });
      }
    }
    return false;
  }
}

import { DurableObject } from "cloudflare:workers";
import { log } from "../../log/log.ts";
import { settingsOf, type Variables } from "../../settings.ts";
import type { AttemptResult } from "../../signed-delivery/post-signed.ts";
import type { LogChunk } from "./log-chunk.ts";
import { destinationOf } from "./log-target-rows.ts";
import { type LogBatch, OutboxTables, type Waiting } from "./outbox-tables.ts";

/** How long lines wait for others to fill a batch with them. */
const LINGER_MS = 5_000;
/** How long one alarm runs: the platform ends it after 15 minutes. */
const RUN_MS = 60_000;
const LONGEST_PAUSE_MS = 60_000;
const D1_FAILED_MS = 30_000;

/** The state of the delivery of a zone's logs. Times in ms since the epoch. */
export interface DeliveryState {
  /** Lines and batches that a receiver has acknowledged. */
  delivered: { lines: number; batches: number };
  /** Lines that were dropped because the receiver took too few, or none, for too long. */
  lost: number;
  /** Failed attempts since the last success. */
  failures: number;
  failingSince: number | null;
  lastDelivery: { at: number; batch: string; lines: number } | null;
  lastFailure: { at: number; status: number | null; reason: string } | null;
}

const NOTHING_YET: DeliveryState = {
  delivered: { lines: 0, batches: 0 },
  lost: 0,
  failures: 0,
  failingSince: null,
  lastDelivery: null,
  lastFailure: null,
};

/**
 * Delivers the logs of one zone. There is one object for each, so that a slow receiver holds up nobody else. Whatever it has
 * acknowledged to an isolate is on disk, and goes out in batches, one after the other, each until the receiver has acknowledged
 * it: at least once, always with the same id. If too much waits, or for too long, the oldest is dropped and counted.
 */
export class LogOutbox extends DurableObject<Variables & { DB: D1Database }> {
  #opened: OutboxTables | null = null;
  /** The batch that is being sent. */
  #underWay: number | null = null;

  /** Takes in lines. They are on disk when this returns. */
  async take(chunk: LogChunk): Promise<void> {
    const now = Date.now();
    this.ctx.storage.transactionSync(() => {
      if (chunk.lines > 0) this.#tables.add(chunk, now);
      this.#noteLost(chunk.lost + this.#tables.bound(now, this.#underWay));
    });
    this.ctx.storage.kv.put("zone", chunk.zone);
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(now + LINGER_MS);
  }

  /** Tries again at once to send what waits. */
  async retry(): Promise<void> {
    if (this.#tables.waiting().lines > 0) await this.ctx.storage.setAlarm(Date.now());
  }

  state(): DeliveryState & { waiting: Waiting } {
    return { ...this.#state, waiting: this.#tables.waiting() };
  }

  override async alarm(): Promise<void> {
    const zone = this.ctx.storage.kv.get<string>("zone");
    if (zone === undefined) return;
    try {
      await this.#deliverAll(zone);
    } catch (error) {
      log("log_run_failed", { zone, error });
      await this.ctx.storage.setAlarm(Date.now() + D1_FAILED_MS);
    }
  }

  async #deliverAll(zone: string): Promise<void> {
    const destination = await destinationOf(this.env.DB, zone);
    if (destination === null) {
      // Nobody wants these logs any more.
      await this.ctx.storage.deleteAlarm();
      await this.ctx.storage.deleteAll();
      this.#opened = null;
      return;
    }
    // Loaded when first needed, so that other requests do not pay for signatures.
    const { deliverBatch } = await import("./deliver-batch.ts");
    const settings = settingsOf(this.env);
    const end = Date.now() + RUN_MS;
    while (Date.now() < end) {
      this.#noteLost(this.#tables.bound(Date.now(), null));
      const batch = this.#next();
      if (batch === null) return;
      this.#underWay = batch.seq;
      const result = await deliverBatch(batch, zone, destination, settings, Date.now()).finally(() => {
        this.#underWay = null;
      });
      if (!this.#note(batch, result, Date.now())) return this.#pause();
    }
    await this.ctx.storage.setAlarm(Date.now());
  }

  #next(): LogBatch | null {
    const oldest = this.#tables.oldest();
    if (oldest !== null) return oldest;
    return this.#tables.close(Date.now()) ? this.#tables.oldest() : null;
  }

  /** Returns whether the batch was delivered. */
  #note(batch: LogBatch, result: AttemptResult, now: number): boolean {
    const state = this.#state;
    if (result.kind === "failed") {
      const { status, reason } = result;
      this.#state = {
        ...state,
        failures: state.failures + 1,
        failingSince: state.failingSince ?? now,
        lastFailure: { at: now, status, reason },
      };
      return false;
    }
    this.ctx.storage.transactionSync(() => {
      this.#tables.drop(batch.seq);
      this.#state = {
        ...state,
        delivered: { lines: state.delivered.lines + batch.lines, batches: state.delivered.batches + 1 },
        failures: 0,
        failingSince: null,
        lastDelivery: { at: now, batch: batch.id, lines: batch.lines },
      };
    });
    return true;
  }

  #noteLost(lines: number): void {
    if (lines > 0) this.#state = { ...this.#state, lost: this.#state.lost + lines };
  }

  /** A failing receiver is asked again after a second, then after twice as long each time, up to a minute. */
  async #pause(): Promise<void> {
    const pause = Math.min(1_000 * 2 ** (this.#state.failures - 1), LONGEST_PAUSE_MS);
    await this.ctx.storage.setAlarm(Date.now() + pause);
  }

  get #tables(): OutboxTables {
    this.#opened ??= new OutboxTables(this.ctx.storage.sql);
    return this.#opened;
  }

  get #state(): DeliveryState {
    return this.ctx.storage.kv.get<DeliveryState>("state") ?? NOTHING_YET;
  }

  set #state(state: DeliveryState) {
    this.ctx.storage.kv.put("state", state);
  }
}

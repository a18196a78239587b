import { DurableObject } from "cloudflare:workers";
import type { AccountDocument } from "../accounts/account-document.ts";
import { BOUNDS } from "../db/bounds.ts";
import { log } from "../log/log.ts";
import type { UsageBatch } from "./batch.ts";
import { DAY_MS, DAYS_KEPT_DAYS, dayOf, HOUR_MS, HOURS_KEPT_DAYS } from "./hours.ts";
import {
  addFailures,
  addPaths,
  addUsage,
  createTables,
  dropBefore,
  isNew,
  sums,
  topPaths,
  type UsageQuery,
  type UsageSums,
} from "./meter-tables.ts";
import { seePop } from "./pops.ts";
import type { Used } from "./quota.ts";
import { QuotaWatch, type WatchEnv } from "./quota-watch.ts";
import type { PathSummary } from "./top-paths.ts";
import { totals } from "./totals.ts";

/** How often a location is noted as serving, ms. */
const SEEN_MS = HOUR_MS;

/** For how long batches are told from those that came before. An isolate that waits longer with one counts it twice. */
const SOURCES_KEPT_DAYS = BOUNDS.sources.days;

/**
 * The usage of one account, one object for its live zones and one for its test zones: exact sums by hour and by day, and
 * the most requested paths. A batch is counted once, however often it comes.
 */
export class UsageMeter extends DurableObject<WatchEnv> {
  readonly #sql: SqlStorage;
  /** Null: of test zones, which no quota counts. */
  readonly #watch: QuotaWatch | null;
  readonly #seenAt = new Map<string, number>();

  constructor(ctx: DurableObjectState, env: WatchEnv) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    createTables(this.#sql);
    const [account, mode] = (ctx.id.name ?? "").split(":");
    this.#watch = account && mode === "live" ? new QuotaWatch(account, this.#sql, env) : null;
  }

  /**
   * Counts a batch. It is on disk when this returns. What it returns is what this meter was told of its account last: so an
   * isolate that serves the account's zones knows within seconds, whatever KV takes.
   */
  async add(batch: UsageBatch): Promise<AccountDocument | null> {
    const now = Date.now();
    this.ctx.storage.transactionSync(() => {
      if (!isNew(this.#sql, batch, now)) return;
      addUsage(this.#sql, batch);
      addPaths(this.#sql, batch);
      addFailures(this.#sql, batch);
      this.#watch?.count(batch);
      totals.add(batch);
    });
    this.#notePop(batch.pop, now);
    this.ctx.waitUntil(this.#look(now, false));
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(dayOf(now) + DAY_MS);
    return this.#known;
  }

  /** Takes in what has been published of the account, for those who bring their counts. */
  know(document: AccountDocument): void {
    if (document.revision >= (this.#known?.revision ?? 0)) this.ctx.storage.kv.put("account", document);
  }

  get #known(): AccountDocument | null {
    return this.ctx.storage.kv.get<AccountDocument>("account") ?? null;
  }

  /** What is used of this month's quota. */
  used(): Used {
    const { requests, bytes } = this.#watch?.used(Date.now()) ?? { requests: 0, bytes: 0 };
    return { requests, bytes };
  }

  /** Looks at the account's quota anew: it has changed. Returns what the edge has to know then; null: nothing. */
  async reconsider(): Promise<AccountDocument | null> {
    return this.#look(Date.now(), true);
  }

  async #look(now: number, anew: boolean): Promise<AccountDocument | null> {
    try {
      const document = (await this.#watch?.look(now, anew)) ?? null;
      if (document !== null) this.know(document);
      return document;
    } catch (error) {
      // The next batch looks again.
      log("quota_not_looked_at", { meter: this.ctx.id.name, error });
      return null;
    }
  }

  /** Sums of a period. */
  report(query: UsageQuery): UsageSums {
    return sums(this.#sql, query);
  }

  /** The most requested paths of a zone on a UTC day. @param day its beginning in ms since the epoch */
  topPaths(zone: string, day: number): PathSummary {
    return topPaths(this.#sql, zone, day);
  }

  /** Drops what is kept no longer, once a day. */
  override async alarm(): Promise<void> {
    const today = dayOf(Date.now());
    dropBefore(this.#sql, {
      hours: today - HOURS_KEPT_DAYS * DAY_MS,
      days: today - DAYS_KEPT_DAYS * DAY_MS,
      sources: today - SOURCES_KEPT_DAYS * DAY_MS,
    });
    await this.ctx.storage.setAlarm(today + DAY_MS);
  }

  #notePop(pop: string, now: number): void {
    if (now - (this.#seenAt.get(pop) ?? 0) < SEEN_MS) return;
    this.#seenAt.set(pop, now);
    const noted = seePop(this.env.DB, pop, now).catch((error: unknown) => {
      this.#seenAt.delete(pop); // the next batch tries again
      log("pop_not_noted", { pop, error });
    });
    this.ctx.waitUntil(noted);
  }
}

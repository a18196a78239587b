import { DurableObject } from "cloudflare:workers";
import type { AccountDocument } from "../accounts/account-document.ts";
import { BOUNDS } from "../db/bounds.ts";
import { log } from "../log/log.ts";
import type { UsageBatch } from "./batch.ts";
import { fold } from "./fold.ts";
import { DAY_MS, dayOf, HOUR_MS } from "./hours.ts";
import { DAYS_KEPT_DAYS, HOURS_KEPT_DAYS } from "./kept-days.ts";
import { KnownAccounts } from "./known-accounts.ts";
import { Ledger } from "./ledger.ts";
import { locationSums, locationTopPaths } from "./location-report.ts";
import { keepName, objectName } from "./object-name.ts";
import { FIRST_PACE, Isolates, NO_POP, type Pace, paceOf, popOfMeter } from "./pace.ts";
import { createPackedRows, dropPacked } from "./packed-rows.ts";
import { monthOf } from "./period.ts";
import { seePop } from "./pops.ts";
import type { Used } from "./quota.ts";
import type { UsageQuery, UsageSums } from "./sums.ts";
import { type AccountMeters, Telling } from "./telling.ts";
import type { PathSummary } from "./top-paths.ts";
import { totals } from "./totals.ts";
import { createWaitingBatches, dropSources, isNew, keepBatch, sizeOfWaiting } from "./waiting-batches.ts";

interface MeterEnv extends AccountMeters {
  DB: D1Database;
}

/** What an isolate is told when its batch is on disk. */
export interface Receipt extends Pace {
  /** News about the accounts whose counts it brought, which may not have reached it yet. */
  accounts: AccountDocument[];
}

/**
 * Batches wait this long to be folded, or until they have this many characters: folding seldom is cheap, and usage reports read
 * waiting batches too.
 */
const FOLD_AFTER_MS = HOUR_MS;
const FOLD_CHARACTERS = 4_000_000;

/** How long months are kept (days). Only the current month is ever asked for. */
const MONTHS_KEPT_DAYS = 62;

/** How long a repeated batch is recognised. If an isolate repeats one later than that, it counts twice. */
const SOURCES_KEPT_DAYS = BOUNDS.sources.days;

/** How often it is noted that a location serves, ms. */
const SEEN_MS = HOUR_MS;

/** How many owners are told of this meter before the first batch with their counts is stored. An alarm tells the others. */
const TOLD_AT_ONCE = 50;

/** How many owners one alarm tells: the platform allows a thousand calls. */
const TOLD_BY_ALARM = 500;

/** If an owner's object did not answer, it is told again after this time, ms. */
const TELL_AGAIN_MS = 10_000;

/**
 * The usage that one location has counted, of all accounts. A batch is one row, counted once however often it arrives. An alarm
 * folds what has arrived into hours, days and months. Each account's own object knows which meters have counted for it, and
 * usage reports add them up.
 */
export class LocationMeter extends DurableObject<MeterEnv> {
  readonly #sql: SqlStorage;
  readonly #name: string;
  readonly #pop: string;
  readonly #ledger: Ledger;
  readonly #known: KnownAccounts;
  readonly #isolates = new Isolates();
  readonly #telling: Telling;
  /** How many characters the waiting batches have. */
  #waiting: number;
  #seenAt: number;
  /** Null: unknown. */
  #alarmAt: number | null = null;

  constructor(ctx: DurableObjectState, env: MeterEnv) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#name = objectName(ctx) || NO_POP;
    this.#pop = popOfMeter(this.#name);
    createWaitingBatches(this.#sql);
    createPackedRows(this.#sql);
    this.#ledger = new Ledger(this.#sql);
    this.#known = new KnownAccounts(this.#sql);
    this.#telling = new Telling(this.#name, this.#ledger, env, (document) => this.know(document));
    this.#waiting = sizeOfWaiting(this.#sql);
    this.#seenAt = ctx.storage.kv.get<number>("seen") ?? 0;
  }

  /**
   * Counts a batch. When this returns, it is on disk, and each account in it knows of this meter.
   *
   * @param generation this meter's generation, as the isolate knows it
   */
  async add(batch: UsageBatch, generation = FIRST_PACE.generation): Promise<Receipt> {
    const now = Date.now();
    const owners = [...new Set(batch.zones.map(({ owner }) => owner))];
    // This comes before storing, so that everything on disk is in usage reports, even if this object and the isolate end right
    // now.
    const left = await this.#introduce(owners, now);
    if (isNew(this.#sql, batch)) {
      this.#waiting += this.ctx.storage.transactionSync(() => {
        keepName(this.ctx);
        return keepBatch(this.#sql, batch);
      });
      this.#ledger.count(batch);
      totals.add(batch);
    }
    await this.#alarmBy(this.#waiting > FOLD_CHARACTERS ? now : now + FOLD_AFTER_MS);
    if (left !== null) await this.#alarmBy(left);
    this.#notePop(now);
    const month = monthOf(now);
    for (const owner of owners) {
      if (this.#ledger.isKnown(owner) && this.#ledger.isDue(owner, month))
        this.ctx.waitUntil(this.#telling.tell(owner, now));
    }
    this.#isolates.see(batch.source, now);
    const bytes = this.#sql.databaseSize;
    const pace = this.#pop === NO_POP ? FIRST_PACE : paceOf(this.#isolates.size, generation, bytes);
    const accounts = new Set(batch.zones.map(({ owner }) => owner.split(":")[0]!));
    return { ...pace, accounts: this.#known.of(accounts) };
  }

  /**
   * Tells owners about this meter that have never heard of it. Returns when to tell those that could not be told; null: all
   * were.
   */
  async #introduce(owners: readonly string[], now: number): Promise<number | null> {
    const unknown = owners.filter((owner) => !this.#ledger.isKnown(owner));
    const told = await Promise.all(unknown.slice(0, TOLD_AT_ONCE).map((owner) => this.#telling.tell(owner, now)));
    if (unknown.length > TOLD_AT_ONCE) return now;
    return told.includes(false) ? now + TELL_AGAIN_MS : null;
  }

  /** Remembers what was published of an account, for those who bring its counts. */
  know(document: AccountDocument): void {
    this.#known.put(document, Date.now());
  }

  /**
   * What an owner has used in the month that begins at `month`, for its own object.
   *
   * @param anew whether what need not be reported has changed: then the next counts are reported
   */
  used(owner: string, month: number, anew: boolean): Used {
    return this.#telling.used(owner, month, anew);
  }

  /** The sums of an owner's zones for a period. */
  report(owner: string, query: UsageQuery): UsageSums {
    return locationSums(this.#sql, this.#pop, owner, query);
  }

  /** The most requested paths of an owner's zone on a UTC day. @param day when it begins, ms since the epoch */
  topPaths(owner: string, zone: string, day: number): PathSummary {
    return locationTopPaths(this.#sql, owner, zone, day);
  }

  /** Tells owners that have not heard of this meter, folds what waits, and once a day drops what has been kept long enough. */
  override async alarm(): Promise<void> {
    const now = Date.now();
    this.#alarmAt = null;
    const unknown = this.#ledger.unknown();
    const told = await Promise.all(unknown.slice(0, TOLD_BY_ALARM).map((owner) => this.#telling.tell(owner, now)));
    this.ctx.storage.transactionSync(() => this.#ledger.keepUnknown());
    let isMore = true;
    while (isMore) isMore = this.ctx.storage.transactionSync(() => fold(this.#sql, now));
    this.#waiting = 0;
    this.#ledger.folded();
    this.#drop(now);
    if (unknown.length > told.length) await this.#alarmBy(now);
    else await this.#alarmBy(told.includes(false) ? now + TELL_AGAIN_MS : dayOf(now) + DAY_MS);
  }

  #drop(now: number): void {
    const today = dayOf(now);
    dropPacked(this.#sql, "hours", today - HOURS_KEPT_DAYS * DAY_MS);
    dropPacked(this.#sql, "paths", today - HOURS_KEPT_DAYS * DAY_MS);
    dropPacked(this.#sql, "days", today - DAYS_KEPT_DAYS * DAY_MS);
    dropPacked(this.#sql, "months", monthOf(today - MONTHS_KEPT_DAYS * DAY_MS));
    dropSources(this.#sql, today - SOURCES_KEPT_DAYS * DAY_MS);
    this.#ledger.dropBefore(today - DAYS_KEPT_DAYS * DAY_MS);
  }

  async #alarmBy(at: number): Promise<void> {
    this.#alarmAt ??= await this.ctx.storage.getAlarm();
    if (this.#alarmAt !== null && this.#alarmAt <= at) return;
    this.#alarmAt = at;
    await this.ctx.storage.setAlarm(at);
  }

  #notePop(now: number): void {
    if (now - this.#seenAt < SEEN_MS) return;
    const before = this.#seenAt;
    this.#seenAt = now;
    this.ctx.storage.kv.put("seen", now);
    const noted = seePop(this.env.DB, this.#pop, now).catch((error: unknown) => {
      this.#seenAt = before; // the next batch tries again
      log("pop_not_noted", { pop: this.#pop, error });
    });
    this.ctx.waitUntil(noted);
  }
}

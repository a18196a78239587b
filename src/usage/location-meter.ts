import { DurableObject } from "cloudflare:workers";
import type { AccountDocument } from "../accounts/account-document.ts";
import { BOUNDS } from "../db/bounds.ts";
import { log } from "../log/log.ts";
import type { UsageBatch } from "./batch.ts";
import { fold, PATHS_OF_A_DAY, type PackedFigures, type PackedPaths } from "./fold.ts";
import { DAY_MS, dayOf, HOUR_MS } from "./hours.ts";
import { DAYS_KEPT_DAYS, HOURS_KEPT_DAYS } from "./kept-days.ts";
import { KnownAccounts } from "./known-accounts.ts";
import { type Allowance, Ledger, type Told } from "./ledger.ts";
import { keepName, objectName } from "./object-name.ts";
import { FIRST_PACE, Isolates, NO_POP, type Pace, paceOf, popOfMeter } from "./pace.ts";
import { bucketOf, createPackedRows, dropPacked, readPacked } from "./packed-rows.ts";
import { monthOf } from "./period.ts";
import { seePop } from "./pops.ts";
import type { Used } from "./quota.ts";
import { NO_SLACK } from "./quota-slack.ts";
import { Summing, type UsageQuery, type UsageSums } from "./sums.ts";
import { mergeTopPaths, NO_PATHS, type PathSummary } from "./top-paths.ts";
import { totals } from "./totals.ts";
import { createWaitingBatches, dropSources, isNew, keepBatch, sizeOfWaiting, waitingRows } from "./waiting-batches.ts";

/** What an account's own object answers: what need not be told, and what was published of the account last. */
export interface Answer extends Allowance {
  account: AccountDocument | null;
}

/** An account's own object, as far as locations' meters know it. */
interface AccountMeter extends Rpc.DurableObjectBranded {
  hear(told: Told): Promise<Answer>;
}

interface MeterEnv {
  DB: D1Database;
  USAGE_METER: DurableObjectNamespace<AccountMeter>;
}

/** What an isolate is told when its batch is on disk. */
export interface Receipt extends Pace {
  /** What is known of the accounts whose counts it brought, and may not have reached it. */
  accounts: AccountDocument[];
}

/** Batches wait for so long to be folded, or until they are so many characters: to fold seldom is cheap, and reports read both. */
const FOLD_AFTER_MS = HOUR_MS;
const FOLD_CHARACTERS = 4_000_000;

/** What accounts have used is asked of the current month alone (days). */
const MONTHS_KEPT_DAYS = 62;

/** For how long batches are told from those that came before. An isolate that waits longer with one counts it twice. */
const SOURCES_KEPT_DAYS = BOUNDS.sources.days;

/** How often a location is noted as serving, ms. */
const SEEN_MS = HOUR_MS;

/** The next counts are told, whatever they are. */
const NO_ALLOWANCE: Allowance = { slack: NO_SLACK, fresh: NO_SLACK };

/** Owners that hear of this meter before the first batch that counts for them is kept; others by alarm. */
const TOLD_AT_ONCE = 50;

/** Owners that one alarm tells: the platform allows a thousand calls. */
const TOLD_BY_ALARM = 500;

/** When an owner's object did not answer, it is told again after so long, ms. */
const TELL_AGAIN_MS = 10_000;

/**
 * The usage that one location has counted, of all accounts. A batch is one row, counted once however often it comes; an alarm
 * folds what has come together into hours, days and months. Each account's own object knows which meters have counted for it,
 * and reports add them up.
 */
export class LocationMeter extends DurableObject<MeterEnv> {
  readonly #sql: SqlStorage;
  readonly #name: string;
  readonly #pop: string;
  readonly #ledger: Ledger;
  readonly #known: KnownAccounts;
  readonly #isolates = new Isolates();
  readonly #telling = new Map<string, Promise<boolean>>();
  /** Owners whose quota changed while they were being told. */
  readonly #askedAnew = new Set<string>();
  /** Characters of the batches that wait. */
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
    this.#waiting = sizeOfWaiting(this.#sql);
    this.#seenAt = ctx.storage.kv.get<number>("seen") ?? 0;
  }

  /**
   * Counts a batch. It is on disk when this returns, and each account in it knows of this meter.
   *
   * @param generation of this meter, as the isolate knows it
   */
  async add(batch: UsageBatch, generation = FIRST_PACE.generation): Promise<Receipt> {
    const now = Date.now();
    const owners = [...new Set(batch.zones.map(({ owner }) => owner))];
    // Before it is kept: then all that is on disk is in reports, though this and the isolate end at once.
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
      if (this.#ledger.isKnown(owner) && this.#ledger.isDue(owner, month)) this.ctx.waitUntil(this.#tell(owner, now));
    }
    this.#isolates.see(batch.source, now);
    const bytes = this.#sql.databaseSize;
    const pace = this.#pop === NO_POP ? FIRST_PACE : paceOf(this.#isolates.size, generation, bytes);
    const accounts = new Set(batch.zones.map(({ owner }) => owner.split(":")[0]!));
    return { ...pace, accounts: this.#known.of(accounts) };
  }

  /** Tells those who never heard of this meter of it. Returns when those who have not heard it then are to be told; null: none. */
  async #introduce(owners: readonly string[], now: number): Promise<number | null> {
    const unknown = owners.filter((owner) => !this.#ledger.isKnown(owner));
    const told = await Promise.all(unknown.slice(0, TOLD_AT_ONCE).map((owner) => this.#tell(owner, now)));
    if (unknown.length > TOLD_AT_ONCE) return now;
    return told.includes(false) ? now + TELL_AGAIN_MS : null;
  }

  /** Tells an owner's object what was used of the month. False: it did not answer. */
  #tell(owner: string, now: number): Promise<boolean> {
    const telling = this.#telling.get(owner) ?? Promise.resolve().then(() => this.#tellAnew(owner, now));
    this.#telling.set(owner, telling);
    return telling;
  }

  async #tellAnew(owner: string, now: number): Promise<boolean> {
    const month = monthOf(now);
    try {
      // What was counted meanwhile may have to be told as well.
      do {
        const used = this.#ledger.usedIn(owner, month);
        const told = { meter: this.#name, month, ...used };
        const { account, ...allowance } = await this.env.USAGE_METER.getByName(owner).hear(told);
        if (account !== null) this.know(account);
        const isOutdated = this.#askedAnew.delete(owner);
        this.#ledger.note(owner, month, used, isOutdated ? NO_ALLOWANCE : allowance, now);
      } while (this.#ledger.isDue(owner, month));
      return true;
    } catch (error) {
      log("usage_not_told", { meter: this.#name, owner, error });
      return false;
    } finally {
      this.#telling.delete(owner);
    }
  }

  /** Takes in what has been published of an account, for those who bring its counts. */
  know(document: AccountDocument): void {
    this.#known.put(document, Date.now());
  }

  /**
   * What an owner has used in the month that begins at `month`, for its own object.
   *
   * @param anew whether what need not be told has changed: then the next counts are told
   */
  used(owner: string, month: number, anew: boolean): Used {
    const used = this.#ledger.usedIn(owner, month);
    if (anew) this.#ledger.note(owner, month, used, NO_ALLOWANCE, Date.now());
    if (anew && this.#telling.has(owner)) this.#askedAnew.add(owner);
    return used;
  }

  /** Sums of a period of an owner's zones. */
  report(owner: string, query: UsageQuery): UsageSums {
    const { from, to, rows, zones } = query;
    const summing = new Summing(this.#pop, query.series);
    const wanted = zones && new Set(zones);
    const isWanted = (zone: string) => wanted === null || wanted.has(zone);
    for (const { at, held } of readPacked<PackedFigures>(this.#sql, rows, from, to, bucketOf(owner))) {
      for (const [zone, figures] of Object.entries(held[owner] ?? {})) {
        if (isWanted(zone)) summing.add(at, zone, figures);
      }
    }
    for (const { zones: waiting } of waitingRows(this.#sql)) {
      for (const counted of waiting) {
        const isAsked = counted.owner === owner && counted.hour >= from && counted.hour < to && isWanted(counted.zone);
        if (isAsked) summing.add(counted.hour, counted.zone, counted);
      }
    }
    return summing.sums;
  }

  /** The most requested paths of an owner's zone on a UTC day. @param day its beginning in ms since the epoch */
  topPaths(owner: string, zone: string, day: number): PathSummary {
    const [folded] = readPacked<PackedPaths>(this.#sql, "paths", day, day + 1, bucketOf(owner));
    let summary = folded?.held[owner]?.[zone] ?? NO_PATHS;
    for (const { zones } of waitingRows(this.#sql)) {
      for (const counted of zones) {
        const isAsked = counted.owner === owner && counted.zone === zone && dayOf(counted.hour) === day;
        if (isAsked) summary = mergeTopPaths(summary, counted.paths, PATHS_OF_A_DAY);
      }
    }
    return summary;
  }

  /** Tells who has not heard of this meter, folds what waits, and once a day drops what is kept no longer. */
  override async alarm(): Promise<void> {
    const now = Date.now();
    this.#alarmAt = null;
    const unknown = this.#ledger.unknown();
    const told = await Promise.all(unknown.slice(0, TOLD_BY_ALARM).map((owner) => this.#tell(owner, now)));
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

import { DurableObject } from "cloudflare:workers";
import type { AccountDocument } from "../accounts/account-document.ts";
import { log } from "../log/log.ts";
import type { UsageBatch, ZoneHour } from "./batch.ts";
import { DAY_MS, dayOf } from "./hours.ts";
import { DAYS_KEPT_DAYS, HOURS_KEPT_DAYS } from "./kept-days.ts";
import type { Allowance, Told } from "./ledger.ts";
import type { LocationMeter } from "./location-meter.ts";
import { keepName, objectName } from "./object-name.ts";
import { dropOldCounts, hadArrived, hasOldCounts, oldSums, oldTopPaths, oldUsedSince } from "./old-counts.ts";
import { monthOf } from "./period.ts";
import type { Used } from "./quota.ts";
import { QuotaWatch, type WatchEnv } from "./quota-watch.ts";
import type { UsageQuery, UsageSums } from "./sums.ts";
import type { Answer } from "./telling.ts";
import type { PathSummary } from "./top-paths.ts";

interface MeterEnv extends WatchEnv {
  LOCATION_METER: DurableObjectNamespace<LocationMeter>;
}

/** A batch as isolates sent it until November 2026: one for each account, to the account's own object. */
export interface OldBatch {
  source: string;
  number: number;
  pop: string;
  zones: Omit<ZoneHour, "owner">[];
}

const NOTHING: Used = { requests: 0, bytes: 0 };

/** Test zones count towards no quota. */
const UNBOUNDED: Allowance = { slack: { requests: null, bytes: null }, fresh: { requests: null, bytes: null } };

/**
 * The parts of an account's usage that exist once, with one object for its live zones and one for its test zones: which
 * locations' meters have counted for it, whether its quota is used up, and what was counted before locations had meters.
 */
export class UsageMeter extends DurableObject<MeterEnv> {
  readonly #sql: SqlStorage;
  readonly #owner: string;
  /** Null: these are test zones. */
  readonly #watch: QuotaWatch | null;
  #oldUse: (Used & { month: number }) | null = null;

  constructor(ctx: DurableObjectState, env: MeterEnv) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(
      `CREATE TABLE IF NOT EXISTS meters (
         name TEXT PRIMARY KEY, month INTEGER NOT NULL, requests INTEGER NOT NULL, bytes INTEGER NOT NULL
       ) STRICT, WITHOUT ROWID`,
    );
    this.#owner = objectName(ctx);
    const [account, mode] = this.#owner.split(":");
    this.#watch = account && mode === "live" ? new QuotaWatch(account, env) : null;
  }

  /**
   * Takes a report of what a location's meter has counted. From then on, usage reports ask that meter. Returns what it need not
   * report.
   */
  async hear(told: Told): Promise<Answer> {
    keepName(this.ctx);
    this.#note(told);
    const account = this.#known;
    if (this.#watch === null) return { ...UNBOUNDED, account };
    const now = Date.now();
    this.ctx.waitUntil(this.#look(now));
    return { ...(await this.#watch.allow(this.#usedIn(monthOf(now)), this.#meters.length, now)), account };
  }

  get #known(): AccountDocument | null {
    return this.ctx.storage.kv.get<AccountDocument>("account") ?? null;
  }

  /** Passes on what was published of the account, to those who bring its counts to their locations' meters. */
  async know(document: AccountDocument): Promise<void> {
    if (document.revision >= (this.#known?.revision ?? 0)) this.ctx.storage.kv.put("account", document);
    const told = await Promise.allSettled(this.#meters.map((name) => this.#meter(name).know(document)));
    for (const one of told) {
      // Then those who count learn it from KV.
      if (one.status === "rejected") log("meter_not_told", { account: document.id, error: one.reason });
    }
  }

  /** How much of this month's quota is used, in all locations. */
  async used(): Promise<Used> {
    const month = monthOf(Date.now());
    const told = await this.#ask(month, false);
    // Nothing is written, so this works even on a full disk.
    return told.reduce((sum, one) => added(sum, one), added(NOTHING, this.#oldUseIn(month)));
  }

  /** Checks the account's quota again, since it has changed. Returns what the edge has to know now; null: nothing. */
  async reconsider(): Promise<AccountDocument | null> {
    const now = Date.now();
    this.#watch?.forget();
    for (const told of await this.#ask(monthOf(now), true)) this.#note(told);
    return this.#look(now);
  }

  /** What was counted here before locations had meters, and the meters that have counted since. */
  history(query: UsageQuery): { sums: UsageSums; meters: string[] } {
    return { sums: oldSums(this.#sql, query), meters: this.#meters };
  }

  /** The same for the most requested paths of a zone on a UTC day. @param day when it begins, ms since the epoch */
  pathHistory(zone: string, day: number): { paths: PathSummary; meters: string[] } {
    return { paths: oldTopPaths(this.#sql, zone, day), meters: this.#meters };
  }

  /** Passes a batch from an isolate of an older version to its location's meter. */
  async add({ pop, source, number, zones }: OldBatch): Promise<null> {
    if (hadArrived(this.#sql, source, number)) return null;
    const owner = this.#owner;
    const batch: UsageBatch = {
      source: `${source} ${owner}`,
      number,
      zones: zones.map((zone) => ({ ...zone, owner })),
    };
    await this.#meter(pop).add(batch);
    return null;
  }

  /** Once a day, drops counts from here that have been kept long enough. */
  override async alarm(): Promise<void> {
    if (!hasOldCounts(this.#sql)) return;
    const today = dayOf(Date.now());
    dropOldCounts(this.#sql, { hours: today - HOURS_KEPT_DAYS * DAY_MS, days: today - DAYS_KEPT_DAYS * DAY_MS });
    await this.ctx.storage.setAlarm(today + DAY_MS);
  }

  /** Asks all meters what they have counted in a month. @param anew whether they must report what comes next */
  #ask(month: number, anew: boolean): Promise<Told[]> {
    const ask = async (meter: string) => {
      const { requests, bytes } = await this.#meter(meter).used(this.#owner, month, anew);
      return { meter, month, requests, bytes };
    };
    return Promise.all(this.#meters.map(ask));
  }

  /** A meter's reports only grow, so a late one changes nothing. */
  #note({ meter, month, requests, bytes }: Told): void {
    this.#sql.exec(
      `INSERT INTO meters (name, month, requests, bytes) VALUES (?1, ?2, ?3, ?4)
       ON CONFLICT DO UPDATE SET month = excluded.month, requests = excluded.requests, bytes = excluded.bytes
       WHERE month < excluded.month OR (month = excluded.month AND (requests < excluded.requests OR bytes < excluded.bytes))`,
      meter,
      month,
      requests,
      bytes,
    );
  }

  /** What was reported for a month, plus what was counted here. */
  #usedIn(month: number): Used {
    const told = this.#sql
      .exec<{ requests: number; bytes: number }>(
        "SELECT COALESCE(SUM(requests), 0) AS requests, COALESCE(SUM(bytes), 0) AS bytes FROM meters WHERE month = ?1",
        month,
      )
      .one();
    return added(told, this.#oldUseIn(month));
  }

  #oldUseIn(month: number): Used {
    if (this.#oldUse?.month !== month) this.#oldUse = { month, ...oldUsedSince(this.#sql, month) };
    return this.#oldUse;
  }

  get #meters(): string[] {
    return this.#sql
      .exec<{ name: string }>("SELECT name FROM meters ORDER BY name")
      .toArray()
      .map(({ name }) => name);
  }

  #meter(name: string): DurableObjectStub<LocationMeter> {
    return this.env.LOCATION_METER.getByName(name);
  }

  async #look(now: number): Promise<AccountDocument | null> {
    try {
      const document = (await this.#watch?.look(() => this.#usedIn(monthOf(now)), now)) ?? null;
      if (document !== null) await this.know(document);
      return document;
    } catch (error) {
      // The next report checks again.
      log("quota_not_looked_at", { meter: this.#owner, error });
      return null;
    }
  }
}

function added(one: Used, other: Used): Used {
  return { requests: one.requests + other.requests, bytes: one.bytes + other.bytes };
}

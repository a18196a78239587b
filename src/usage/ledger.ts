import { BoundedMap } from "../memo/bounded-map.ts";
import type { UsageBatch } from "./batch.ts";
import { addUse, type PackedUse } from "./fold.ts";
import { bucketOf, readPacked } from "./packed-rows.ts";
import { monthOf } from "./period.ts";
import type { Used } from "./quota.ts";
import { exceeds, type Slack } from "./quota-slack.ts";
import { waitingRows } from "./waiting-batches.ts";

/** What a location's meter reports of an account: all that it has counted in the month that begins at `month`. */
export interface Told extends Used {
  meter: string;
  month: number;
}

/** What an account's own object answers to a meter's report. */
export interface Allowance {
  /** What need not be reported in the rest of this month. */
  slack: Slack;
  /** What need not be reported at the beginning of the next. */
  fresh: Slack;
}

interface Noted extends Used {
  month: number;
  slack: Slack;
  fresh: Slack;
}

/**
 * What a location's meter has counted in the month for each owner, and how much of that it has reported to the owner's own
 * object. An object that has never heard from this meter does not know it, and usage reports would leave it out.
 */
export class Ledger {
  readonly #sql: SqlStorage;
  /** Sums of what waits to be folded, by owner, then month. Null: not added up yet. */
  #waiting: Map<string, Map<number, Used>> | null = null;
  /** Sums of what is folded, by bucket, for the month that was asked for last. */
  #folded: { month: number; buckets: Map<number, Record<string, PackedUse>> } = { month: 0, buckets: new Map() };
  readonly #told = new BoundedMap<string, Noted | null>({ entries: 20_000 }, "the oldest");

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(
      `CREATE TABLE IF NOT EXISTS told (
         owner TEXT PRIMARY KEY, month INTEGER NOT NULL, requests INTEGER NOT NULL, bytes INTEGER NOT NULL,
         slack TEXT NOT NULL, fresh TEXT NOT NULL, at INTEGER NOT NULL
       ) STRICT, WITHOUT ROWID`,
    );
    sql.exec("CREATE TABLE IF NOT EXISTS unknown (owner TEXT PRIMARY KEY) STRICT, WITHOUT ROWID");
  }

  /** Counts a batch that has been stored. */
  count({ zones }: Pick<UsageBatch, "zones">): void {
    if (this.#waiting === null) return;
    addZones(this.#waiting, zones);
  }

  /** Called when what waited has been folded. */
  folded(): void {
    this.#waiting = null;
    this.#folded.buckets.clear();
  }

  /** What an owner has used in a month that begins at `month`. */
  usedIn(owner: string, month: number): Used {
    if (this.#waiting === null) {
      this.#waiting = new Map();
      for (const { zones } of waitingRows(this.#sql)) addZones(this.#waiting, zones);
    }
    const waiting = this.#waiting.get(owner)?.get(month) ?? { requests: 0, bytes: 0 };
    const folded = this.#foldedIn(month, bucketOf(owner))[owner] ?? { requests: 0, bytes: 0 };
    return { requests: waiting.requests + folded.requests, bytes: waiting.bytes + folded.bytes };
  }

  /** Whether an owner's object has heard of this meter. */
  isKnown(owner: string): boolean {
    return this.#find(owner) !== null;
  }

  /** The owners, of what waits and of what was folded, whose objects have not heard of this meter. */
  unknown(): string[] {
    const kept = this.#sql.exec<{ owner: string }>("SELECT owner FROM unknown").toArray();
    const unknown = new Set(kept.map(({ owner }) => owner));
    for (const { zones } of waitingRows(this.#sql)) for (const { owner } of zones) unknown.add(owner);
    return [...unknown].filter((owner) => !this.isKnown(owner));
  }

  /** Remembers these owners, before what waits is folded. */
  keepUnknown(): void {
    const unknown = this.unknown();
    this.#sql.exec("DELETE FROM unknown");
    for (const owner of unknown) this.#sql.exec("INSERT INTO unknown (owner) VALUES (?1)", owner);
  }

  /** Whether an owner has used enough that it must be reported. */
  isDue(owner: string, month: number): boolean {
    const told = this.#find(owner);
    if (told === null) return true;
    const isSameMonth = told.month === month;
    const { slack, requests, bytes } = isSameMonth ? told : { slack: told.fresh, requests: 0, bytes: 0 };
    if (slack.requests === null && slack.bytes === null) return false;
    const used = this.usedIn(owner, month);
    return exceeds({ requests: used.requests - requests, bytes: used.bytes - bytes }, slack);
  }

  /** Notes what was reported to an owner's object. @param now ms since the epoch */
  note(owner: string, month: number, used: Used, { slack, fresh }: Allowance, now: number): void {
    this.#told.set(owner, { month, ...used, slack, fresh });
    this.#sql.exec(
      "INSERT OR REPLACE INTO told (owner, month, requests, bytes, slack, fresh, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
      owner,
      month,
      used.requests,
      used.bytes,
      JSON.stringify(slack),
      JSON.stringify(fresh),
      now,
    );
  }

  /** Forgets owners about whom nothing was reported since then. @param before ms since the epoch */
  dropBefore(before: number): void {
    this.#sql.exec("DELETE FROM told WHERE at < ?1", before);
    this.#told.clear();
  }

  #foldedIn(month: number, bucket: number): Record<string, PackedUse> {
    if (this.#folded.month !== month) this.#folded = { month, buckets: new Map() };
    let held = this.#folded.buckets.get(bucket);
    if (held === undefined) {
      const [found] = readPacked<PackedUse>(this.#sql, "months", month, month + 1, bucket);
      held = found?.held ?? {};
      this.#folded.buckets.set(bucket, held);
    }
    return held;
  }

  #find(owner: string): Noted | null {
    let told = this.#told.get(owner);
    if (told === undefined) {
      const [row] = this.#sql.exec<{ month: number; requests: number; bytes: number; slack: string; fresh: string }>(
        "SELECT month, requests, bytes, slack, fresh FROM told WHERE owner = ?1",
        owner,
      );
      told = row === undefined ? null : { ...row, slack: JSON.parse(row.slack), fresh: JSON.parse(row.fresh) };
      this.#told.set(owner, told);
    }
    return told;
  }
}

function addZones(used: Map<string, Map<number, Used>>, zones: UsageBatch["zones"]): void {
  for (const { owner, hour, ...figures } of zones) {
    const month = monthOf(hour);
    const months = used.get(owner) ?? new Map<number, Used>();
    used.set(owner, months);
    const sum = months.get(month) ?? { requests: 0, bytes: 0 };
    months.set(month, sum);
    addUse(sum, figures);
  }
}

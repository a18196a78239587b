import type { AccountDocument } from "../accounts/account-document.ts";
import { publishAccount } from "../accounts/account-publication.ts";
import type { AccountPublisher } from "../accounts/account-publisher.ts";
import { accountTableOf } from "../accounts/account-table.ts";
import { isRecent } from "../memo/is-recent.ts";
import type { WebhookDispatcher } from "../records/webhooks/dispatcher.ts";
import { pokeWebhooks } from "../records/webhooks/tend-webhooks.ts";
import type { UsageBatch } from "./batch.ts";
import { usedSince } from "./meter-tables.ts";
import { monthAfter, monthOf } from "./period.ts";
import { levelOf, quotaOf, type Used } from "./quota.ts";
import { type AccountQuota, notice, readQuota } from "./quota-rows.ts";

/** What noticing needs of the environment. */
export interface WatchEnv {
  DB: D1Database;
  ZONES: KVNamespace;
  ACCOUNT_PUBLISHER: DurableObjectNamespace<AccountPublisher>;
  WEBHOOK_DISPATCHER: DurableObjectNamespace<WebhookDispatcher>;
}

/** For how long a quota is taken to be as it was read, ms: whoever changes one has it looked at anew. */
const READ_AGAIN_MS = 60_000;

/** Notices when an account has used 80 % of its month's quota, and all of it. Of a meter of live zones. */
export class QuotaWatch {
  readonly #account: string;
  readonly #sql: SqlStorage;
  readonly #env: WatchEnv;
  #used: (Used & { month: number }) | null = null;
  #quota: AccountQuota | null = null;
  #readAt = Number.NEGATIVE_INFINITY;
  #last: Promise<unknown> = Promise.resolve();

  constructor(account: string, sql: SqlStorage, env: WatchEnv) {
    this.#account = account;
    this.#sql = sql;
    this.#env = env;
  }

  /** What is used in the month of a time. The rows are added up once, from then on what comes in is. */
  used(now: number): Used {
    const month = monthOf(now);
    if (this.#used?.month !== month) this.#used = { month, ...usedSince(this.#sql, month) };
    return this.#used;
  }

  /** Takes in a batch that has been counted. */
  count({ zones }: UsageBatch): void {
    if (this.#used === null) return;
    for (const { hour, lines } of zones) {
      if (hour < this.#used.month) continue;
      for (const [, , requests, bytes] of lines) {
        this.#used.requests += requests;
        this.#used.bytes += bytes;
      }
    }
  }

  /**
   * Looks what has to be noticed; null: nothing that the edge has to know.
   *
   * @param anew whether the quota may have changed since it was read
   */
  look(now: number, anew: boolean): Promise<AccountDocument | null> {
    const look = () => this.#look(now, anew);
    const looked = this.#last.then(look, look);
    this.#last = looked;
    return looked;
  }

  async #look(now: number, anew: boolean): Promise<AccountDocument | null> {
    const account = this.#account;
    const { DB: db, ZONES, ACCOUNT_PUBLISHER, WEBHOOK_DISPATCHER } = this.#env;
    const quota = await this.#read(now, anew);
    if (quota === null) return null;
    const month = monthOf(now);
    const used = this.used(now);
    const binding = quotaOf(quota.plan, quota.cap);
    const level = levelOf(used, binding);
    const known = quota.month === month ? quota.level : "within";
    const stoppedUntil = level === "reached" && quota.atQuota === "stop" ? monthAfter(now) : null;
    // What ended with a month before needs no end.
    const isStopped = quota.stoppedUntil !== null && quota.stoppedUntil > now ? quota.stoppedUntil : null;
    if (level === known && stoppedUntil === isStopped) return null;
    const { atQuota } = quota;
    await notice(db, account, known, { month, level, used, quota: binding, atQuota, stoppedUntil }, now);
    this.#readAt = Number.NEGATIVE_INFINITY;
    await pokeWebhooks(db, WEBHOOK_DISPATCHER, account, now);
    if (stoppedUntil === isStopped) return null;
    const published = await publishAccount(ACCOUNT_PUBLISHER, accountTableOf(ZONES), account);
    return published.kind === "published" ? published.document : null;
  }

  async #read(now: number, anew: boolean): Promise<AccountQuota | null> {
    if (!anew && isRecent(this.#readAt, READ_AGAIN_MS, now)) return this.#quota;
    this.#quota = await readQuota(this.#env.DB, this.#account);
    this.#readAt = now;
    return this.#quota;
  }
}

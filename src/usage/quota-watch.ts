import type { AccountDocument } from "../accounts/account-document.ts";
import { publishAccount } from "../accounts/account-publication.ts";
import type { AccountPublisher } from "../accounts/account-publisher.ts";
import { accountTableOf } from "../accounts/account-table.ts";
import { log } from "../log/log.ts";
import { isRecent } from "../memo/is-recent.ts";
import type { WebhookDispatcher } from "../records/webhooks/dispatcher.ts";
import { pokeWebhooks } from "../records/webhooks/tend-webhooks.ts";
import type { Allowance } from "./ledger.ts";
import { monthAfter, monthOf } from "./period.ts";
import { countPops } from "./pops.ts";
import { levelOf, quotaOf, type Used } from "./quota.ts";
import { type AccountQuota, notice, readQuota } from "./quota-rows.ts";
import { NO_SLACK, slackOf } from "./quota-slack.ts";

/** What the watch needs of the environment. */
export interface WatchEnv {
  DB: D1Database;
  ZONES: KVNamespace;
  ACCOUNT_PUBLISHER: DurableObjectNamespace<AccountPublisher>;
  WEBHOOK_DISPATCHER: DurableObjectNamespace<WebhookDispatcher>;
}

/** How long a quota is used as it was read, ms. Whoever changes a quota has it read again. */
const READ_AGAIN_MS = 60_000;

/** For an account of which nothing is known. */
const NO_QUOTA = { requests: null, bytes: null };

const NOTHING: Used = { requests: 0, bytes: 0 };

/** Notices when an account's live zones have used 80 % of the month's quota, and all of it. */
export class QuotaWatch {
  readonly #account: string;
  readonly #env: WatchEnv;
  #quota: AccountQuota | null = null;
  #locations = 1;
  #readAt = Number.NEGATIVE_INFINITY;
  #last: Promise<unknown> = Promise.resolve();

  constructor(account: string, env: WatchEnv) {
    this.#account = account;
    this.#env = env;
  }

  /** Called when the quota may have changed since it was read. */
  forget(): void {
    this.#readAt = Number.NEGATIVE_INFINITY;
  }

  /**
   * What each of an account's meters need not report, in this month and at the beginning of the next.
   *
   * @param now ms since the epoch
   */
  async allow(used: Used, meters: number, now: number): Promise<Allowance> {
    try {
      const quota = await this.#read(now);
      if (quota === null) return { slack: slackOf(used, NO_QUOTA, 1), fresh: slackOf(used, NO_QUOTA, 1) };
      const binding = quotaOf(quota.plan, quota.cap);
      const most = Math.max(meters, this.#locations);
      return { slack: slackOf(used, binding, most), fresh: slackOf(NOTHING, binding, most) };
    } catch (error) {
      log("quota_not_looked_at", { meter: this.#account, error });
      return { slack: NO_SLACK, fresh: NO_SLACK };
    }
  }

  /**
   * Checks what has to be noticed; null: nothing that the edge has to know.
   *
   * @param usedNow what is used in the month
   */
  look(usedNow: () => Used, now: number): Promise<AccountDocument | null> {
    const look = () => this.#look(usedNow, now);
    const looked = this.#last.then(look, look);
    this.#last = looked;
    return looked;
  }

  async #look(usedNow: () => Used, now: number): Promise<AccountDocument | null> {
    const account = this.#account;
    const { DB: db, ZONES, ACCOUNT_PUBLISHER, WEBHOOK_DISPATCHER } = this.#env;
    const quota = await this.#read(now);
    if (quota === null) return null;
    const month = monthOf(now);
    const used = usedNow();
    const binding = quotaOf(quota.plan, quota.cap);
    const level = levelOf(used, binding);
    const known = quota.month === month ? quota.level : "within";
    const stoppedUntil = level === "reached" && quota.atQuota === "stop" ? monthAfter(now) : null;
    // A stop that ended with an earlier month need not be lifted.
    const isStopped = quota.stoppedUntil !== null && quota.stoppedUntil > now ? quota.stoppedUntil : null;
    if (level === known && stoppedUntil === isStopped) return null;
    const { atQuota } = quota;
    await notice(db, account, known, { month, level, used, quota: binding, atQuota, stoppedUntil }, now);
    this.forget();
    await pokeWebhooks(db, WEBHOOK_DISPATCHER, account, now);
    if (stoppedUntil === isStopped) return null;
    const published = await publishAccount(ACCOUNT_PUBLISHER, accountTableOf(ZONES), account);
    return published.kind === "published" ? published.document : null;
  }

  async #read(now: number): Promise<AccountQuota | null> {
    if (isRecent(this.#readAt, READ_AGAIN_MS, now)) return this.#quota;
    const { DB: db } = this.#env;
    [this.#quota, this.#locations] = await Promise.all([readQuota(db, this.#account), countPops(db, now)]);
    this.#readAt = now;
    return this.#quota;
  }
}

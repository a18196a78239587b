import { type Actor, auditStatement } from "../accounts/audit-log.ts";
import { type MonthlyQuota, PLANS, type Plan } from "../accounts/plans.ts";
import { isoSeconds } from "../db/iso-seconds.ts";
import { newId } from "../db/new-id.ts";
import { eventStatements } from "../records/webhooks/outbox.ts";
import type { QuotaLevel, Used } from "./quota.ts";

/** What an account may use in a month, and what has been noticed about that. Times in ms since the epoch. */
export interface AccountQuota {
  plan: MonthlyQuota;
  /** The customer's own. */
  cap: MonthlyQuota;
  /** What happens to live zones when the quota is reached. */
  atQuota: "continue" | "stop";
  /** The level in the month that begins at `month`. */
  level: QuotaLevel;
  month: number;
  stoppedUntil: number | null;
}

interface Row extends Pick<AccountQuota, "atQuota" | "level" | "month" | "stoppedUntil"> {
  plan: Plan;
  requests: number | null;
  bytes: number | null;
}

/** The quota of an account; null: there is no such account. */
export async function readQuota(db: D1Database, account: string): Promise<AccountQuota | null> {
  const row = await db
    .prepare(
      `SELECT plan, requests_cap AS requests, bytes_cap AS bytes, at_quota AS atQuota, quota_level AS level,
              quota_month AS month, stopped_until AS stoppedUntil
       FROM accounts WHERE id = ?1`,
    )
    .bind(account)
    .first<Row>();
  if (row === null) return null;
  const { plan, requests, bytes, ...quota } = row;
  return { ...quota, plan: PLANS[plan].rescdn.monthly, cap: { requests, bytes } };
}

/** What a customer sets. What is absent stays the same. */
export interface QuotaChange {
  requests?: number | null | undefined;
  bytes?: number | null | undefined;
  atQuota?: AccountQuota["atQuota"] | undefined;
}

/** Changes an account's caps, and what happens beyond them. */
export async function changeQuota(db: D1Database, actor: Actor, change: QuotaChange, now: number): Promise<void> {
  const before = await readQuota(db, actor.account);
  if (before === null) return;
  const { requests = before.cap.requests, bytes = before.cap.bytes, atQuota = before.atQuota } = change;
  const update = db
    .prepare(
      `UPDATE accounts SET requests_cap = ?2, bytes_cap = ?3, at_quota = ?4
       WHERE id = ?1 AND (requests_cap IS NOT ?2 OR bytes_cap IS NOT ?3 OR at_quota IS NOT ?4)`,
    )
    .bind(actor.account, requests, bytes, atQuota);
  const shown = (cap: MonthlyQuota, at: AccountQuota["atQuota"]) => ({
    requests_cap: cap.requests,
    bytes_cap: cap.bytes,
    at_quota: at,
  });
  const entry = {
    action: "account.quota",
    target: actor.account,
    before: shown(before.cap, before.atQuota),
    after: shown({ requests, bytes }, atQuota),
  };
  await db.batch([update, auditStatement(db, actor, entry, now)]);
}

/** What is noticed about an account's month. */
export interface Notice {
  month: number;
  level: QuotaLevel;
  used: Used;
  quota: MonthlyQuota;
  atQuota: AccountQuota["atQuota"];
  /** Until when live zones are stopped; null: they are not. */
  stoppedUntil: number | null;
}

/**
 * Stores what was noticed and, if a higher level was reached, tells the account's webhooks, in one transaction.
 *
 * @param known the level that was noticed earlier in this month
 */
export async function notice(
  db: D1Database,
  account: string,
  known: QuotaLevel,
  noticed: Notice,
  now: number,
): Promise<void> {
  const { month, level, stoppedUntil } = noticed;
  const update = db
    .prepare(
      `UPDATE accounts SET quota_month = ?2, quota_level = ?3,
              revision = revision + (stopped_until IS NOT ?4), stopped_until = ?4
       WHERE id = ?1 AND (quota_month <> ?2 OR quota_level <> ?3 OR stopped_until IS NOT ?4)`,
    )
    .bind(account, month, level, stoppedUntil);
  if (level === "within" || level === known || (level === "near" && known === "reached")) {
    await update.run();
    return;
  }
  const actor: Actor = { account, mode: "live", actor: "meter", address: null, requestId: newId("req") };
  const data = noticeJson(noticed);
  const entry = { action: `account.quota_${level}`, target: account, before: null, after: data };
  await db.batch([
    update,
    auditStatement(db, actor, entry, now),
    ...eventStatements(db, account, { type: `quota.${level}`, data: { account: { id: account }, ...data } }, now),
  ]);
}

function noticeJson({ month, used, quota, atQuota, stoppedUntil }: Notice) {
  return {
    month: isoSeconds(month).slice(0, 7),
    requests: { used: used.requests, quota: quota.requests },
    bytes: { used: used.bytes, quota: quota.bytes },
    at_quota: atQuota,
    stopped_until: stoppedUntil && isoSeconds(stoppedUntil),
  };
}

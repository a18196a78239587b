import { type Actor, auditStatement } from "../../accounts/audit-log.ts";
import { BOUNDS } from "../../db/bounds.ts";
import { newId } from "../../db/new-id.ts";
import type { AttemptResult } from "./attempt.ts";
import type { DisabledReason, Judgement } from "./judge-attempt.ts";

/** A delivery that is due, with everything that an attempt needs. Times in ms since the epoch. */
export interface DueDelivery {
  seq: number;
  webhook: string;
  account: string;
  attempts: number;
  event: string;
  type: string;
  body: string;
  url: string;
  secret: string;
  previousSecret: string | null;
  previousSecretUntil: number | null;
  failingSince: number | null;
}

/** The delivery of a webhook that has been due longest, if the webhook is enabled. */
export async function nextDue(db: D1Database, webhook: string, now: number): Promise<DueDelivery | null> {
  return db
    .prepare(
      `SELECT seq, webhook_id AS webhook, webhooks.account_id AS account, attempts, event_id AS event, type, body, url,
              secret, previous_secret AS previousSecret, previous_secret_until AS previousSecretUntil,
              failing_since AS failingSince
       FROM webhook_deliveries AS delivery
       JOIN webhooks ON webhooks.id = webhook_id
       JOIN webhook_events ON webhook_events.id = event_id
       WHERE webhook_id = ?1 AND delivery.state = 'pending' AND next_attempt_at <= ?2 AND webhooks.state = 'enabled'
       ORDER BY next_attempt_at, seq LIMIT 1`,
    )
    .bind(webhook, now)
    .first<DueDelivery>();
}

/** When a webhook's next delivery is due; null: there is none, or the webhook is not enabled. */
export async function nextDueAt(db: D1Database, webhook: string): Promise<number | null> {
  return db
    .prepare(
      `SELECT MIN(next_attempt_at) AS at FROM webhook_deliveries
       WHERE webhook_id = ?1 AND state = 'pending'
         AND EXISTS (SELECT 1 FROM webhooks WHERE id = ?1 AND state = 'enabled')`,
    )
    .bind(webhook)
    .first<number | null>("at");
}

/** Records the result of an attempt, and disables the webhook if the judgement says so. */
export async function recordAttempt(
  db: D1Database,
  delivery: DueDelivery,
  result: AttemptResult,
  judgement: Judgement,
  now: number,
): Promise<void> {
  const reason = result.kind === "failed" ? result.reason : null;
  const last = {
    at: now,
    event: delivery.event,
    type: delivery.type,
    delivered: result.kind === "delivered",
    status: result.status,
    reason,
  };
  await db.batch([
    db
      .prepare(
        `UPDATE webhook_deliveries SET state = ?2, attempts = attempts + 1, next_attempt_at = ?3, last_attempt_at = ?4,
                                       response_status = ?5, reason = ?6
         WHERE seq = ?1`,
      )
      .bind(delivery.seq, judgement.state, judgement.nextAttemptAt, now, result.status, reason),
    db
      .prepare("UPDATE webhooks SET failing_since = ?2, last_result = ?3 WHERE id = ?1")
      .bind(delivery.webhook, judgement.failingSince, JSON.stringify(last)),
    // The body is no longer needed once all deliveries have succeeded.
    db
      .prepare(
        `UPDATE webhook_events SET body = NULL
         WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM webhook_deliveries WHERE event_id = ?1 AND state <> 'delivered')`,
      )
      .bind(delivery.event),
    ...(judgement.disable === null ? [] : disableStatements(db, delivery, judgement.disable, now)),
  ]);
}

/** How many deliveries may wait for a webhook. */
export const BACKLOG_BOUND = BOUNDS.webhook_deliveries.rows;

/** Disables a webhook that too many deliveries wait for, before they fill the database. */
export async function boundBacklog(
  db: D1Database,
  delivery: Pick<DueDelivery, "webhook" | "account">,
  now: number,
): Promise<void> {
  const waiting = await db
    .prepare(
      `SELECT COUNT(*) AS waiting FROM (SELECT 1 FROM webhook_deliveries
       WHERE webhook_id = ?1 AND state = 'pending' LIMIT ?2)`,
    )
    .bind(delivery.webhook, BACKLOG_BOUND + 1)
    .first<number>("waiting");
  if (waiting !== null && waiting > BACKLOG_BOUND) await db.batch(disableStatements(db, delivery, "backlog", now));
}

/** Drops a webhook's finished deliveries, except the most recent ones, and events that have no other delivery. */
export async function boundHistory(
  db: D1Database,
  webhook: string,
  kept = BOUNDS.webhook_deliveries.over.rows,
): Promise<void> {
  const { results } = await db
    .prepare(
      `DELETE FROM webhook_deliveries WHERE webhook_id = ?1 AND state <> 'pending' AND seq <=
         (SELECT seq FROM webhook_deliveries WHERE webhook_id = ?1 AND state <> 'pending'
          ORDER BY seq DESC LIMIT 1 OFFSET ?2)
       RETURNING event_id AS event`,
    )
    .bind(webhook, kept)
    .all<{ event: string }>();
  if (results.length === 0) return;
  await db
    .prepare(
      `DELETE FROM webhook_events WHERE id IN (SELECT value FROM json_each(?1))
         AND NOT EXISTS (SELECT 1 FROM webhook_deliveries WHERE event_id = webhook_events.id)`,
    )
    .bind(JSON.stringify(results.map(({ event }) => event)))
    .run();
}

function disableStatements(
  db: D1Database,
  { webhook, account }: Pick<DueDelivery, "webhook" | "account">,
  reason: DisabledReason,
  now: number,
): [D1PreparedStatement, D1PreparedStatement] {
  const actor: Actor = { account, mode: "live", actor: "dispatcher", address: null, requestId: newId("req") };
  const change = {
    action: "webhook.disable",
    target: webhook,
    before: { enabled: true },
    after: { enabled: false, disabled_reason: reason },
  };
  return [
    db
      .prepare(
        `UPDATE webhooks SET state = 'disabled', disabled_reason = ?2, updated_at = ?3
         WHERE id = ?1 AND state = 'enabled'`,
      )
      .bind(webhook, reason, now),
    auditStatement(db, actor, change, now),
  ];
}

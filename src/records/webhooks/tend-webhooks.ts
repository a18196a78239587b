import { BOUNDS, daysBefore } from "../../db/bounds.ts";
import { log } from "../../log/log.ts";
import type { WebhookDispatcher } from "./dispatcher.ts";

type Dispatchers = DurableObjectNamespace<WebhookDispatcher>;

/** How many webhooks one run of the cron wakes. */
const OVERDUE_BOUND = 200;
/** A delivery that is this late has no alarm: whatever was to set it was stopped. */
const OVERDUE_MS = 30_000;
/** How long deliveries are shown. */
const KEPT_DAYS = BOUNDS.webhook_deliveries.days;
/** How many rows of a table one run of the cron drops. */
const DROPPED_BOUND = 1_000;

/** Starts an account's due deliveries. Never fails: what it cannot do is left to the cron. */
export async function pokeWebhooks(
  db: D1Database,
  dispatchers: Dispatchers,
  account: string,
  now: number,
): Promise<void> {
  try {
    const { results } = await db
      .prepare(
        `SELECT id FROM webhooks WHERE account_id = ?1 AND state = 'enabled'
           AND EXISTS (SELECT 1 FROM webhook_deliveries
                       WHERE webhook_id = webhooks.id AND state = 'pending' AND next_attempt_at <= ?2)`,
      )
      .bind(account, now)
      .all<{ id: string }>();
    await poke(
      dispatchers,
      results.map(({ id }) => id),
    );
  } catch (error) {
    log("webhooks_not_poked", { account, error });
  }
}

/** For the cron: starts deliveries that are long overdue, and drops old ones. */
export async function tendWebhooks(db: D1Database, dispatchers: Dispatchers, now: number): Promise<void> {
  const { results } = await db
    .prepare(
      `SELECT DISTINCT webhook_id AS id FROM webhook_deliveries JOIN webhooks ON webhooks.id = webhook_id
       WHERE webhook_deliveries.state = 'pending' AND next_attempt_at <= ?1 AND webhooks.state = 'enabled'
       ORDER BY random() LIMIT ?2`,
    )
    .bind(now - OVERDUE_MS, OVERDUE_BOUND)
    .all<{ id: string }>();
  await poke(
    dispatchers,
    results.map(({ id }) => id),
  );
  await dropOld(db, daysBefore(now, KEPT_DAYS));
}

async function poke(dispatchers: Dispatchers, webhooks: readonly string[]): Promise<void> {
  const poked = await Promise.allSettled(webhooks.map((id) => dispatchers.getByName(id).poke(id)));
  for (const result of poked) {
    if (result.status === "rejected") log("dispatcher_unreachable", { error: result.reason });
  }
}

/** Rows are in order of age by `seq`, so only the oldest are looked at, however many there are. */
async function dropOld(db: D1Database, before: number): Promise<void> {
  await db.batch([
    db
      .prepare(
        `DELETE FROM webhook_deliveries WHERE seq IN (
           SELECT seq FROM (SELECT seq, created_at FROM webhook_deliveries ORDER BY seq LIMIT ?2) WHERE created_at < ?1)`,
      )
      .bind(before, DROPPED_BOUND),
    db
      .prepare(
        `DELETE FROM webhook_events WHERE id IN (
           SELECT id FROM webhook_events WHERE created_at < ?1
             AND NOT EXISTS (SELECT 1 FROM webhook_deliveries WHERE event_id = webhook_events.id)
           ORDER BY created_at LIMIT ?2)`,
      )
      .bind(before, DROPPED_BOUND),
    db
      .prepare(
        `DELETE FROM webhooks WHERE id IN (
           SELECT id FROM webhooks WHERE state = 'deleted' AND updated_at < ?1
             AND NOT EXISTS (SELECT 1 FROM webhook_deliveries WHERE webhook_id = webhooks.id)
           ORDER BY updated_at LIMIT ?2)`,
      )
      .bind(before, DROPPED_BOUND),
  ]);
}

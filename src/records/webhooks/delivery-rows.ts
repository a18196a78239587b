import { newId } from "../../db/new-id.ts";
import { eventBody, TEST_EVENT } from "./events.ts";

/** A delivery as its webhook's owner may see it. Times in ms since the epoch. */
export interface DeliveryRow {
  /** Id of the event, which is the request's `webhook-id`. */
  event: string;
  type: string;
  state: "pending" | "delivered" | "failed";
  attempts: number;
  nextAttemptAt: number | null;
  lastAttemptAt: number | null;
  /** The status of the last attempt; null: there was no answer. */
  responseStatus: number | null;
  /** Why the last attempt failed. */
  reason: string | null;
  createdAt: number;
}

const COLUMNS = `event_id AS event, type, delivery.state, attempts, next_attempt_at AS nextAttemptAt,
                 last_attempt_at AS lastAttemptAt, response_status AS responseStatus, reason,
                 delivery.created_at AS createdAt`;
const FROM = "webhook_deliveries AS delivery JOIN webhook_events ON webhook_events.id = event_id";

/** A page of a webhook's deliveries, newest first, and how many there are on all pages. */
export async function listDeliveries(
  db: D1Database,
  webhook: string,
  page: { limit: number; offset: number },
): Promise<{ deliveries: DeliveryRow[]; total: number }> {
  const [deliveries, total] = await db.batch([
    db
      .prepare(`SELECT ${COLUMNS} FROM ${FROM} WHERE webhook_id = ?1 ORDER BY seq DESC LIMIT ?2 OFFSET ?3`)
      .bind(webhook, page.limit, page.offset),
    db.prepare("SELECT COUNT(*) AS total FROM webhook_deliveries WHERE webhook_id = ?1").bind(webhook),
  ]);
  return {
    deliveries: deliveries!.results as DeliveryRow[],
    total: (total!.results as { total: number }[])[0]!.total,
  };
}

/** The delivery of an event to a webhook. */
export async function findDelivery(db: D1Database, webhook: string, event: string): Promise<DeliveryRow | null> {
  return db
    .prepare(`SELECT ${COLUMNS} FROM ${FROM} WHERE webhook_id = ?1 AND event_id = ?2`)
    .bind(webhook, event)
    .first<DeliveryRow>();
}

/** Makes a delivery that has not succeeded due now, even if it was given up. False: it has succeeded, or does not exist. */
export async function retryDelivery(db: D1Database, webhook: string, event: string, now: number): Promise<boolean> {
  const { meta } = await db
    .prepare(
      `UPDATE webhook_deliveries SET state = 'pending', next_attempt_at = ?3
       WHERE webhook_id = ?1 AND event_id = ?2 AND state <> 'delivered'`,
    )
    .bind(webhook, event, now)
    .run();
  return meta.changes > 0;
}

/** Writes a test event for one webhook into the outbox. Returns the event's id. */
export async function insertTestEvent(db: D1Database, account: string, webhook: string, now: number): Promise<string> {
  const id = newId("evt");
  await db.batch([
    db
      .prepare("INSERT INTO webhook_events (id, account_id, type, body, created_at) VALUES (?1, ?2, ?3, ?4, ?5)")
      .bind(id, account, TEST_EVENT, eventBody(TEST_EVENT, { webhook: { id: webhook } }, now), now),
    db
      .prepare(
        `INSERT INTO webhook_deliveries (webhook_id, event_id, state, next_attempt_at, created_at)
         VALUES (?1, ?2, 'pending', ?3, ?3)`,
      )
      .bind(webhook, id, now),
  ]);
  return id;
}

import { newId } from "../../db/new-id.ts";
import { eventBody, type WebhookEvent } from "./events.ts";

/**
 * Writes an event into the outbox, for each enabled webhook of the account that wants it. These statements come after the
 * statement that makes the change and its `auditStatement`, in the same batch and transaction, and write nothing if that one
 * changed nothing. Afterwards `changes()` has no defined value, so whatever uses it must come before them, or after another
 * change.
 *
 * @param now ms since the epoch
 */
export function eventStatements(
  db: D1Database,
  account: string,
  { type, data }: WebhookEvent,
  now: number,
): [D1PreparedStatement, D1PreparedStatement] {
  const id = newId("evt");
  const wanted = `account_id = ?2 AND state = 'enabled' AND EXISTS (SELECT 1 FROM json_each(events) WHERE value = ?3)`;
  return [
    db
      .prepare(
        `INSERT INTO webhook_events (id, account_id, type, body, created_at)
         SELECT ?1, ?2, ?3, ?4, ?5 WHERE changes() > 0 AND EXISTS (SELECT 1 FROM webhooks WHERE ${wanted})`,
      )
      .bind(id, account, type, eventBody(type, data, now), now),
    db
      .prepare(
        `INSERT INTO webhook_deliveries (webhook_id, event_id, state, next_attempt_at, created_at)
         SELECT id, ?1, 'pending', ?4, ?4 FROM webhooks
         WHERE ${wanted} AND EXISTS (SELECT 1 FROM webhook_events WHERE id = ?1)
         ORDER BY created_at, id`,
      )
      .bind(id, account, type, now),
  ];
}

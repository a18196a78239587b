import { BOUNDS, daysBefore } from "../db/bounds.ts";
import { deleteKeys } from "./ended-keys.ts";

/** The most rows of each table that one run deletes, so that no run holds up D1. */
const ROWS_PER_RUN = 5_000;

/**
 * Deletes what need not be kept any longer, oldest first. The next run continues where this one stops.
 *
 * @param now ms since the epoch
 */
export async function deleteOldRows(db: D1Database, now: number): Promise<void> {
  await db.batch([
    db
      .prepare("DELETE FROM audit_log WHERE id IN (SELECT id FROM audit_log WHERE at < ?1 ORDER BY at LIMIT ?2)")
      .bind(daysBefore(now, BOUNDS.audit_log.days), ROWS_PER_RUN),
    db
      .prepare(
        `DELETE FROM idempotency_keys WHERE (api_key_id, key) IN
           (SELECT api_key_id, key FROM idempotency_keys WHERE created_at < ?1 ORDER BY created_at LIMIT ?2)`,
      )
      .bind(daysBefore(now, BOUNDS.idempotency_keys.days), ROWS_PER_RUN),
    db.prepare("DELETE FROM tails WHERE until < ?1").bind(daysBefore(now, BOUNDS.tails.days)),
    ...["revoked_at", "expires_at"].flatMap((end) =>
      deleteKeys(db, `SELECT id FROM api_keys WHERE ${end} < ?1 ORDER BY ${end} LIMIT ?2`, [
        daysBefore(now, BOUNDS.api_keys.over.days),
        ROWS_PER_RUN,
      ]),
    ),
  ]);
}

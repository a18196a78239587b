import { IDEMPOTENCY_SECONDS } from "./idempotency-keys.ts";

/** For how long the audit log is kept, seconds: a year and a month. */
const AUDIT_SECONDS = 400 * 86_400;

/** Rows of each table that one run deletes at most, so that no run holds up D1. */
const ROWS_PER_RUN = 1_000;

/**
 * Deletes what need not be kept any longer, the oldest first. What a run leaves the next one takes.
 *
 * @param now ms since the epoch
 */
export async function deleteOldRows(db: D1Database, now: number): Promise<void> {
  await db.batch([
    db
      .prepare("DELETE FROM audit_log WHERE id IN (SELECT id FROM audit_log WHERE at < ?1 ORDER BY at LIMIT ?2)")
      .bind(now - AUDIT_SECONDS * 1000, ROWS_PER_RUN),
    db
      .prepare(
        `DELETE FROM idempotency_keys WHERE (api_key_id, key) IN
           (SELECT api_key_id, key FROM idempotency_keys WHERE created_at < ?1 ORDER BY created_at LIMIT ?2)`,
      )
      .bind(now - IDEMPOTENCY_SECONDS * 1000, ROWS_PER_RUN),
  ]);
}

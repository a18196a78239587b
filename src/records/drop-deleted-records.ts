import { BOUNDS, daysBefore } from "../db/bounds.ts";

/**
 * How long the row of a deleted record or namespace is kept: longer than its document, so that a new one with the same name
 * continues its revision as long as somebody may remember it.
 */
const KEPT_DAYS = BOUNDS.records.over.days;

/** The most rows of each table that one run drops, so that no run holds up D1. */
const ROWS_PER_RUN = 5_000;

/**
 * For the cron: drops rows that were deleted and published long ago, oldest first.
 *
 * @param now ms since the epoch
 */
export async function dropDeletedRecords(db: D1Database, now: number): Promise<void> {
  const before = daysBefore(now, KEPT_DAYS);
  await db.batch([
    db
      .prepare(
        `DELETE FROM records WHERE id IN
           (SELECT id FROM records
            WHERE state = 'deleted' AND updated_at < ?1 AND published_revision >= revision
            ORDER BY updated_at LIMIT ?2)`,
      )
      .bind(before, ROWS_PER_RUN),
    db
      .prepare(
        `DELETE FROM namespaces WHERE name IN
           (SELECT name FROM namespaces
            WHERE state = 'deleted' AND updated_at < ?1 AND published_revision >= revision
              AND NOT EXISTS (SELECT 1 FROM records WHERE namespace = name)
            ORDER BY updated_at LIMIT ?2)`,
      )
      .bind(before, ROWS_PER_RUN),
  ]);
}

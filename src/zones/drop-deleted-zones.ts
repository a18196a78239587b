import { BOUNDS, daysBefore } from "../db/bounds.ts";

/** The most zones that one run drops, each with its purges, so that no run holds up D1. */
const ZONES_PER_RUN = 500;

/**
 * For the cron: drops zones that were deleted and published long ago, with what is left of their purges, oldest first. A zone
 * whose files could not be deleted yet stays, since it is needed to find them.
 *
 * @param now ms since the epoch
 */
export async function dropDeletedZones(db: D1Database, now: number): Promise<void> {
  const old = `SELECT id FROM zones WHERE state = 'deleted' AND deleted_at < ?1 AND published_version >= version
                 AND NOT EXISTS (SELECT 1 FROM files WHERE files.zone_id = zones.id)
               ORDER BY deleted_at LIMIT ?2`;
  const values = [daysBefore(now, BOUNDS.zones.over.days), ZONES_PER_RUN];
  await db.batch([
    db.prepare(`DELETE FROM purges WHERE zone_id IN (${old})`).bind(...values),
    db.prepare(`DELETE FROM signing_keys WHERE zone_id IN (${old})`).bind(...values),
    db.prepare(`DELETE FROM zones WHERE id IN (${old})`).bind(...values),
  ]);
}

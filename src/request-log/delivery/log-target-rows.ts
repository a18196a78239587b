import type { LogTarget } from "../../zones/log-settings.ts";
import type { StoredSettings } from "../../zones/settings.ts";

/** The destination of a zone's logs. */
export interface LogDestination {
  /** The zone's name. */
  name: string;
  target: LogTarget;
  /** Null: it has no secret yet. */
  sealed: string | null;
}

/** The current destination of a zone's logs; null: there is none, or the zone is gone. */
export async function destinationOf(db: D1Database, zone: string): Promise<LogDestination | null> {
  const row = await db
    .prepare(
      `SELECT name, settings, sealed FROM zones LEFT JOIN log_secrets ON zone_id = id
       WHERE id = ?1 AND state <> 'deleted'`,
    )
    .bind(zone)
    .first<{ name: string; settings: string; sealed: string | null }>();
  if (row === null) return null;
  const { logs } = JSON.parse(row.settings) as StoredSettings;
  return logs?.target === undefined ? null : { name: row.name, target: logs.target, sealed: row.sealed };
}

/** When the secret of a zone's logs was set, ms since the epoch; null: there is none. */
export async function secretSince(db: D1Database, zone: string): Promise<number | null> {
  return db
    .prepare("SELECT created_at AS at FROM log_secrets WHERE zone_id = ?1")
    .bind(zone)
    .first<number | null>("at");
}

/**
 * Sets the secret of a zone's logs, replacing an earlier one, in one transaction with its audit entry. False: the zone is gone.
 *
 * @param audit an `auditStatement`
 */
export async function putLogSecret(
  db: D1Database,
  zone: string,
  sealed: string,
  audit: D1PreparedStatement,
  now: number,
): Promise<boolean> {
  const [put] = await db.batch([
    db
      .prepare(
        `INSERT INTO log_secrets (zone_id, sealed, created_at)
         SELECT id, ?2, ?3 FROM zones WHERE id = ?1 AND state <> 'deleted'
         ON CONFLICT DO UPDATE SET sealed = excluded.sealed, created_at = excluded.created_at`,
      )
      .bind(zone, sealed, now),
    audit,
  ]);
  return put!.meta.changes > 0;
}

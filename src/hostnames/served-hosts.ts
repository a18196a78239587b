import { VERSION_FLOOR } from "../db/version-floor.ts";

/**
 * Statements that update `hosts` to match `hostnames` for one hostname, and raise the versions of the zones that gain or lose
 * it. They follow the statement that changes a claim, in the same batch, and do nothing if that changed nothing.
 */
export function followClaims(db: D1Database, hostname: string, now: number): D1PreparedStatement[] {
  const served = "(SELECT zone_id FROM hostnames WHERE hostname = ?1 AND state = 'active')";
  const known = "(SELECT zone_id FROM hosts WHERE hostname = ?1)";
  return [
    db
      .prepare(
        `UPDATE zones SET version = version + 1
         WHERE ${served} IS NOT ${known} AND id IN (${served}, ${known}) AND state <> 'deleted'`,
      )
      .bind(hostname),
    db
      .prepare(
        `INSERT INTO hosts (hostname, zone_id, account_id, revision, updated_at, certificate_next_at)
         SELECT hostname, zone_id, account_id, 1 + ${VERSION_FLOOR}, ?2, ?2 FROM hostnames WHERE hostname = ?1 AND state = 'active'
         ON CONFLICT (hostname) DO UPDATE SET zone_id = excluded.zone_id, account_id = excluded.account_id,
           revision = revision + 1, updated_at = ?2, certificate_next_at = ?2
         WHERE hosts.zone_id IS NOT excluded.zone_id`,
      )
      .bind(hostname, now),
    db
      .prepare(
        `UPDATE hosts SET zone_id = NULL, revision = revision + 1, updated_at = ?2, certificate_next_at = ?2
         WHERE hostname = ?1 AND zone_id IS NOT NULL AND ${served} IS NULL`,
      )
      .bind(hostname, now),
  ];
}

/** Statements that release the hostnames of a zone, if the statements before them have deleted it. */
export function leaveHostnames(db: D1Database, zone: string, now: number): D1PreparedStatement[] {
  const isDeleted = "EXISTS (SELECT 1 FROM zones WHERE id = ?1 AND state = 'deleted')";
  return [
    db.prepare(`DELETE FROM hostnames WHERE zone_id = ?1 AND ${isDeleted}`).bind(zone),
    db
      .prepare(
        `UPDATE hosts SET zone_id = NULL, revision = revision + 1, updated_at = ?2, certificate_next_at = ?2
         WHERE zone_id = ?1 AND ${isDeleted}`,
      )
      .bind(zone, now),
  ];
}

import type { Listening } from "./tail-listener.ts";

/** Selects a zone, to see whether it still exists. */
export function zoneStatement(db: D1Database, zone: string): D1PreparedStatement {
  return db.prepare("SELECT 1 AS found FROM zones WHERE id = ?1 AND state <> 'deleted'").bind(zone);
}

/**
 * Whether somebody may still listen to the zones of an account: one row, or none. While a tail is open, a key may be revoked,
 * and a session or a membership may end.
 *
 * @param now ms since the epoch
 */
export function allowedStatement(db: D1Database, account: string, who: Listening, now: number): D1PreparedStatement {
  if (who.kind === "key") {
    return db
      .prepare(
        `SELECT 1 AS found FROM api_keys WHERE id = ?1 AND account_id = ?2
           AND (revoked_at IS NULL OR revoked_at > ?3) AND (expires_at IS NULL OR expires_at > ?3)`,
      )
      .bind(who.id, account, now);
  }
  // Every role may listen.
  return db
    .prepare(
      `SELECT 1 AS found FROM people_sessions JOIN members ON members.person_id = people_sessions.person_id
       WHERE people_sessions.id = ?1 AND people_sessions.person_id = ?2 AND account_id = ?3
         AND people_sessions.expires_at > ?4`,
    )
    .bind(who.session, who.person, account, new Date(now).toISOString());
}

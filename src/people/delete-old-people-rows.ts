import { BOUNDS, daysBefore } from "../db/bounds.ts";
import { dayOf } from "../usage/hours.ts";

const ROWS_PER_RUN = 5_000;

/**
 * Deletes what is left over from signing in: expired sessions and links, and old invitations.
 *
 * @param now ms since the epoch
 */
export async function deleteOldPeopleRows(db: D1Database, now: number): Promise<void> {
  const isoNow = new Date(now).toISOString();
  await db.batch([
    db.prepare(oldest("people_sessions", "expires_at")).bind(isoNow, ROWS_PER_RUN),
    db.prepare(oldest("sign_in_codes", "expires_at")).bind(isoNow, ROWS_PER_RUN),
    db
      .prepare(
        "DELETE FROM mails_sent WHERE (name, day) IN (SELECT name, day FROM mails_sent WHERE day < ?1 ORDER BY day LIMIT ?2)",
      )
      .bind(dayOf(now), ROWS_PER_RUN),
    db.prepare(oldest("invitations", "created_at")).bind(daysBefore(now, BOUNDS.invitations.days), ROWS_PER_RUN),
  ]);
}

function oldest(table: "people_sessions" | "sign_in_codes" | "invitations", column: string): string {
  return `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE ${column} < ?1 ORDER BY ${column} LIMIT ?2)`;
}

/** Ends the oldest sessions of a person who has more than allowed. */
export async function boundSessions(db: D1Database, person: string): Promise<void> {
  await db
    .prepare(
      `DELETE FROM people_sessions WHERE id IN (
         SELECT id FROM people_sessions WHERE person_id = ?1 ORDER BY created_at DESC, id LIMIT -1 OFFSET ?2)`,
    )
    .bind(person, BOUNDS.people_sessions.rows)
    .run();
}

/** A session in use is prolonged, but not beyond this, so that a cookie that was stolen or left on a machine ends. */
const LONGEST_SESSION_DAYS = 90;

/** Limits how far a session is prolonged. */
export async function endInTime(db: D1Database, session: string): Promise<void> {
  await db
    .prepare(
      `UPDATE people_sessions SET expires_at = strftime('%Y-%m-%dT%H:%M:%fZ', created_at, ?2)
       WHERE id = ?1 AND expires_at > strftime('%Y-%m-%dT%H:%M:%fZ', created_at, ?2)`,
    )
    .bind(session, `+${LONGEST_SESSION_DAYS} days`)
    .run();
}

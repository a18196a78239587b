import type { Page } from "../db/position.ts";
import type { Claim } from "./claim.ts";

/** The columns that a {@link Claim} is read from. */
export const CLAIM_COLUMNS = `hostnames.id, hostnames.account_id AS account, zones.mode, zone_id AS zone, zones.name AS zoneName,
  hostname, hostnames.state, since, reason, proven_by AS provenBy, proven_at AS provenAt, gone_since AS goneSince, checks,
  checked_at AS checkedAt, next_check_at AS nextCheckAt, hostnames.revision, hostnames.created_at AS createdAt`;
export const CLAIMS = "hostnames JOIN zones ON zones.id = zone_id";

/** A zone's claim to a hostname. */
export async function findClaim(db: D1Database, zone: string, hostname: string): Promise<Claim | null> {
  return db
    .prepare(`SELECT ${CLAIM_COLUMNS} FROM ${CLAIMS} WHERE zone_id = ?1 AND hostname = ?2`)
    .bind(zone, hostname)
    .first<Claim>();
}

/** The claim with an id. */
export async function readClaim(db: D1Database, id: string): Promise<Claim | null> {
  return db.prepare(`SELECT ${CLAIM_COLUMNS} FROM ${CLAIMS} WHERE hostnames.id = ?1`).bind(id).first<Claim>();
}

/** The other claim that is active for the hostname of a claim. */
export async function holderBeside(db: D1Database, { id, hostname }: Pick<Claim, "id" | "hostname">) {
  return db
    .prepare(
      `SELECT ${CLAIM_COLUMNS} FROM ${CLAIMS}
       WHERE hostname = ?1 AND hostnames.state = 'active' AND hostnames.id <> ?2`,
    )
    .bind(hostname, id)
    .first<Claim>();
}

/** The claims of a zone, oldest first. */
export async function listClaims(db: D1Database, zone: string, page: Page): Promise<Claim[]> {
  const { createdAt, id } = page.after ?? { createdAt: -1, id: "" };
  const { results } = await db
    .prepare(
      `SELECT ${CLAIM_COLUMNS} FROM ${CLAIMS} WHERE zone_id = ?1 AND (hostnames.created_at, hostnames.id) > (?2, ?3)
       ORDER BY hostnames.created_at, hostnames.id LIMIT ?4`,
    )
    .bind(zone, createdAt, id, page.limit)
    .all<Claim>();
  return results;
}

/** The hostnames that a zone claims, served or not. */
export async function claimedBy(db: D1Database, zone: string): Promise<string[]> {
  const { results } = await db
    .prepare("SELECT hostname FROM hostnames WHERE zone_id = ?1")
    .bind(zone)
    .all<{ hostname: string }>();
  return results.map(({ hostname }) => hostname);
}

/** Whether any claim is due for a check. */
export async function isAnyDue(db: D1Database, now: number): Promise<boolean> {
  return (await db.prepare("SELECT 1 FROM hostnames WHERE next_check_at <= ?1 LIMIT 1").bind(now).first()) !== null;
}

/** The most checks that a run of the cron makes for one account, so that none holds up the others. */
const OF_AN_ACCOUNT = 50;
/** A check that was begun but not recorded, because the run was stopped, is repeated after this time. */
const LEASE_MS = 5 * 60_000;

/** Claims that are due for a check, reserved for this run. */
export async function takeDueClaims(db: D1Database, now: number, limit: number): Promise<Claim[]> {
  const { results: taken } = await db
    .prepare(
      `UPDATE hostnames SET next_check_at = ?2 WHERE id IN (
         SELECT id FROM (SELECT id, next_check_at,
                                ROW_NUMBER() OVER (PARTITION BY account_id ORDER BY next_check_at) AS turn
                         FROM hostnames WHERE next_check_at <= ?1)
         WHERE turn <= ?3 ORDER BY turn, next_check_at LIMIT ?4)
       RETURNING id`,
    )
    .bind(now, now + LEASE_MS, OF_AN_ACCOUNT, limit)
    .all<{ id: string }>();
  const { results } = await db
    .prepare(`SELECT ${CLAIM_COLUMNS} FROM ${CLAIMS} WHERE hostnames.id IN (SELECT value FROM json_each(?1))`)
    .bind(JSON.stringify(taken.map(({ id }) => id)))
    .all<Claim>();
  return results;
}

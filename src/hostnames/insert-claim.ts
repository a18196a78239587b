import type { Claim } from "./claim.ts";

/** A new claim. */
export interface NewClaim extends Pick<Claim, "id" | "account" | "zone" | "hostname"> {
  /** How many hostnames the account may have, including this one, and how many it may have given up recently. */
  limit: number;
  leftLimit: number;
}

/** The most hostnames that a zone has, since its document lists them. */
export const HOSTNAMES_OF_ZONE = 100;

/** The result of inserting a claim. `zone` of `taken`: the account's zone that already claims the hostname. */
export type InsertedClaim =
  | { kind: "inserted" }
  | { kind: "taken"; zone: string }
  | { kind: "limit"; of: "account" | "zone" | "left" }
  | { kind: "missing" };

interface Counts {
  account: number;
  zone: number;
  left: number;
  taken: string | null;
}

/**
 * Inserts a claim that is yet to be proven, in one transaction with its entry in the audit log.
 *
 * @param audit an `auditStatement`
 */
export async function insertClaim(
  db: D1Database,
  claim: NewClaim,
  audit: D1PreparedStatement,
  now: number,
): Promise<InsertedClaim> {
  const { id, account, zone, hostname, limit, leftLimit } = claim;
  const ofAccount = "(SELECT COUNT(*) FROM hostnames WHERE account_id = ?2)";
  const ofZone = "(SELECT COUNT(*) FROM hostnames WHERE zone_id = ?3)";
  const left = "(SELECT COUNT(*) FROM hosts WHERE account_id = ?2 AND zone_id IS NULL)";
  const [inserted, , counted] = await db.batch([
    db
      .prepare(
        `INSERT INTO hostnames (id, account_id, zone_id, hostname, state, since, next_check_at, created_at)
         SELECT ?1, ?2, ?3, ?4, 'pending', ?5, ?5, ?5 FROM zones
         WHERE zones.id = ?3 AND zones.state <> 'deleted' AND ${ofAccount} < ?6 AND ${ofZone} < ?7 AND ${left} < ?8
         ON CONFLICT DO NOTHING`,
      )
      .bind(id, account, zone, hostname, now, limit, HOSTNAMES_OF_ZONE, leftLimit),
    audit,
    db
      .prepare(
        `SELECT ${ofAccount} AS account, ${ofZone} AS zone, ${left} AS left,
                (SELECT zones.name FROM hostnames JOIN zones ON zones.id = zone_id
                 WHERE hostnames.account_id = ?2 AND hostname = ?1) AS taken`,
      )
      .bind(hostname, account, zone),
  ]);
  if (inserted?.meta.changes) return { kind: "inserted" };
  const counts = counted!.results[0] as Counts;
  if (counts.taken !== null) return { kind: "taken", zone: counts.taken };
  if (counts.account >= limit) return { kind: "limit", of: "account" };
  if (counts.zone >= HOSTNAMES_OF_ZONE) return { kind: "limit", of: "zone" };
  return counts.left >= leftLimit ? { kind: "limit", of: "left" } : { kind: "missing" };
}

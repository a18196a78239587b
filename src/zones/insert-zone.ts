import { VERSION_FLOOR } from "../db/version-floor.ts";
import { parseZoneRow, type RawZoneRow, ZONE_COLUMNS, type ZoneRow } from "./rows.ts";

/** A new zone, and how many its account may have. */
export interface NewZone extends Pick<ZoneRow, "id" | "account" | "mode" | "name" | "origin" | "settings"> {
  /** How many zones the account may have, this one included. */
  limit: number;
  /** How many deleted zones the account may have whose names are still kept. */
  deletedLimit: number;
}

/** What became of a new zone. `taken`: another zone has the name, or one of another account had it until lately. */
export type InsertResult =
  | { kind: "inserted"; zone: ZoneRow }
  | { kind: "taken" }
  | { kind: "limit"; of: "zones" | "deleted zones" };

/** How many zones an account has. */
interface Counts {
  zones: number;
  deleted: number;
}

/** How long a deleted zone's name is kept from other accounts, since links to the zone outlive it. */
const NAME_KEPT_SECONDS = 30 * 86_400;

/**
 * Inserts an active zone, in one transaction with its entry in the audit log. If several want the same name, or an account's
 * last place, one gets it.
 *
 * @param audit an `auditStatement`
 * @param now ms since the epoch
 */
export async function insertZone(
  db: D1Database,
  zone: NewZone,
  audit: D1PreparedStatement,
  now: number,
): Promise<InsertResult> {
  const [inserted, , count] = await db.batch<RawZoneRow | Counts>([
    db
      .prepare(
        `INSERT INTO zones (id, account_id, name, mode, origin, settings, state, version, created_at, updated_at)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, 'active',
                1 + MAX(COALESCE((SELECT MAX(version) FROM zones WHERE name = ?3), 0), ${VERSION_FLOOR}), ?7, ?7
         WHERE (SELECT COUNT(*) FROM zones WHERE account_id = ?2 AND state <> 'deleted') < ?8
           AND (SELECT COUNT(*) FROM zones WHERE account_id = ?2 AND state = 'deleted') < ?10
           AND NOT EXISTS (SELECT 1 FROM zones WHERE name = ?3 AND account_id <> ?2 AND deleted_at > ?9)
         ON CONFLICT DO NOTHING RETURNING ${ZONE_COLUMNS}`,
      )
      .bind(
        zone.id,
        zone.account,
        zone.name,
        zone.mode,
        zone.origin,
        JSON.stringify(zone.settings),
        now,
        zone.limit,
        now - NAME_KEPT_SECONDS * 1000,
        zone.deletedLimit,
      ),
    audit,
    db
      .prepare(
        `SELECT COUNT(*) FILTER (WHERE state <> 'deleted') AS zones, COUNT(*) FILTER (WHERE state = 'deleted') AS deleted
         FROM zones WHERE account_id = ?1`,
      )
      .bind(zone.account),
  ]);
  const row = inserted?.results[0] as RawZoneRow | undefined;
  if (row !== undefined) return { kind: "inserted", zone: parseZoneRow(row) };
  const { zones, deleted } = count!.results[0] as Counts;
  if (zones >= zone.limit) return { kind: "limit", of: "zones" };
  return deleted >= zone.deletedLimit ? { kind: "limit", of: "deleted zones" } : { kind: "taken" };
}

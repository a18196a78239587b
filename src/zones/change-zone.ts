import { type Change, changeAsRead } from "../db/change-as-read.ts";
import { leaveHostnames } from "../hostnames/served-hosts.ts";
import { findZone, parseZoneRow, type RawZoneRow, ZONE_COLUMNS, type ZoneRow, type ZoneScope } from "./rows.ts";

/** A change of a zone's origin, settings or state. The state `deleted` ends the zone, frees its name and drops its settings. */
export interface ZoneChange {
  /** Returns the zone as it should be, or the same object if nothing changes. If it throws, the change is abandoned. */
  apply(zone: ZoneRow): ZoneRow;
  /** Returns an `auditStatement` for what was done. */
  audit(before: ZoneRow, after: ZoneRow): D1PreparedStatement;
}

/**
 * Changes the zone with an id or a name: reads it, applies the change, and writes it if nobody else has changed it meanwhile,
 * in one transaction with an entry in the audit log. Purges in between do no harm.
 *
 * @param now ms since the epoch
 */
export async function changeZone(
  db: D1Database,
  scope: ZoneScope,
  idOrName: string,
  { apply, audit }: ZoneChange,
  now: number,
): Promise<Change<ZoneRow>> {
  return changeAsRead(
    () => findZone(db, scope, idOrName),
    async (before) => {
      const wanted = apply(before);
      if (wanted === before) return before;
      const after = { ...wanted, revision: before.revision + 1 };
      const [written] = await db.batch<RawZoneRow>([
        updateStatement(db, after, now),
        audit(before, after),
        ...(after.state === "deleted" ? [...dropSecrets(db, after.id), ...leaveHostnames(db, after.id, now)] : []),
      ]);
      const row = written?.results[0];
      return row === undefined ? null : parseZoneRow(row);
    },
  );
}

function updateStatement(db: D1Database, zone: ZoneRow, now: number): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE zones SET origin = ?3, settings = ?4, state = ?5, version = version + 1, revision = ?2, updated_at = ?6,
                        deleted_at = CASE ?5 WHEN 'deleted' THEN ?6 END
       WHERE id = ?1 AND revision = ?2 - 1 AND state <> 'deleted' RETURNING ${ZONE_COLUMNS}`,
    )
    .bind(
      zone.id,
      zone.revision,
      zone.origin,
      JSON.stringify(zone.state === "deleted" ? {} : zone.settings),
      zone.state,
      now,
    );
}

/** Deletes the secrets that a deleted zone's URLs and logs were signed with, and its record of who is watching. */
function dropSecrets(db: D1Database, id: string): D1PreparedStatement[] {
  return ["signing_keys", "log_secrets", "tails"].map((table) =>
    db
      .prepare(`DELETE FROM ${table} WHERE zone_id = ?1 AND (SELECT state FROM zones WHERE id = ?1) = 'deleted'`)
      .bind(id),
  );
}

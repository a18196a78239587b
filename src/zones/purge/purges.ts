import { popsStatement, readPops } from "../../usage/pops.ts";
import { PURGE_LOG_BOUND, type Purge } from "./purge-log.ts";
import type { PurgeTarget } from "./purge-target.ts";

export type { PurgeTarget } from "./purge-target.ts";

/** What a customer wants to purge at once. It becomes one version of the zone. */
export interface PurgeOrder {
  id: string;
  zone: string;
  soft: boolean;
  targets: readonly PurgeTarget[];
  /** Id of the API key that asked. */
  createdBy: string;
}

/**
 * Records a purge and raises the zone's version, in one transaction with its entry in the audit log, so the purge has exactly
 * the version that it made. Returns in how many locations it has to take effect; null: the zone has gone.
 *
 * For each zone, as many purges are kept as its log can hold. If the account still has more than `limit`, the purge becomes one
 * of everything, which replaces all others of its zone.
 *
 * @param audit an `auditStatement`
 * @param limit how many purges the account may have; null: any number
 */
export async function recordPurge(
  db: D1Database,
  order: PurgeOrder,
  audit: D1PreparedStatement,
  now: number,
  limit: number | null,
): Promise<number | null> {
  const results = await db.batch([
    db.prepare("UPDATE zones SET version = version + 1 WHERE id = ?1 AND state <> 'deleted'").bind(order.zone),
    db
      .prepare(
        `INSERT INTO purges (zone_id, version, kind, value, id, account_id, soft, at, created_by)
         SELECT DISTINCT zones.id, zones.version, target.value ->> 'kind', target.value ->> 'value',
                ?2, zones.account_id, ?3, ?4, ?5
         FROM zones, json_each(?6) AS target WHERE zones.id = ?1 AND zones.state <> 'deleted'`,
      )
      .bind(order.zone, order.id, order.soft ? 1 : 0, now, order.createdBy, JSON.stringify(order.targets)),
    audit,
    db
      .prepare(
        `DELETE FROM purges WHERE zone_id = ?1 AND version <
           (SELECT version FROM purges WHERE zone_id = ?1 ORDER BY version DESC LIMIT 1 OFFSET ?2)`,
      )
      .bind(order.zone, PURGE_LOG_BOUND),
    ...(limit === null ? [] : foldStatements(db, order, limit, now)),
    popsStatement(db, now),
  ]);
  return results[0]!.meta.changes > 0 ? readPops(results.at(-1)!.results) : null;
}

function foldStatements(
  db: D1Database,
  { zone, id, createdBy }: PurgeOrder,
  limit: number,
  now: number,
): [D1PreparedStatement, D1PreparedStatement] {
  const tooMany = `(SELECT COUNT(*) FROM purges WHERE account_id = zones.account_id) > ?2`;
  return [
    db
      .prepare(
        `INSERT INTO purges (zone_id, version, kind, value, id, account_id, soft, at, created_by)
         SELECT id, version, 'everything', '', ?3, account_id, 0, ?4, ?5 FROM zones
         WHERE id = ?1 AND state <> 'deleted' AND ${tooMany}
         ON CONFLICT DO UPDATE SET soft = 0`,
      )
      .bind(zone, limit, id, now, createdBy),
    db
      .prepare(
        `DELETE FROM purges WHERE zone_id = ?1
           AND EXISTS (SELECT 1 FROM zones WHERE id = ?1 AND ${tooMany}
                       AND NOT (purges.kind = 'everything' AND purges.version = zones.version))
           AND EXISTS (SELECT 1 FROM zones JOIN purges AS everything ON zone_id = zones.id AND everything.version = zones.version
                       WHERE zones.id = ?1 AND kind = 'everything' AND soft = 0)`,
      )
      .bind(zone, limit),
  ];
}

/** A purge as D1 holds it. */
export type StoredPurge = Omit<Purge, "soft"> & { soft: 0 | 1 };

/** Reads the purges of a name's newest zone since a time, newest first, for {@link readPurges}. */
export function purgesStatement(db: D1Database, name: string, since: number, limit: number): D1PreparedStatement {
  return db
    .prepare(
      `SELECT kind, value, soft, version, at FROM purges
       WHERE zone_id = (SELECT id FROM zones WHERE name = ?1 ORDER BY version DESC LIMIT 1) AND at >= ?2
       ORDER BY version DESC LIMIT ?3`,
    )
    .bind(name, since, limit + 1);
}

/**
 * If there are more than `limit` purges, the oldest one returned becomes a purge of everything up to its version, since earlier
 * ones are not seen.
 */
export function readPurges(rows: readonly StoredPurge[], limit: number): Purge[] {
  const purges = rows.map((row): Purge => ({ ...row, soft: row.soft === 1 }));
  const oldest = purges[limit];
  if (oldest !== undefined) purges[limit] = { ...oldest, kind: "everything", value: "", soft: false };
  return purges;
}

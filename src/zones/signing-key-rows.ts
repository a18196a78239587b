import { BOUNDS } from "../db/bounds.ts";
import type { SealedKey } from "./zone.ts";

/** A key that signs URLs of a zone, as D1 holds it. */
export interface SigningKeyRow extends SealedKey {
  /** Ms since the epoch. */
  createdAt: number;
}

const COLUMNS = "id, sealed, created_at AS createdAt";

/** The keys of a zone, oldest first. */
export async function signingKeysOf(db: D1Database, zoneId: string): Promise<SigningKeyRow[]> {
  const { results } = await db
    .prepare(`SELECT ${COLUMNS} FROM signing_keys WHERE zone_id = ?1 ORDER BY created_at, id`)
    .bind(zoneId)
    .all<SigningKeyRow>();
  return results;
}

/** Reads the keys of a name's newest zone, for {@link readSigningKeys}. */
export function signingKeysStatement(db: D1Database, name: string): D1PreparedStatement {
  return db
    .prepare(
      `SELECT ${COLUMNS} FROM signing_keys
       WHERE zone_id = (SELECT id FROM zones WHERE name = ?1 ORDER BY version DESC LIMIT 1) ORDER BY created_at, id`,
    )
    .bind(name);
}

/** What a zone's document says about its keys; undefined: it has none. */
export function readSigningKeys(rows: readonly SigningKeyRow[]): readonly SealedKey[] | undefined {
  return rows.length === 0 ? undefined : rows.map(({ id, sealed }) => ({ id, sealed }));
}

/**
 * Gives a zone another key and raises its version, in one transaction with an entry in the audit log. False: the zone has as
 * many keys as it may, or has gone.
 *
 * @param audit an `auditStatement`
 */
export async function insertSigningKey(
  db: D1Database,
  zoneId: string,
  { id, sealed, createdAt }: SigningKeyRow,
  audit: D1PreparedStatement,
): Promise<boolean> {
  const [inserted] = await db.batch([
    db
      .prepare(
        `INSERT INTO signing_keys (id, zone_id, sealed, created_at)
         SELECT ?1, id, ?3, ?4 FROM zones WHERE id = ?2 AND state <> 'deleted'
           AND (SELECT COUNT(*) FROM signing_keys WHERE zone_id = ?2) < ?5`,
      )
      .bind(id, zoneId, sealed, createdAt, BOUNDS.signing_keys.rows),
    audit,
    db
      .prepare(
        `UPDATE zones SET version = version + 1
         WHERE id = ?1 AND EXISTS (SELECT 1 FROM signing_keys WHERE id = ?2 AND zone_id = ?1)`,
      )
      .bind(zoneId, id),
  ]);
  return inserted!.meta.changes > 0;
}

/**
 * Removes a key from a zone and raises its version, in one transaction with an entry in the audit log. False: there is no such
 * key.
 */
export async function deleteSigningKey(
  db: D1Database,
  zoneId: string,
  id: string,
  audit: D1PreparedStatement,
): Promise<boolean> {
  const [deleted] = await db.batch([
    db.prepare("DELETE FROM signing_keys WHERE id = ?1 AND zone_id = ?2").bind(id, zoneId),
    audit,
    db.prepare("UPDATE zones SET version = version + 1 WHERE id = ?1 AND state <> 'deleted'").bind(zoneId),
  ]);
  return deleted!.meta.changes > 0;
}

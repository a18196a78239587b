import type { StoredSettings } from "./settings.ts";

/** A zone as D1 holds it. Times in ms since the epoch. */
export interface ZoneRow {
  id: string;
  account: string;
  name: string;
  mode: "live" | "test";
  origin: string;
  settings: StoredSettings;
  state: "active" | "paused" | "deleted";
  version: number;
  createdAt: number;
}

/** Whose zones a caller may see: an account's, live or test ones. */
export interface ZoneScope {
  account: string;
  mode: "live" | "test";
  /** Ids of the zones that a key is restricted to; null: all. */
  zones: readonly string[] | null;
}

const COLUMNS = "id, account_id AS account, name, mode, origin, settings, state, version, created_at AS createdAt";

type RawRow = Omit<ZoneRow, "settings"> & { settings: string };

function parse(raw: RawRow): ZoneRow {
  return { ...raw, settings: JSON.parse(raw.settings) as StoredSettings };
}

function zonesOf({ zones }: ZoneScope): string | null {
  return zones && JSON.stringify(zones);
}

/** Inserts an active zone. Null: another zone has its name. */
export async function insertZone(
  db: D1Database,
  zone: Pick<ZoneRow, "id" | "account" | "mode" | "name" | "origin" | "settings">,
  now: number,
): Promise<ZoneRow | null> {
  const raw = await db
    .prepare(
      `INSERT INTO zones (id, account_id, name, mode, origin, settings, state, version, created_at, updated_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'active',
               1 + COALESCE((SELECT MAX(version) FROM zones WHERE name = ?3), 0), ?7, ?7)
       ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
    )
    .bind(zone.id, zone.account, zone.name, zone.mode, zone.origin, JSON.stringify(zone.settings), now)
    .first<RawRow>();
  return raw && parse(raw);
}

/** The zone in scope that has an id or a name. */
export async function findZone(db: D1Database, scope: ZoneScope, idOrName: string): Promise<ZoneRow | null> {
  const raw = await db
    .prepare(
      `SELECT ${COLUMNS} FROM zones
       WHERE (id = ?1 OR name = ?1) AND account_id = ?2 AND mode = ?3 AND state <> 'deleted'
         AND (?4 IS NULL OR id IN (SELECT value FROM json_each(?4)))`,
    )
    .bind(idOrName, scope.account, scope.mode, zonesOf(scope))
    .first<RawRow>();
  return raw && parse(raw);
}

/** Where a page of zones begins: after the zone that was created at this time with this id. */
export interface ZonePosition {
  createdAt: number;
  id: string;
}

/** The zones in scope, oldest first. */
export async function listZones(
  db: D1Database,
  scope: ZoneScope,
  page: { limit: number; after: ZonePosition | null },
): Promise<ZoneRow[]> {
  const { createdAt, id } = page.after ?? { createdAt: -1, id: "" };
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM zones
       WHERE account_id = ?1 AND mode = ?2 AND state <> 'deleted' AND (created_at, id) > (?3, ?4)
         AND (?6 IS NULL OR id IN (SELECT value FROM json_each(?6)))
       ORDER BY created_at, id LIMIT ?5`,
    )
    .bind(scope.account, scope.mode, createdAt, id, page.limit, zonesOf(scope))
    .all<RawRow>();
  return results.map(parse);
}

/** Writes a zone as changed from what was read. Null: it has changed or gone since. */
export async function updateZone(db: D1Database, zone: ZoneRow, now: number): Promise<ZoneRow | null> {
  const raw = await db
    .prepare(
      `UPDATE zones SET origin = ?3, settings = ?4, state = ?5, version = version + 1, updated_at = ?6
       WHERE id = ?1 AND version = ?2 AND state <> 'deleted' RETURNING ${COLUMNS}`,
    )
    .bind(zone.id, zone.version, zone.origin, JSON.stringify(zone.settings), zone.state, now)
    .first<RawRow>();
  return raw && parse(raw);
}

/** Marks a zone deleted; its name is free from then on. False: it has gone before. */
export async function deleteZone(db: D1Database, id: string, now: number): Promise<boolean> {
  const { meta } = await db
    .prepare(
      `UPDATE zones SET state = 'deleted', version = version + 1, updated_at = ?2, deleted_at = ?2
       WHERE id = ?1 AND state <> 'deleted'`,
    )
    .bind(id, now)
    .run();
  return meta.changes > 0;
}

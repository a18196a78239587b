import type { Page } from "../db/position.ts";
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
  /** Grows by one with every change, including purges. */
  version: number;
  /** Grows by one with every change except purges. */
  revision: number;
  createdAt: number;
}

/** Whose zones a caller may see: an account's, live or test ones. */
export interface ZoneScope {
  account: string;
  mode: "live" | "test";
  /** Ids of the zones that a key is restricted to; null: all. */
  zones: readonly string[] | null;
}

/** What {@link parseZoneRow} reads. */
export const ZONE_COLUMNS =
  "id, account_id AS account, name, mode, origin, settings, state, version, revision, created_at AS createdAt";

/** A zone as the database returns it. */
export type RawZoneRow = Omit<ZoneRow, "settings"> & { settings: string };

export function parseZoneRow(raw: RawZoneRow): ZoneRow {
  return { ...raw, settings: JSON.parse(raw.settings) as StoredSettings };
}

function zonesOf({ zones }: ZoneScope): string | null {
  return zones && JSON.stringify(zones);
}

/** The zone in scope with an id or a name. */
export async function findZone(db: D1Database, scope: ZoneScope, idOrName: string): Promise<ZoneRow | null> {
  const raw = await db
    .prepare(
      `SELECT ${ZONE_COLUMNS} FROM zones
       WHERE (id = ?1 OR name = ?1) AND account_id = ?2 AND mode = ?3 AND state <> 'deleted'
         AND (?4 IS NULL OR id IN (SELECT value FROM json_each(?4)))`,
    )
    .bind(idOrName, scope.account, scope.mode, zonesOf(scope))
    .first<RawZoneRow>();
  return raw && parseZoneRow(raw);
}

/**
 * The zones in scope, oldest first.
 *
 * @param name the name of the wanted zone or, with a `*` at its end, the beginning of the wanted names; null: all
 */
export async function listZones(db: D1Database, scope: ZoneScope, name: string | null, page: Page): Promise<ZoneRow[]> {
  const { createdAt, id } = page.after ?? { createdAt: -1, id: "" };
  const { results } = await db
    .prepare(
      `SELECT ${ZONE_COLUMNS} FROM zones
       WHERE account_id = ?1 AND mode = ?2 AND state <> 'deleted' AND (created_at, id) > (?3, ?4)
         AND (?6 IS NULL OR id IN (SELECT value FROM json_each(?6)))
         AND (?7 IS NULL OR name = ?7 OR (?7 LIKE '%*' AND substr(name, 1, length(?7) - 1) || '*' = ?7))
       ORDER BY created_at, id LIMIT ?5`,
    )
    .bind(scope.account, scope.mode, createdAt, id, page.limit, zonesOf(scope), name)
    .all<RawZoneRow>();
  return results.map(parseZoneRow);
}

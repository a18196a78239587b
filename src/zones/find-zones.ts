import type { ZoneRow, ZoneScope } from "./rows.ts";

/** The names of an account's zones by id, including deleted ones as long as they are kept. */
export async function zoneNames(
  db: D1Database,
  account: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { results } = await db
    .prepare("SELECT id, name FROM zones WHERE account_id = ?1 AND id IN (SELECT value FROM json_each(?2))")
    .bind(account, JSON.stringify(ids))
    .all<Pick<ZoneRow, "id" | "name">>();
  return new Map(results.map(({ id, name }) => [id, name]));
}

/** The zones in scope that have one of these ids or names. */
export async function findZones(
  db: D1Database,
  scope: ZoneScope,
  idsOrNames: readonly string[],
): Promise<Pick<ZoneRow, "id" | "name">[]> {
  const { results } = await db
    .prepare(
      `SELECT id, name FROM zones
       WHERE (id IN (SELECT value FROM json_each(?1)) OR name IN (SELECT value FROM json_each(?1)))
         AND account_id = ?2 AND mode = ?3 AND state <> 'deleted'
         AND (?4 IS NULL OR id IN (SELECT value FROM json_each(?4)))`,
    )
    .bind(JSON.stringify(idsOrNames), scope.account, scope.mode, scope.zones && JSON.stringify(scope.zones))
    .all<Pick<ZoneRow, "id" | "name">>();
  return results;
}

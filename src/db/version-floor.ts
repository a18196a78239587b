/** SQL: the version that the next one of any name has to be above; 0 if nothing was ever restored. */
export const VERSION_FLOOR = "COALESCE((SELECT floor FROM version_floor), 0)";

/** The value of {@link VERSION_FLOOR}. */
export async function versionFloor(db: D1Database): Promise<number> {
  return (await db.prepare(`SELECT ${VERSION_FLOOR} AS floor`).first<number>("floor")) ?? 0;
}

/** Raises the floor if it is lower, and returns the new one. */
export async function raiseVersionFloor(db: D1Database, least: number): Promise<number> {
  const floor = await db
    .prepare(
      `INSERT INTO version_floor (id, floor) VALUES (1, ?1)
       ON CONFLICT DO UPDATE SET floor = MAX(floor, excluded.floor) RETURNING floor`,
    )
    .bind(least)
    .first<number>("floor");
  return floor ?? least;
}

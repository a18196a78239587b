/** The last of the files that migrate D1: this code needs what they leave, see {@link isMigrated}. */
export const NEWEST_MIGRATION = "0011_version_floor.sql";

/** Whether every migration that this code needs has been applied. Throws where the database cannot be read. */
export async function isMigrated(db: Pick<D1Database, "prepare">): Promise<boolean> {
  const applied = db.prepare("SELECT name FROM d1_migrations WHERE name = ?1").bind(NEWEST_MIGRATION);
  return (await applied.first()) !== null;
}

/** The last of the migrations of D1, which this code needs; see {@link whyNotMigrated}. */
export const NEWEST_MIGRATION = "0018_mails_sent.sql";

/**
 * Why this code does not fit the database's migrations, as a sentence; null: it fits. Throws if the database cannot be read.
 */
export async function whyNotMigrated(db: Pick<D1Database, "prepare">): Promise<string | null> {
  // Their names begin with their numbers.
  const applied = await db
    .prepare("SELECT MAX(name = ?1) AS isApplied, MAX(name) AS newest FROM d1_migrations")
    .bind(NEWEST_MIGRATION)
    .first<{ isApplied: 0 | 1 | null; newest: string | null }>();
  if (applied?.isApplied !== 1) return `the database needs the migrations up to ${NEWEST_MIGRATION}`;
  if (applied.newest === NEWEST_MIGRATION) return null;
  return `the database is of a newer version: it needs one that has ${applied.newest}, and this one goes up to ${NEWEST_MIGRATION}`;
}

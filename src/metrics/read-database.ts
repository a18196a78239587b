import type { DatabaseFigures, PublisherLag } from "./database-figures.ts";

/** In the order in which they are shown. */
const TABLES = [
  ["account", "accounts", "published_revision < revision", "NULL"],
  ["zone", "zones", "published_version < version", "MIN(updated_at)"],
  ["host", "hosts", "published_revision < revision", "MIN(updated_at)"],
  ["namespace", "namespaces", "published_revision < revision", "MIN(updated_at)"],
  ["record", "records", "published_revision < revision", "MIN(updated_at)"],
] as const;

/** Reads what lags, using the same indexes as the cron. @param now ms since the epoch */
export async function databaseFigures(db: D1Database, now: number): Promise<DatabaseFigures> {
  const results = await db.batch<{ documents: number; since: number | null }>(
    TABLES.map(([, table, lags, since]) =>
      db.prepare(`SELECT COUNT(*) AS documents, ${since} AS since FROM ${table} WHERE ${lags}`),
    ),
  );
  const lag = TABLES.map(([kind, , , said], index): PublisherLag => {
    const { documents = 0, since = null } = results[index]?.results[0] ?? {};
    const lagMs = said === "NULL" ? null : since === null ? 0 : Math.max(0, now - since);
    return { kind, documents, lagMs };
  });
  return { lag, bytes: results[0]?.meta.size_after ?? null };
}

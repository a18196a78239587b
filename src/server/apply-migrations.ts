import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { CannotStart } from "./cannot-start.ts";
import type { Caretaker } from "./caretaker.ts";

// The table of `wrangler d1 migrations`, column for column, so that both can be used on one database.
const BOOKKEEPING = `CREATE TABLE IF NOT EXISTS d1_migrations(
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  name       TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;

/** The names of a folder's `.sql` files, ordered by number. */
export async function migrationsIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql"));
  return names.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
}

/** The names of the migrations that a database has had, in the order in which they were applied. */
export async function appliedMigrations(batch: Caretaker["batch"]): Promise<string[]> {
  const [, rows = []] = await batch([
    { sql: BOOKKEEPING, values: [] },
    { sql: "SELECT name FROM d1_migrations ORDER BY id", values: [] },
  ]);
  return rows.map(({ name }) => String(name));
}

/** Splits a file into its statements. */
type SplitSql = (sql: string) => string[] | Promise<string[]>;

/** For callers without a separate process for wrangler, which is loaded here. */
const byWrangler: SplitSql = async (sql) => (await import("wrangler")).unstable_splitSqlQuery(sql);

/**
 * Applies the migrations in `folder` that the database has not had, and returns their names.
 *
 * @throws {CannotStart} if one fails, or if the database is from a newer version
 */
export async function applyMigrations(
  batch: Caretaker["batch"],
  folder: string,
  splitSql: SplitSql = byWrangler,
): Promise<string[]> {
  const known = await migrationsIn(folder);
  const applied = await appliedMigrations(batch);
  refuseNewerSchema(applied, known);
  const missing = known.filter((name) => !applied.includes(name));
  for (const name of missing) {
    const statements = await splitSql(await readFile(join(folder, name), "utf8"));
    try {
      // A batch is one transaction: a migration is both applied and recorded, or neither.
      await batch([
        ...statements.map((sql) => ({ sql, values: [] })),
        { sql: "INSERT INTO d1_migrations (name) VALUES (?)", values: [name] },
      ]);
    } catch (error) {
      throw new CannotStart(`the migration ${name} could not be applied, and has changed nothing: ${reasonOf(error)}`);
    }
  }
  return missing;
}

/** Code that does not know all migrations of a database might read it wrongly, so it leaves it alone. */
function refuseNewerSchema(applied: readonly string[], known: readonly string[]): void {
  const newer = newerMigration(applied, known);
  if (newer === null) return;
  throw new CannotStart(
    `the database is newer than this version, which knows migrations up to ${known.at(-1)}: it needs one that has ` +
      `${newer}. Start that version, or use it to take the database back: npm run migrate -- --back-to ${known.at(-1)?.slice(0, 4)}`,
  );
}

/** The newest migration that a database has had and this version does not know; null: it knows all. */
export function newerMigration(applied: readonly string[], known: readonly string[]): string | null {
  return applied.findLast((name) => !known.includes(name)) ?? null;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

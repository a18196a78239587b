import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { CannotStart } from "./cannot-start.ts";
import type { Caretaker } from "./caretaker.ts";

// The table of `wrangler d1 migrations`, column for column: both may take turns on one database.
const BOOKKEEPING = `CREATE TABLE IF NOT EXISTS d1_migrations(
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  name       TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;

/** The names of the `.sql` files of a folder in the order of their numbers. */
export async function migrationsIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql"));
  return names.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
}

/** The names of the migrations that a database has seen, in the order in which it has. */
export async function appliedMigrations(batch: Caretaker["batch"]): Promise<string[]> {
  const [, rows = []] = await batch([
    { sql: BOOKKEEPING, values: [] },
    { sql: "SELECT name FROM d1_migrations ORDER BY id", values: [] },
  ]);
  return rows.map(({ name }) => String(name));
}

/** Takes a file apart into its statements. */
type SplitSql = (sql: string) => string[] | Promise<string[]>;

/** wrangler is loaded where nobody has it in a process of its own. */
const byWrangler: SplitSql = async (sql) => (await import("wrangler")).unstable_splitSqlQuery(sql);

/**
 * Applies the migrations of `folder` that the database has not seen; gives their names.
 *
 * @throws {CannotStart} where one fails, or where the database is of a newer version
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
      // A batch is one transaction: a migration is applied and noted, or neither.
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

/** Whoever does not know all that a database has seen might read it wrongly, and leaves it alone. */
function refuseNewerSchema(applied: readonly string[], known: readonly string[]): void {
  const newer = newerMigration(applied, known);
  if (newer === null) return;
  throw new CannotStart(
    `the database is of a newer version than this one, which knows migrations up to ${known.at(-1)}: it needs one that has ` +
      `${newer}. Start that version, or have it take the database back: npm run migrate -- --back-to ${known.at(-1)?.slice(0, 4)}`,
  );
}

/** The newest migration that a database has seen and this version does not know; null: it knows all. */
export function newerMigration(applied: readonly string[], known: readonly string[]): string | null {
  return applied.findLast((name) => !known.includes(name)) ?? null;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

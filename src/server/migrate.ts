import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { unstable_splitSqlQuery as splitSql } from "wrangler";
import type { Caretaker } from "./caretaker.ts";

// The table of `wrangler d1 migrations`, column for column: both may take turns on one database.
const BOOKKEEPING = `CREATE TABLE IF NOT EXISTS d1_migrations(
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  name       TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;

/** Applies the `.sql` files of `folder` that the database has not seen, in the order of their numbers. */
export async function applyMigrations(batch: Caretaker["batch"], folder: string): Promise<void> {
  const [, rows = []] = await batch([
    { sql: BOOKKEEPING, values: [] },
    { sql: "SELECT name FROM d1_migrations", values: [] },
  ]);
  const applied = new Set(rows.map(({ name }) => name));
  const files = (await readdir(folder)).filter((name) => name.endsWith(".sql") && !applied.has(name));
  for (const name of files.sort((a, b) => a.localeCompare(b, "en", { numeric: true }))) {
    const statements = splitSql(await readFile(join(folder, name), "utf8"));
    // A batch is one transaction: a migration is applied and noted, or neither.
    await batch([
      ...statements.map((sql) => ({ sql, values: [] })),
      { sql: "INSERT INTO d1_migrations (name) VALUES (?)", values: [name] },
    ]);
  }
}

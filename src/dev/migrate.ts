import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { D1Database } from "@cloudflare/workers-types";
import { unstable_splitSqlQuery as splitSql } from "wrangler";

// The table of `wrangler d1 migrations`, column for column: both may take turns on one database.
const BOOKKEEPING = `CREATE TABLE IF NOT EXISTS d1_migrations(
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  name       TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;

/** Applies the `.sql` files of `folder` that the database has not seen, in the order of their numbers. */
export async function applyMigrations(db: D1Database, folder: string): Promise<void> {
  await db.prepare(BOOKKEEPING).run();
  const { results } = await db.prepare("SELECT name FROM d1_migrations").all<{ name: string }>();
  const applied = new Set(results.map(({ name }) => name));
  const files = (await readdir(folder)).filter((name) => name.endsWith(".sql") && !applied.has(name));
  for (const name of files.sort((a, b) => a.localeCompare(b, "en", { numeric: true }))) {
    const statements = splitSql(await readFile(join(folder, name), "utf8"));
    // A batch is one transaction: a migration is applied and noted, or neither.
    await db.batch([
      ...statements.map((statement) => db.prepare(statement)),
      db.prepare("INSERT INTO d1_migrations (name) VALUES (?)").bind(name),
    ]);
  }
}

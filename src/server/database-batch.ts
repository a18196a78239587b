import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import type { Caretaker, Statement } from "./caretaker.ts";
import { askWrangler, callWrangler, REMOTE } from "./wrangler.ts";

/** Runs statements in one transaction on the database of a stopped server; the file is created if it does not exist. */
export function localBatch(file: string): Caretaker["batch"] {
  return async (statements) => {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    using database = new DatabaseSync(file);
    chmodSync(file, 0o600);
    // The same mode as workerd's.
    database.exec("PRAGMA journal_mode = WAL; BEGIN IMMEDIATE");
    try {
      const results = statements.map(({ sql, values }) => database.prepare(sql).all(...(values as SQLInputValue[])));
      database.exec("COMMIT");
      return results;
    } catch (error) {
      database.exec("ROLLBACK");
      throw error;
    }
  };
}

/** Runs statements without values on the deployment's database. */
export async function remoteBatch(statements: readonly Statement[]): Promise<Record<string, unknown>[][]> {
  const sql = statements.map(({ sql }) => sql.replace(/;\s*$/, "")).join(";\n");
  if (
    statements.every(({ sql }) => /^\s*(?:--.*\n\s*)*(?:SELECT|CREATE TABLE IF NOT EXISTS d1_migrations)\b/i.test(sql))
  ) {
    const answers = await askWrangler<{ results: Record<string, unknown>[] }[]>(
      ...["d1", "execute", "DB", ...REMOTE, "--command", sql],
    );
    return answers.map(({ results }) => results);
  }
  const folder = mkdtempSync(join(tmpdir(), "rescdn-sql-"));
  try {
    // A file is imported as a whole or not at all.
    const file = join(folder, "change.sql");
    writeFileSync(file, `${sql};\n`);
    await callWrangler("d1", "execute", "DB", ...REMOTE, "--yes", "--file", file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return [];
}

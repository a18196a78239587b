import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { unstable_splitSqlQuery as splitSql } from "wrangler";
import { appliedMigrations, migrationsIn, newerMigration } from "./apply-migrations.ts";
import { CannotStart } from "./cannot-start.ts";
import type { Caretaker, Statement } from "./caretaker.ts";

/** A migration and its way back. */
interface WayBack {
  name: string;
  /** Queries for what would be lost: each returns its name, `lost`, and how much of it, `rows`. */
  losses: string[];
  changes: string[];
}

/**
 * Takes back every migration above one, newest first, each in one transaction, and returns their names. The ways back are in
 * the folder `back` beside the migrations.
 *
 * @param to the number of the newest that stays, such as `0009`
 * @param mayLose whether data may be lost
 * @throws {CannotStart} if there is no way back, or data would be lost
 */
export async function takeBackMigrations(
  batch: Caretaker["batch"],
  folder: string,
  to: string,
  mayLose: boolean,
): Promise<string[]> {
  const known = await migrationsIn(folder);
  const target = known.find((name) => name.startsWith(`${to}_`));
  if (target === undefined)
    throw new CannotStart(
      `there is no migration ${to}: the numbers are ${known.map((name) => name.slice(0, 4)).join()}`,
    );
  const applied = await appliedMigrations(batch);
  const newer = newerMigration(applied, known);
  if (newer !== null)
    throw new CannotStart(`${newer} is from a newer version than this one: take it back with that version`);
  const above = known.filter((name) => applied.includes(name) && known.indexOf(name) > known.indexOf(target));
  const ways = await Promise.all(above.reverse().map((name) => wayBack(folder, name)));
  if (!mayLose) await refuseLosses(batch, ways);
  for (const { name, changes } of ways) {
    const statements = [...changes, `DELETE FROM d1_migrations WHERE name = '${name}'`];
    try {
      await batch(statements.map(statement));
    } catch (error) {
      throw new CannotStart(`${name} could not be taken back, and nothing was changed: ${String(error)}`);
    }
  }
  return ways.map(({ name }) => name);
}

async function wayBack(folder: string, name: string): Promise<WayBack> {
  const file = join(folder, "back", name);
  if (!existsSync(file))
    throw new CannotStart(`${name} cannot be taken back: restore a backup that was taken before it`);
  const statements = splitSql(await readFile(file, "utf8"));
  const isLoss = (sql: string) => /^\s*(?:--.*\n\s*)*SELECT\b/i.test(sql);
  return { name, losses: statements.filter(isLoss), changes: statements.filter((sql) => !isLoss(sql)) };
}

async function refuseLosses(batch: Caretaker["batch"], ways: readonly WayBack[]): Promise<void> {
  const queries = ways.flatMap(({ losses }) => losses);
  const results = queries.length === 0 ? [] : await batch(queries.map(statement));
  const lost = results.flat().filter(({ rows }) => Number(rows) > 0);
  if (lost.length === 0) return;
  const list = lost.map(({ lost, rows }) => `- ${rows} × ${lost}`).join("\n");
  throw new CannotStart(
    `nothing was changed, since this would be lost:\n${list}\nTake a backup (npm run backup), then add --lose-data`,
  );
}

const statement = (sql: string): Statement => ({ sql, values: [] });

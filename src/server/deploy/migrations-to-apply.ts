import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { unstable_splitSqlQuery as splitSql } from "wrangler";
import { migrationsIn, newerMigration } from "../apply-migrations.ts";
import { CannotStart } from "../cannot-start.ts";
import { breakingStatements } from "./breaking-statements.ts";
import type { Deployed } from "./deployed.ts";

/** The migrations that the database has not had. @throws {CannotStart} if it is newer, or the running version would break */
export async function migrationsToApply(
  folder: string,
  { applied, version }: Deployed,
  mayBreak: boolean,
): Promise<string[]> {
  const known = await migrationsIn(folder);
  const newer = newerMigration(applied ?? [], known);
  if (newer !== null) throw new CannotStart(`the database is newer than this clone, with ${newer}: deploy that one`);
  const missing = known.filter((name) => !applied?.includes(name));
  if (version === null || applied === null || applied.length === 0) return missing;
  const breaking = await Promise.all(
    missing.map(async (name) => {
      const statements = breakingStatements(splitSql(await readFile(join(folder, name), "utf8")));
      return statements.map((sql) => `- ${name}: ${sql.replace(/\s+/g, " ").trim().slice(0, 120)}`);
    }),
  );
  if (breaking.flat().length > 0 && !mayBreak)
    throw new CannotStart(
      `the running version may not work with these migrations, which are applied before the new version runs:\n${breaking.flat().join("\n")}\n` +
        "First deploy a version that does not need what they remove. If a pause does no harm, add --allow-breaking-migrations.",
    );
  return missing;
}

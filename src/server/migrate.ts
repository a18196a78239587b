/** `npm run migrate`: brings the database of a stopped server, or of the deployment, to a version of its schema. */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { unstable_readConfig as readConfig } from "wrangler";
import { applyMigrations } from "./apply-migrations.ts";
import { CannotStart } from "./cannot-start.ts";
import { fail, say } from "./command.ts";
import { localBatch, remoteBatch } from "./database-batch.ts";
import { keepFilesPrivate } from "./private-files.ts";
import { projectRoot, wranglerConfig } from "./project.ts";
import { stateDirFromEnvironment } from "./state-dir.ts";
import { stateFiles } from "./state-files.ts";
import { lockState } from "./state-lock.ts";
import { takeBackMigrations } from "./take-back-migrations.ts";
import { callWrangler, REMOTE } from "./wrangler.ts";

const { remote, to, mayLose } = readArguments();
const folder = join(
  projectRoot,
  readConfig({ config: wranglerConfig }).d1_databases[0]?.migrations_dir ?? "migrations",
);
keepFilesPrivate();
try {
  if (remote && to === undefined) await callWrangler("d1", "migrations", "apply", "DB", ...REMOTE);
  else if (to === undefined) await goUp();
  else await goBack(to);
} catch (error) {
  if (error instanceof CannotStart) fail(error.message);
  throw error;
}

function readArguments(): { remote: boolean; to: string | undefined; mayLose: boolean } {
  try {
    const { values } = parseArgs({
      options: { remote: { type: "boolean" }, "back-to": { type: "string" }, "lose-data": { type: "boolean" } },
    });
    return { remote: values.remote ?? false, to: values["back-to"], mayLose: values["lose-data"] ?? false };
  } catch {
    return fail("npm run migrate -- [--remote] [--back-to <number, such as 0009> [--lose-data]]");
  }
}

function batchOfStoppedServer() {
  const stateDir = stateDirFromEnvironment();
  lockState(stateDir);
  return localBatch(stateFiles(stateDir).database);
}

async function goUp(): Promise<void> {
  const applied = await applyMigrations(batchOfStoppedServer(), folder);
  say(applied.length === 0 ? "the database has all migrations" : `applied ${applied.join(", ")}`);
}

async function goBack(number: string): Promise<void> {
  const taken = await takeBackMigrations(remote ? remoteBatch : batchOfStoppedServer(), folder, number, mayLose);
  if (taken.length === 0) return say(`the database has no migration above ${number}`);
  say(`took back ${taken.join(", ")}
Start the version that goes with it: this one would apply them again. When you come back to this version, run
npm run restore -- --remote <url> once it is up: it does not know what was published in between.`);
}

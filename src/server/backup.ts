/** `npm run backup`: writes everything that cannot be recreated into one file, while the server runs. */
import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { type BackupContents, takeBackup } from "./backup-file.ts";
import { CannotStart } from "./cannot-start.ts";
import { fail, say } from "./command.ts";
import { keepFilesPrivate } from "./private-files.ts";
import { remoteBackup } from "./remote-backup.ts";
import { stateDirFromEnvironment } from "./state-dir.ts";
import { stateFiles } from "./state-files.ts";

const [first, second, ...others] = process.argv.slice(2);
const isRemote = first === "--remote";
const file = isRemote ? second : first;
if (others.length > 0 || (!isRemote && second !== undefined) || file?.startsWith("-"))
  fail("npm run backup -- [--remote] [file]");

keepFilesPrivate();
// npm changes to the project's folder.
const calledFrom = process.env.INIT_CWD ?? ".";
const now = new Date();
const stamp = now.toISOString().slice(0, 19).replaceAll(":", "-");
try {
  if (isRemote) await remoteBackup(resolve(calledFrom, file ?? `rescdn-${stamp}.sql`));
  else backUp(resolve(calledFrom, file ?? `rescdn-${stamp}.backup`));
} catch (error) {
  if (error instanceof CannotStart) fail(error.message);
  throw error;
}

function backUp(path: string): void {
  const stateDir = stateDirFromEnvironment();
  const { accounts, zones, records, files, meters } = takenBackup(stateDir, path);
  const megabytes = (statSync(path).size / 1024 ** 2).toFixed(1);
  say(`backup ${path}
of ${stateDir}, ${megabytes} MB: ${accounts} accounts, ${zones} zones, ${records} records, the usage of ${meters.length} meters
It holds secrets, such as webhooks' signing secrets and what zones send to their origins: only you can read it, so keep it that way.`);
  if (files > 0)
    say(
      `It does not contain the ${files} files that zones serve from buckets: copy ${join(stateDir, "v3", "r2")} separately, while the server is stopped.`,
    );
}

function takenBackup(stateDir: string, path: string): BackupContents {
  try {
    return takeBackup(stateFiles(stateDir), path, now.getTime());
  } catch (error) {
    if ((error as { code?: string }).code !== "ERR_SQLITE_ERROR") throw error;
    throw new CannotStart(
      `no backup was taken of ${stateDir}, whose files cannot be read: ${(error as Error).message}`,
    );
  }
}

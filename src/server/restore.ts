/**
 * `npm run restore`: brings a backup back into the folder of a stopped server, or makes a deployment publish everything in its
 * database again after that was brought back.
 */
import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { unstable_readConfig as readConfig } from "wrangler";
import { migrationsIn } from "./apply-migrations.ts";
import { readBackup, withoutRoom } from "./backup-file.ts";
import { CannotStart } from "./cannot-start.ts";
import { cacheBytesFromEnvironment, fail, say } from "./command.ts";
import { logAs } from "./log/print.ts";
import { keepFilesPrivate } from "./private-files.ts";
import { projectRoot, wranglerConfig } from "./project.ts";
import { restoreByCalls } from "./restore-calls.ts";
import { placeBackup } from "./restore-folder.ts";
import { RestoreReport } from "./restore-report.ts";
import { startRuntime } from "./runtime.ts";
import { stateDirFromEnvironment } from "./state-dir.ts";
import { stateFiles } from "./state-files.ts";
import { lockState, noteRestore } from "./state-lock.ts";
import { startToolchain } from "./toolchain.ts";
import { whatComesBack } from "./what-comes-back.ts";

const USAGE = `npm run restore -- <backup>
npm run restore -- --remote https://api.<your domain> [--resume <cursor>]   (with ADMIN_TOKEN in the environment)`;

const { remote, resume, file } = readArguments();
keepFilesPrivate();
logAs({ level: "warn" }); // this command's own calls are of no interest to its reader
try {
  if (remote !== undefined) await restoreRemote(remote, resume ?? null);
  else await restoreFolder(stateDirFromEnvironment(), resolve(process.env.INIT_CWD ?? ".", file ?? ""));
  process.exit(0);
} catch (error) {
  if (error instanceof CannotStart) fail(error.message);
  throw error;
}

function readArguments(): { remote?: string | undefined; resume?: string | undefined; file?: string | undefined } {
  try {
    const { values, positionals } = parseArgs({
      options: { remote: { type: "string" }, resume: { type: "string" } },
      allowPositionals: true,
    });
    const [path, ...others] = positionals;
    const isRemote = values.remote !== undefined;
    if (others.length > 0 || isRemote === (path !== undefined) || (values.resume !== undefined && !isRemote))
      fail(USAGE);
    return { ...values, file: path };
  } catch {
    return fail(USAGE);
  }
}

async function restoreFolder(stateDir: string, backup: string): Promise<void> {
  const { d1_databases } = readConfig({ config: wranglerConfig });
  const contents = readBackup(backup, await migrationsIn(resolve(projectRoot, d1_databases[0]?.migrations_dir ?? "")));
  lockState(stateDir, true);
  const { before, aside, meters } = placeBackup(stateDir, backup, contents, new Date());
  const report = await publishAgain(stateDir).catch((error: unknown) => {
    throw withoutRoom(error, stateDir);
  });
  noteRestore(stateDir, null);
  say(`restored ${backup}, taken at ${new Date(contents.takenAt).toISOString()}, into ${stateDir}`);
  say(report.toString());
  say(`usage: ${meters.kept} meters keep their counts, ${meters.restored} have those of the backup`);
  if (contents.files > 0)
    say(
      `files of zones: ${contents.files} are listed; their buckets were not changed, and files that are missing there answer 404`,
    );
  for (const line of whatComesBack(stateFiles(stateDir).database, before)) say(line);
  if (before !== null) say(`what was there before is kept, with its secrets: ${before}`);
  if (aside !== null)
    say(`what was there before could not be read (${aside.reason}), and is kept as it was: ${aside.file}`);
}

/** Makes a server, whose port and token nobody else knows, publish what the folder's database says. */
async function publishAgain(stateDir: string): Promise<RestoreReport> {
  const report = new RestoreReport();
  const adminToken = randomBytes(32).toString("hex");
  const tools = startToolchain();
  const runtime = await startRuntime({
    tools,
    host: "127.0.0.1",
    port: 0,
    stateDir,
    cacheBytes: cacheBytesFromEnvironment(),
    vars: { ADMIN_TOKEN: adminToken, API_HOSTS: "127.0.0.1", TRUSTED_PROXIES: "" },
  }).finally(tools.end);
  try {
    await restoreByCalls({ url: runtime.url, adminToken }, null, (page) => report.add(page));
  } finally {
    await runtime.stop();
  }
  return report;
}

async function restoreRemote(url: string, cursor: string | null): Promise<void> {
  const { ADMIN_TOKEN: adminToken } = process.env;
  if (!adminToken) fail("ADMIN_TOKEN is not set: set it to the deployment's");
  if (!URL.canParse(url)) fail(`this is not a URL: ${url}`);
  const report = new RestoreReport();
  try {
    await restoreByCalls({ url: new URL(url).origin, adminToken }, cursor, (page) => report.add(page));
  } catch (error) {
    if (report.isBegun) say(report.toString());
    throw error;
  }
  say(report.toString());
  say(`API keys and query tokens that were revoked since the time that the database was brought back to work again.
Accounts that were suspended since are named above as changed (state), zones whose takedowns are lifted as changed (takedowns).
Usage is as it was counted: the Durable Objects that count it were not brought back.
Other locations serve what they hold for up to a minute more.`);
}

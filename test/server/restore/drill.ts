import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { stateFiles } from "../../../src/server/state-files.ts";
import { ADMIN_TOKEN } from "../new-account.ts";
import { startServe } from "../serve-process.ts";
import { callCommand } from "./call-command.ts";
import { type Findings, World } from "./world.ts";

/** What is restored, and where. */
export interface DrillOptions {
  zones: number;
  workers: number;
  /** `live`: the database is brought back below a server that goes on, as on Cloudflare. `folder`: of one that is stopped. */
  kind: "live" | "folder";
}

/** What came of it. */
export interface DrillResult extends Findings {
  /** What the restore has said. */
  said: string;
  backupMs: number;
  restoreMs: number;
  /** Of readers, from before the backup to after the restore. */
  answers: number;
  failures: string[];
  usage: { counted: number; answered: number };
}

/**
 * Takes a backup under load, goes on with changes, purges and deletions, restores it, under load as well where the server goes
 * on, and compares what is served with what the database says.
 */
export async function drill({ zones, workers, kind }: DrillOptions): Promise<DrillResult> {
  const folder = await mkdtemp(join(tmpdir(), "rescdn-restore-"));
  const stateDir = join(folder, "state");
  const backup = join(folder, "one.backup");
  const world = new World();
  await world.listen();
  const start = () =>
    startServe({ STATE_DIR: stateDir, ADMIN_TOKEN, ALLOW_PRIVATE_ORIGINS: "true", WORKERS: String(workers) });
  let server = await start();
  try {
    world.port = server.port;
    await world.create(zones);
    await world.change(0);
    let readers = world.readers(2);
    const began = performance.now();
    await Promise.all([callCommand("backup", [backup], { STATE_DIR: stateDir }), world.change(1)]);
    const backupMs = performance.now() - began;
    await world.create(Math.ceil(zones / 10));
    await world.change(2);
    const earlier = kind === "live" ? null : await readers.stop();

    if (kind === "live") {
      bringBack(stateFiles(stateDir).database, backup);
      // On what has come back, before anybody restores: these hold from the restore on.
      await world.purgeSome(5);
    } else await server.stop();
    const restoring = performance.now();
    const args = kind === "live" ? ["--remote", `http://127.0.0.1:${server.port}`] : [backup];
    const said = await callCommand("restore", args, { STATE_DIR: stateDir, ADMIN_TOKEN });
    const restoreMs = performance.now() - restoring;
    if (kind === "folder") {
      server = await start();
      world.port = server.port;
      readers = world.readers(2);
    }
    const findings = await world.compare();
    const { answers, failures } = await readers.stop();
    // What was counted last is delivered by the end.
    await server.stop();
    server = await start();
    world.port = server.port;
    const usage = await world.usage();
    return {
      ...findings,
      ...{ said, backupMs, restoreMs, usage },
      answers: answers + (earlier?.answers ?? 0),
      failures: [...(earlier?.failures ?? []), ...failures],
    };
  } finally {
    await server.stop();
    world.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Brings a database that is in use back to what a backup holds, in one transaction, as D1's time travel does. */
function bringBack(database: string, backup: string): void {
  using live = new DatabaseSync(database, { timeout: 10_000, enableForeignKeyConstraints: false });
  live.prepare("ATTACH ? AS backup").run(backup);
  const tables = live
    .prepare(
      `SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'`,
    )
    .all() as { name: string }[];
  live.exec("BEGIN IMMEDIATE");
  for (const { name } of tables) {
    live.exec(`DELETE FROM main.${name}; INSERT INTO main.${name} SELECT * FROM backup.${name}`);
  }
  live.exec("COMMIT");
}

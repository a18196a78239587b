import { join } from "node:path";
import type { Unstable_Config as WranglerConfig } from "wrangler";
import { applyMigrations } from "./apply-migrations.ts";
import type { Caretaker } from "./caretaker.ts";
import { report } from "./log/report.ts";
import { projectRoot } from "./project.ts";
import type { Toolchain } from "./toolchain.ts";

/** Looks after the Worker's state while it runs. */
export interface Upkeep {
  stop(): void;
}

/** Migrates the database, and takes the place of Cloudflare's cron: once a minute, the shortest interval of a schedule. */
export async function startUpkeep(
  caretaker: Caretaker,
  config: WranglerConfig,
  { splitSql }: Pick<Toolchain, "splitSql">,
): Promise<Upkeep> {
  const folder = config.d1_databases[0]?.migrations_dir ?? "migrations";
  await applyMigrations(caretaker.batch, join(projectRoot, folder), splitSql);
  const [cron] = config.triggers.crons ?? [];
  if (cron === undefined) return { stop: () => undefined };
  const tick = () => caretaker.scheduled(cron).catch((error: unknown) => report("cron_failed", { error }));
  // At once, so that what a crash left behind is repaired before the first request.
  await tick();
  const ticking = setInterval(tick, 60_000);
  return { stop: () => clearInterval(ticking) };
}

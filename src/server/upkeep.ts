import { join } from "node:path";
import type { Unstable_Config as WranglerConfig } from "wrangler";
import { applyMigrations } from "./apply-migrations.ts";
import type { Caretaker } from "./caretaker.ts";
import { report } from "./log/report.ts";
import { projectRoot } from "./project.ts";
import type { Toolchain } from "./toolchain.ts";

/** What looks after the Worker's state for as long as it runs. */
export interface Upkeep {
  stop(): void;
}

/** Migrates the database, and stands for Cloudflare's cron: once a minute, the most that schedules ask for. */
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
  // At once, so that what a crash has left behind is repaired before anybody asks.
  await tick();
  const ticking = setInterval(tick, 60_000);
  return { stop: () => clearInterval(ticking) };
}

import { join } from "node:path";
import type { D1Database } from "@cloudflare/workers-types";
import type { Miniflare } from "miniflare";
import type { Unstable_Config as WranglerConfig } from "wrangler";
import { applyMigrations } from "./migrate.ts";
import { projectRoot } from "./project.ts";

/** Looks after the Worker's state for as long as it runs. */
export interface Caretaker {
  stop(): void;
}

/** Waits for Miniflare, migrates the database, and stands for Cloudflare's cron: once a minute, the most that schedules ask for. */
export async function takeCare(miniflare: Miniflare, config: WranglerConfig): Promise<Caretaker> {
  await miniflare.ready;
  const { DB } = await miniflare.getBindings<{ DB: D1Database }>();
  await applyMigrations(DB, join(projectRoot, config.d1_databases[0]?.migrations_dir ?? "migrations"));
  if (!config.triggers.crons?.length) return { stop: () => undefined };
  // At once, so that what a crash has left behind is repaired before anybody asks.
  await tick(miniflare, config);
  const ticking = setInterval(() => tick(miniflare, config), 60_000);
  return { stop: () => clearInterval(ticking) };
}

async function tick(miniflare: Miniflare, config: WranglerConfig): Promise<void> {
  try {
    const worker = await miniflare.getWorker(config.name);
    await worker.scheduled({ cron: config.triggers.crons?.[0] ?? "* * * * *" });
  } catch (error) {
    console.error("cron:", error);
  }
}

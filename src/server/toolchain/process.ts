/** The process that `toolchain.ts` starts, and what it does. */
import { createHash } from "node:crypto";
import { flushCompileCache } from "node:module";
import type { Unstable_Config as WranglerConfig } from "wrangler";
import { builtWorker } from "../built-worker.ts";
import { optionsOf, workerOptions } from "../miniflare-options.ts";
import { wranglerConfig } from "../project.ts";
import { kept } from "./kept.ts";
import { workerdConfig } from "./workerd-config.ts";

/** What wrangler's answers depend on. */
const SOURCES = ["wrangler.toml", "node_modules/.package-lock.json", "src/server/miniflare-options.ts"];

const tools = {
  readConfig: () =>
    kept("config", `${wranglerConfig} ${process.env.CLOUDFLARE_ENV ?? ""}`, SOURCES, async () =>
      (await import("wrangler")).unstable_readConfig({ config: wranglerConfig }),
    ),
  workerOptions: async (config: WranglerConfig, bundle: string, vars: Record<string, string>) =>
    workerOptions(
      config,
      await kept("worker-options", JSON.stringify(config), SOURCES, () => optionsOf(config, bundle)),
      vars,
    ),
  builtWorker: (folder: string, entry: string) => builtWorker(folder, entry),
  splitSql: (sql: string) =>
    kept(`statements-${createHash("sha256").update(sql).digest("hex").slice(0, 16)}`, sql, SOURCES, async () =>
      (await import("wrangler")).unstable_splitSqlQuery(sql),
    ),
  workerdConfig,
};

export type Tools = typeof tools;

/** A message to the process. */
export interface Call {
  id: number;
  tool: keyof Tools;
  args: unknown[];
}

/** Its answer. */
export interface Outcome {
  id: number;
  value?: unknown;
  error?: string;
}

process.on("message", async ({ id, tool, args }: Call) => {
  try {
    const value: unknown = await (tools[tool] as (...args: unknown[]) => unknown)(...args);
    // By the last call it has loaded everything, and it is about to be killed.
    if (tool === "workerdConfig") flushCompileCache();
    process.send?.({ id, value } satisfies Outcome);
  } catch (error) {
    process.send?.({ id, error: error instanceof Error ? error.message : String(error) } satisfies Outcome);
  }
});
// Its server is gone.
process.on("disconnect", () => process.exit());

/** The process that `toolchain.ts` starts, and what it does there. */
import { unstable_readConfig as readConfig, unstable_splitSqlQuery as splitSql } from "wrangler";
import { bundleWorker } from "../bundle.ts";
import { workerOptions } from "../miniflare-options.ts";
import { wranglerConfig } from "../project.ts";
import { workerdConfig } from "./workerd-config.ts";

const tools = {
  readConfig: () => readConfig({ config: wranglerConfig }),
  workerOptions,
  bundleWorker: async (folder: string, entry?: string) => (await bundleWorker(folder, entry)).modules,
  splitSql,
  workerdConfig,
};

export type Tools = typeof tools;

/** What the process is sent. */
export interface Call {
  id: number;
  tool: keyof Tools;
  args: unknown[];
}

/** What it answers. */
export interface Outcome {
  id: number;
  value?: unknown;
  error?: string;
}

process.on("message", async ({ id, tool, args }: Call) => {
  try {
    const value: unknown = await (tools[tool] as (...args: unknown[]) => unknown)(...args);
    process.send?.({ id, value } satisfies Outcome);
  } catch (error) {
    process.send?.({ id, error: error instanceof Error ? error.message : String(error) } satisfies Outcome);
  }
});
// Its server has gone.
process.on("disconnect", () => process.exit());

import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectRoot, wranglerConfig } from "./project.ts";

const run = promisify(execFile);

/**
 * Builds the Worker into `folder` as `worker.js`. It is wrangler that builds, so what runs here is, byte for byte,
 * what `npm run deploy` uploads.
 */
export async function bundleWorker(folder: string): Promise<void> {
  const wrangler = join(projectRoot, "node_modules/wrangler/bin/wrangler.js");
  await run(process.execPath, [wrangler, "deploy", "--dry-run", "--outdir", folder, "--config", wranglerConfig], {
    cwd: projectRoot,
    env: { ...process.env, WRANGLER_SEND_METRICS: "false" },
  });
}

/** A module as Miniflare takes it. */
export interface BundledModule {
  type: "ESModule" | "Data";
  path: string;
}

/**
 * The modules that wrangler has built into `folder`, the Worker first. What stands beside it are the files of
 * `wrangler.toml`'s `[[rules]]`, which are all of type Data; the README and the source map are no modules.
 */
export async function bundledModules(folder: string): Promise<BundledModule[]> {
  const names = await readdir(folder);
  const beside = names.filter((name) => !["worker.js", "worker.js.map", "README.md"].includes(name));
  return [
    { type: "ESModule", path: join(folder, "worker.js") },
    ...beside.map((name): BundledModule => ({ type: "Data", path: join(folder, name) })),
  ];
}

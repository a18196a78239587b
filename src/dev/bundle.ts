import { execFile } from "node:child_process";
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

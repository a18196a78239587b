/** Builds the Worker into `dist/worker/`: what `wrangler` runs before it deploys, or serves under `wrangler dev`. */
import { join } from "node:path";
import { bundleWorker } from "./bundle.ts";
import { projectRoot } from "./project.ts";

await bundleWorker(join(projectRoot, "dist/worker"));

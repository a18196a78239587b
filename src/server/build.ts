/** Builds the Worker into `dist/worker/`: what `wrangler` runs before it deploys, or serves under `wrangler dev`. */
import { join } from "node:path";
import { builtWorker } from "./built-worker.ts";
import { projectRoot } from "./project.ts";

await builtWorker(join(projectRoot, "dist/worker"), "src/worker.ts");

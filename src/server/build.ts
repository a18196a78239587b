/** Builds the Worker into `dist/worker/`: `wrangler` runs this before it deploys, or serves with `wrangler dev`. */
import { join } from "node:path";
import { builtWorker } from "./built-worker.ts";
import { projectRoot } from "./project.ts";

await builtWorker(join(projectRoot, "dist/worker"), "src/worker.ts");

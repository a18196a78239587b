/** The Worker of the control process: the product, which holds what must be single. */
import { controlPlane } from "../../control-plane.ts";
import { createEntry } from "../../entry.ts";
import type { Env as ProductEnv } from "../../env.ts";
import type { Inspector } from "../../why/report.ts";
import product from "../../worker.ts";
import { type EdgeBindings, remoteInspector } from "./inspection.ts";

type Env = ProductEnv & EdgeBindings;

let inspector: Inspector | null = null;

// The caches that calls ask about are those of the edge processes.
const entry = createEntry<Env>((surface, url, request, env, ctx) => {
  inspector ??= remoteInspector(env);
  return controlPlane(surface, url, request, env, ctx, inspector);
});

export default { ...product, fetch: entry.fetch } satisfies ExportedHandler<Env>;
export * from "./objects.ts";

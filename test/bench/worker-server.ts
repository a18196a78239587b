/** Serves one Worker on workerd, as `npm run serve` serves ours: on a direct socket, in its own process. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { D1Database } from "@cloudflare/workers-types";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { unstable_readConfig as readConfig } from "wrangler";
import { applyMigrations } from "../../src/server/apply-migrations.ts";
import { bundleWorker } from "../../src/server/bundle.ts";
import type { Statement } from "../../src/server/caretaker.ts";
import { fail, onEndSignal } from "../../src/server/command.ts";
import { localCaches } from "../../src/server/local-cache.ts";
import { boundPauses, optionsOf, workerOptions } from "../../src/server/miniflare-options.ts";
import { projectRoot, wranglerConfig } from "../../src/server/project.ts";

/** What to serve, given as JSON in the first argument. */
export interface WorkerSpecification {
  /** Path of the Worker's source; `rescdn`: the product as it is deployed, with its bindings. */
  script: string;
  /** A folder for what is built and stored. */
  folder: string;
  vars: Record<string, string | number | [string, string][]>;
  /** The initial content of the KV namespace `ZONES`. */
  zones?: Record<string, string>;
  /** Whether its calls are counted, see `workers/counting.ts`. */
  counted?: boolean;
  /** Path of another Worker that wraps the script, which it imports as `counted-worker`. */
  wrapper?: string;
  /** Whether it has the cache of `serve` instead of Miniflare's, see `workers/on-local-cache.ts`. */
  localCache?: boolean;
}

const wrapperNamed = (name: string) => fileURLToPath(new URL(`workers/${name}.ts`, import.meta.url));

/** The default of `serve`. */
const CACHE_BYTES = 4_294_967_296;

const text = process.argv[2] ?? fail("usage: worker-server.ts SPECIFICATION");
const { script, folder, vars, zones, counted, localCache, wrapper } = JSON.parse(text) as WorkerSpecification;
const config = readConfig({ config: wranglerConfig });
const product = script === "rescdn";
const source = product ? join(projectRoot, "src/worker.ts") : script;
const bundle = join(folder, "bundle");
const around = wrapper ?? (counted ? wrapperNamed("counting") : localCache ? wrapperNamed("on-local-cache") : source);
const { modules } = await bundleWorker(bundle, around, {
  "counted-worker": source,
  "local-cache": join(projectRoot, "src/server/edge/cache/disk-cache.ts"),
});
const cache = localCache ? localCaches(folder, ["bench"], CACHE_BYTES)("bench") : null;

// As in `serve`, so that both run with the same flags.
boundPauses();
const miniflare = new Miniflare(
  convertV4MiniflareOptions({
    ...(product
      ? workerOptions(config, await optionsOf(config, bundle), vars as Record<string, string>)
      : {
          name: "bench",
          bindings: { ...vars, ...cache?.bindings },
          kvNamespaces: ["ZONES"],
          ...(cache !== null && { serviceBindings: cache.serviceBindings }),
        }),
    compatibilityDate: config.compatibility_date ?? "2026-11-01",
    rootPath: bundle,
    modules,
    unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
    host: "127.0.0.1",
    port: 0,
    cf: false,
    resourcePersistencePath: join(folder, "v3"),
  }),
);
await miniflare.ready;
onEndSignal(() => miniflare.dispose());
if (product) {
  const { DB } = await miniflare.getBindings<{ DB: D1Database }>();
  const batch = async (statements: readonly Statement[]) => {
    const results = await DB.batch<Record<string, unknown>>(
      statements.map(({ sql, values }) => DB.prepare(sql).bind(...values)),
    );
    return results.map((result) => result.results);
  };
  await applyMigrations(batch, join(projectRoot, config.d1_databases[0]?.migrations_dir ?? "migrations"));
}
const kv = await miniflare.getKVNamespace("ZONES");
for (const [key, value] of Object.entries(zones ?? {})) await kv.put(key, value);
const { port } = await miniflare.unsafeGetDirectURL(product ? (config.name ?? "") : "bench");
console.log(`ready http://127.0.0.1:${port}`);

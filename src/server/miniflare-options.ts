import { join } from "node:path";
import type { Unstable_Config as WranglerConfig } from "wrangler";

/**
 * What Miniflare has to know about the bindings in `wrangler.toml`, without the `.dev.vars` beside it: only `vars` decides
 * about secrets.
 */
export async function optionsOf(config: WranglerConfig, bundle: string) {
  const { unstable_getMiniflareWorkerOptions: miniflareWorkerOptions } = await import("wrangler");
  // wrangler reads the `.dev.vars` beside this path, if there is one, and says so on stdout.
  const userConfigPath = join(bundle, "wrangler.toml");
  // Without the feed of changes: on one machine, everything that remembers documents is told directly.
  const bindings = config.durable_objects.bindings.filter(({ name }) => name !== "CHANGE_FEED");
  const { modulesRules: _, ...options } = miniflareWorkerOptions({
    ...config,
    durable_objects: { bindings },
    userConfigPath,
  }).workerOptions;
  return options;
}

/**
 * Where one machine differs from the network, whose KV takes one write a second to a key, and whose isolates have 128 MB. A
 * body that may not be held becomes a file of its own beside its entry's.
 */
const OF_ONE_MACHINE = { KV_WRITE_INTERVAL_MS: "0", FILL_BYTES: "134217728" };

/** The product in Miniflare's form, with these variables overriding those of `wrangler.toml`. */
export function workerOptions(
  config: WranglerConfig,
  options: Awaited<ReturnType<typeof optionsOf>>,
  vars: Record<string, string>,
) {
  return {
    ...options,
    name: config.name ?? "",
    bindings: { ...OF_ONE_MACHINE, ...config.vars, ...vars },
  } as const;
}

/**
 * Keeps V8's young generation small, unless the environment says otherwise: each request leaves objects that die late, and
 * scavenging a large generation stops everything. Measured at saturation with 1 KiB hits: p99 118 → 32 ms, resident memory 443
 * → 263 MB, for 7 % of the rate. On the edge network the platform decides this.
 */
export function boundPauses(): void {
  process.env.MINIFLARE_WORKERD_V8_FLAGS ??= "--max-semi-space-size=1 --min-semi-space-size=1";
}

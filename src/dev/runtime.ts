import { join } from "node:path";
import type { D1Database } from "@cloudflare/workers-types";
import { CoreHeaders, convertV4MiniflareOptions, Log, LogLevel, Miniflare, MiniflareCoreError } from "miniflare";
import {
  unstable_getMiniflareWorkerOptions as miniflareWorkerOptions,
  unstable_readConfig as readConfig,
  type Unstable_Config as WranglerConfig,
} from "wrangler";
import { DRAIN } from "../usage/drain.ts";
import { bundleWorker } from "./bundle.ts";
import { applyMigrations } from "./migrate.ts";
import { projectRoot, wranglerConfig } from "./project.ts";
import { watchWorkerd } from "./workerd-process.ts";

export interface RuntimeOptions {
  host: string;
  /** 0: any free one. */
  port: number;
  /** What wrangler calls `--persist-to`: its local state and ours are the same files. */
  stateDir: string;
  /** Variables and secrets, over those of `wrangler.toml`. */
  vars: Record<string, string>;
}

export interface Runtime {
  /** `http://host:port`, without a slash at the end. */
  url: string;
  /** Answers what is in flight, then ends; state is on disk. */
  stop(): Promise<void>;
}

/** Somebody else listens there. */
export class AddressInUse extends Error {
  constructor(host: string, port: number) {
    super(`port ${port} on ${host} is taken: stop what listens there, or choose another with PORT`);
  }
}

/** Everything that Miniflare and the Worker have to say goes to stderr: stdout belongs to the command. */
class StderrLog extends Log {
  override log(message: string): void {
    console.error(message);
  }
}

/**
 * Builds the Worker, migrates its database and serves it on workerd. Clients reach workerd's own socket: none of the
 * proxies that `wrangler dev` puts in front, which rewrite Accept-Encoding and cost more than the Worker.
 */
export async function startRuntime({ host, port, stateDir, vars }: RuntimeOptions): Promise<Runtime> {
  const config = readConfig({ config: wranglerConfig });
  const bundle = join(stateDir, "bundle");
  const { modules } = await bundleWorker(bundle);
  concealCfHeader();
  boundPauses();
  const workerd = watchWorkerd();
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      ...workerOptions(config, bundle, vars),
      rootPath: bundle,
      modules,
      unsafeDirectSockets: [{ host, port }],
      host: "127.0.0.1", // Miniflare's own port: its control calls
      port: 0,
      cf: false,
      resourcePersistencePath: join(stateDir, "v3"),
      log: new StderrLog(LogLevel.WARN),
      handleStructuredLogs: ({ message }) => console.error(message),
    }),
  );
  let ticking: NodeJS.Timeout | undefined;
  const end = () => workerd.drain(() => miniflare.dispose());
  const stop = async () => {
    clearInterval(ticking);
    await settleUsage(miniflare, config);
    await end();
  };
  try {
    await miniflare.ready;
    const { DB } = await miniflare.getBindings<{ DB: D1Database }>();
    await applyMigrations(DB, join(projectRoot, config.d1_databases[0]?.migrations_dir ?? "migrations"));
    if (config.triggers.crons?.length) {
      // At once, so that what a crash has left behind is repaired before anybody asks.
      await tick(miniflare, config);
      ticking = setInterval(() => tick(miniflare, config), 60_000);
    }
    const direct = await miniflare.unsafeGetDirectURL(config.name ?? "");
    return { url: `http://${host.includes(":") ? `[${host}]` : host}:${direct.port}`, stop };
  } catch (error) {
    clearInterval(ticking);
    await end().catch(() => undefined); // a Miniflare that failed to start rejects this with the same error again
    const inUse = error instanceof MiniflareCoreError && error.code === "ERR_ADDRESS_IN_USE";
    throw inUse ? new AddressInUse(host, port) : error;
  }
}

/** The bindings of `wrangler.toml`, without the `.dev.vars` beside it: only `vars` decides about secrets. */
export function workerOptions(config: WranglerConfig, bundle: string, vars: Record<string, string>) {
  // wrangler reads the `.dev.vars` beside this path, where there is one, and says so on stdout.
  const userConfigPath = join(bundle, "wrangler.toml");
  const { modulesRules: _, ...options } = miniflareWorkerOptions({ ...config, userConfigPath }).workerOptions;
  return { ...options, name: config.name ?? "", bindings: { ...config.vars, ...vars } } as const;
}

/**
 * workerd takes `request.cf` from a header that Miniflare names, so a client who knows the name could set it, or send
 * one that is no JSON and get a 500. Under a name that nobody knows it is out of reach.
 */
function concealCfHeader(): void {
  Object.assign(CoreHeaders, { CF_BLOB: `MF-CF-Blob-${crypto.randomUUID()}` });
}

/**
 * Keeps V8's young generation small, unless the environment says otherwise: each request leaves objects that die late, and
 * scavenging a large generation stops everything. Measured at saturation with 1 KiB hits: p99 118 → 32 ms, resident
 * memory 443 → 263 MB, for 7 % of the rate. On the edge network the platform owns this.
 */
export function boundPauses(): void {
  process.env.MINIFLARE_WORKERD_V8_FLAGS ??= "--max-semi-space-size=1 --min-semi-space-size=1";
}

/** How long a meter that does not answer may hold up the end, ms. */
const SETTLE_MS = 8_000;

/**
 * Has the Worker deliver what it has counted, and from now on count before it answers. On Cloudflare's network `waitUntil`
 * outlives the request; workerd ends as soon as the requests in flight are answered.
 */
async function settleUsage(miniflare: Miniflare, config: WranglerConfig): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, SETTLE_MS);
  const settled = miniflare.getWorker(config.name).then((worker) => worker.scheduled({ cron: DRAIN }));
  await Promise.race([settled, late.promise]).catch((error: unknown) => console.error("usage:", error));
  clearTimeout(timer);
}

/** Stands for Cloudflare's cron: once a minute, which is as often as any schedule asks for. */
async function tick(miniflare: Miniflare, config: WranglerConfig): Promise<void> {
  try {
    const worker = await miniflare.getWorker(config.name);
    await worker.scheduled({ cron: config.triggers.crons?.[0] ?? "* * * * *" });
  } catch (error) {
    console.error("cron:", error);
  }
}

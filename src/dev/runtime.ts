import { join } from "node:path";
import { CoreHeaders, convertV4MiniflareOptions, Log, LogLevel, Miniflare, MiniflareCoreError } from "miniflare";
import {
  unstable_getMiniflareWorkerOptions as miniflareWorkerOptions,
  unstable_readConfig as readConfig,
  type Unstable_Config as WranglerConfig,
} from "wrangler";
import { AddressInUse } from "./address-in-use.ts";
import { bundleWorker } from "./bundle.ts";
import { takeCare } from "./caretaker.ts";
import { wranglerConfig } from "./project.ts";
import { settleUsage } from "./settle-usage.ts";
import { watchWorkerd } from "./workerd-process.ts";

/** How a server is started. */
export interface RuntimeOptions {
  host: string;
  /** 0: any free one. */
  port: number;
  /** What wrangler calls `--persist-to`: its local state and ours are the same files. */
  stateDir: string;
  /** Variables and secrets, over those of `wrangler.toml`. */
  vars: Record<string, string>;
}

/** A server that runs. */
export interface Runtime {
  /** `http://host:port`, without a slash at the end. */
  url: string;
  /** Answers what is in flight, then ends; state is on disk. */
  stop(): Promise<void>;
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
      ...localOptions(join(stateDir, "v3")),
    }),
  );
  const end = () => workerd.drain(() => miniflare.dispose());
  try {
    const caretaker = await takeCare(miniflare, config);
    const direct = await miniflare.unsafeGetDirectURL(config.name ?? "");
    const stop = async () => {
      caretaker.stop();
      await settleUsage(miniflare, config.name);
      await end();
    };
    return { url: urlOf(host, direct.port), stop };
  } catch (error) {
    await end().catch(() => undefined); // a Miniflare that failed to start rejects this with the same error again
    const inUse = error instanceof MiniflareCoreError && error.code === "ERR_ADDRESS_IN_USE";
    throw inUse ? new AddressInUse(host, port) : error;
  }
}

/** What each Miniflare of ours is given, whatever it runs. @param folder for its state */
export function localOptions(folder: string) {
  return {
    host: "127.0.0.1", // Miniflare's own port: its control calls
    port: 0,
    cf: false,
    resourcePersistencePath: folder,
    log: new StderrLog(LogLevel.WARN),
    handleStructuredLogs: ({ message }: { message: string }) => console.error(message),
  } as const;
}

/** Where clients reach a server. */
export function urlOf(host: string, port: number | string): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
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
export function concealCfHeader(): void {
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

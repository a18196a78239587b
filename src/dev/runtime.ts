import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare, MiniflareCoreError } from "miniflare";
import { unstable_readConfig as readConfig } from "wrangler";
import { AddressInUse } from "./address-in-use.ts";
import { bundleWorker } from "./bundle.ts";
import { takeCare } from "./caretaker.ts";
import { boundPauses, concealCfHeader, localOptions, urlOf, workerOptions } from "./miniflare-options.ts";
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

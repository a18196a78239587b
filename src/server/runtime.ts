import { join } from "node:path";
import { unstable_readConfig as readConfig } from "wrangler";
import { bundleWorker } from "./bundle.ts";
import { localCaches } from "./local-cache.ts";
import { boundPauses, databasesOf, urlOf, workerOptions } from "./miniflare-options.ts";
import { privateFolder, socketFolder } from "./private-files.ts";
import { wranglerConfig } from "./project.ts";
import { takePort } from "./public-port.ts";
import { bundleCaretaker, startProcess } from "./server-process.ts";
import { settleUsage } from "./settle-usage.ts";
import { probeFolder } from "./state-disk.ts";
import { startUpkeep } from "./upkeep.ts";

/** How a server is started. */
export interface RuntimeOptions {
  host: string;
  /** 0: any free one. */
  port: number;
  /** What wrangler calls `--persist-to`: its local state and ours are the same files. */
  stateDir: string;
  /** What the caches of all processes may take of the disk. */
  cacheBytes: number;
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
export async function startRuntime({ host, port, stateDir, cacheBytes, vars }: RuntimeOptions): Promise<Runtime> {
  const config = readConfig({ config: wranglerConfig });
  const bundle = join(stateDir, "bundle");
  const { modules } = await bundleWorker(bundle, "src/server/edge/whole.ts");
  const cache = localCaches(stateDir, [WHOLE], cacheBytes)(WHOLE);
  boundPauses();
  const caretaker = await bundleCaretaker(config, stateDir);
  const stateFolder = await privateFolder(join(stateDir, "v3"));
  const publicPort = await takePort(host, port, "one");
  const sockets = await socketFolder();
  const server = startProcess({
    name: "server",
    stateFolder,
    socketFolder: sockets.path,
    workers: [
      {
        ...workerOptions(config, bundle, { ...vars, ...cache.bindings }),
        rootPath: bundle,
        modules,
        serviceBindings: { ...cache.serviceBindings, ...probeFolder(stateDir) },
        cache: false, // Miniflare's
      },
    ],
    beforeStart: cache.sweep,
    caretaker,
    d1Databases: databasesOf(config),
    port: publicPort,
  });
  const end = async () => {
    await server.end();
    publicPort.release();
    await sockets.remove();
  };
  try {
    await server.ready;
    const upkeep = await startUpkeep(server.caretaker, config);
    const stop = async () => {
      upkeep.stop();
      await settleUsage(server.caretaker);
      await end();
    };
    return { url: urlOf(host, publicPort.port), stop };
  } catch (error) {
    await end().catch(() => undefined); // a Miniflare that failed to start rejects this with the same error again
    throw error;
  }
}

/** The name of the only process's cache. */
const WHOLE = "whole";

import { join } from "node:path";
import { databasesOf } from "./databases.ts";
import { localCaches } from "./local-cache.ts";
import { privateFolder, socketFolder } from "./private-files.ts";
import { serveProcessFigures } from "./process-figures.ts";
import { takePort } from "./public-port.ts";
import { bundleCaretaker, type ServerProcess, startProcess } from "./server-process.ts";
import { settleUsage } from "./settle-usage.ts";
import { probeFolder } from "./state-disk.ts";
import { timeToEnd } from "./time-to-end.ts";
import type { Toolchain } from "./toolchain.ts";
import { startUpkeep } from "./upkeep.ts";
import { urlOf } from "./url-of.ts";

/** How a server is started. */
export interface RuntimeOptions {
  host: string;
  /** 0: any free one. */
  port: number;
  /** The same as wrangler's `--persist-to`: its local state and ours are the same files. */
  stateDir: string;
  /** How much disk space the caches of all processes may take. */
  cacheBytes: number;
  /** Variables and secrets, overriding those of `wrangler.toml`. */
  vars: Record<string, string>;
  /** Needed until the server runs. */
  tools: Toolchain;
}

/** A running server. */
export interface Runtime {
  /** `http://host:port`, without a slash at the end. */
  url: string;
  /** Resolves with the reason if the server cannot go on. */
  lost: Promise<string>;
  /** Answers requests in flight, then ends; the state is on disk. */
  stop(): Promise<void>;
}

/**
 * Builds the Worker, migrates its database and serves it on workerd. Clients connect to workerd's own socket, without the
 * proxies that `wrangler dev` puts in front, which rewrite Accept-Encoding and cost more than the Worker.
 */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { host, port, stateDir, cacheBytes, vars, tools } = options;
  const publicPort = await takePort(host, port, "one");
  const config = await tools.readConfig();
  const bundle = join(stateDir, "bundle");
  const modules = await tools.builtWorker(bundle, "src/server/edge/whole.ts");
  const cache = localCaches(stateDir, [WHOLE], cacheBytes)(WHOLE);
  const caretaker = await bundleCaretaker(tools, config, stateDir);
  const stateFolder = await privateFolder(join(stateDir, "v3"));
  const sockets = await socketFolder();
  const lost = Promise.withResolvers<string>();
  let server: ServerProcess | undefined;
  const processes = serveProcessFigures(sockets.path, () => (server === undefined ? [] : [server]));
  const end = async (within: number) => {
    await server?.end(within);
    publicPort.release();
    processes.close();
    await sockets.remove();
  };
  try {
    server = await startProcess(tools, {
      name: "server",
      stateFolder,
      socketFolder: sockets.path,
      workers: [
        {
          ...(await tools.workerOptions(config, bundle, { ...vars, ...cache.bindings })),
          rootPath: bundle,
          modules,
          serviceBindings: { ...cache.serviceBindings, ...probeFolder(stateDir), PROCESSES: processes.binding },
          cache: false, // Miniflare's
        },
      ],
      beforeStart: cache.sweep,
      caretaker,
      d1Databases: databasesOf(config),
      port: publicPort,
      lost: lost.resolve,
    });
    const { caretaker: caller } = server;
    const upkeep = await startUpkeep(caller, config, tools);
    const stop = async () => {
      const time = timeToEnd();
      upkeep.stop();
      await settleUsage(caller);
      await end(time.all());
    };
    return { url: urlOf(host, publicPort.port), lost: lost.promise, stop };
  } catch (error) {
    await end(0);
    throw error;
  }
}

/** The name of the cache if there is only one process. */
const WHOLE = "whole";

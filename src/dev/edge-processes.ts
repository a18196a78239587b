import { rm } from "node:fs/promises";
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare, type V4MiniflareOptions } from "miniflare";
import { unstable_readConfig as readConfig, type Unstable_Config as WranglerConfig } from "wrangler";
import { bundleWorker } from "./bundle.ts";
import { takeCare } from "./caretaker.ts";
import { boundPauses, concealCfHeader, localOptions, urlOf, workerOptions } from "./miniflare-options.ts";
import { wranglerConfig } from "./project.ts";
import { type SharedPort, sharePort } from "./public-port.ts";
import type { Runtime, RuntimeOptions } from "./runtime.ts";
import { settleUsage } from "./settle-usage.ts";
import { type SpawnOptions, watchWorkerd } from "./workerd-process.ts";

/**
 * Serves the Worker from `count` edge processes on one port. One more, the control process, holds what must be single: D1,
 * KV, the Durable Objects, and the APIs with them. The processes call each other through Miniflare's registry.
 */
export async function startEdgeProcesses(options: RuntimeOptions, count: number): Promise<Runtime> {
  const config = readConfig({ config: wranglerConfig });
  const port = await sharePort(options.host, options.port);
  concealCfHeader();
  boundPauses();
  delete process.env.CLOUDFLARE_DEV_REGISTRY_PATH; // Miniflare would take it over ours
  const registry = join(options.stateDir, "registry");
  await rm(registry, { recursive: true, force: true });

  const started: Process[] = [];
  const start = (name: string, miniflareOptions: V4MiniflareOptions, prepare?: (spawn: SpawnOptions) => void) => {
    const process = startProcess(name, { ...miniflareOptions, unsafeDevRegistryPath: registry }, prepare);
    started.push(process);
    return process;
  };
  try {
    const names = Array.from({ length: count }, (_, index) => `edge-${index + 1}`);
    const control = start("control", await controlOptions(config, options, names));
    const caretaker = await takeCare(control.miniflare, config);
    const bundle = await bundleEdge(options);
    const edges = names.map((name) =>
      start(name, edgeOptions(name, config, options, bundle, port), (spawn) => port.giveTo(spawn, EDGE_SOCKET)),
    );
    await Promise.all(edges.map(({ miniflare }) => miniflare.ready));
    const stop = async () => {
      caretaker.stop();
      // The meters, to which the edge delivers what it has counted, are in the control process.
      await Promise.all(edges.map((edge) => settleUsage(edge.miniflare, edge.name).then(edge.end)));
      await control.end();
      port.release();
    };
    return { url: urlOf(options.host, port.port), stop };
  } catch (error) {
    await Promise.allSettled(started.map(({ end }) => end()));
    throw error;
  }
}

/** A workerd under a Miniflare of its own. */
interface Process {
  name: string;
  miniflare: Miniflare;
  /** Answers what is in flight, then ends. */
  end(): Promise<void>;
}

function startProcess(name: string, options: V4MiniflareOptions, prepare?: (spawn: SpawnOptions) => void): Process {
  const environment = { RESCDN_PROCESS: name };
  const workerd = watchWorkerd(environment, prepare);
  const miniflare = new Miniflare(convertV4MiniflareOptions({ ...options, unsafeRuntimeEnv: environment }));
  return { name, miniflare, end: () => workerd.drain(() => miniflare.dispose()) };
}

/** The product, whose `ZONES` also tells the edge processes what is published. */
async function controlOptions(config: WranglerConfig, { stateDir, vars }: RuntimeOptions, edges: readonly string[]) {
  const folder = join(stateDir, "bundle");
  const storageFolder = join(stateDir, "bundle-storage");
  const control = {
    ...workerOptions(config, folder, vars),
    rootPath: folder,
    modules: (await bundleWorker(folder)).modules,
    kvNamespaces: {},
    serviceBindings: { ZONES: { name: STORAGE, entrypoint: "Documents" } },
  };
  const storage = {
    name: STORAGE,
    compatibilityDate: config.compatibility_date ?? "",
    rootPath: storageFolder,
    modules: (await bundleWorker(storageFolder, "src/dev/edge/storage.ts")).modules,
    kvNamespaces: Object.fromEntries(config.kv_namespaces.map(({ binding, id }) => [binding, id ?? binding])),
    d1Databases: Object.fromEntries(
      config.d1_databases.map(({ binding, database_id }) => [binding, database_id ?? binding]),
    ),
    bindings: { EDGES: edges.length },
    serviceBindings: Object.fromEntries(
      edges.map((name, index) => [`EDGE_${index + 1}`, { name, entrypoint: "Publications" }]),
    ),
  };
  return { ...localOptions(join(stateDir, "v3")), workers: [control, storage] };
}

async function bundleEdge({ stateDir }: RuntimeOptions) {
  const rootPath = join(stateDir, "bundle-edge");
  const { modules } = await bundleWorker(rootPath, "src/dev/edge/worker.ts");
  return { rootPath, modules };
}

/** The edge alone. Its cache is its own. */
function edgeOptions(
  name: string,
  config: WranglerConfig,
  { stateDir, vars }: RuntimeOptions,
  bundle: Awaited<ReturnType<typeof bundleEdge>>,
  { host, port }: SharedPort,
) {
  const control = config.name ?? "";
  return {
    ...localOptions(join(stateDir, name)),
    ...bundle,
    name,
    compatibilityDate: config.compatibility_date ?? "",
    bindings: { ...config.vars, ...vars },
    durableObjects: { USAGE_METER: { className: "UsageMeter", scriptName: control, useSQLite: true } },
    serviceBindings: {
      CONTROL: { name: control },
      ZONES: { name: STORAGE, entrypoint: "Documents" },
      DB: { name: STORAGE, entrypoint: "Database" },
    },
    unsafeDirectSockets: [{ host, port }],
  };
}

/** The Worker in the control process that the others reach KV and D1 by. */
const STORAGE = "storage";

/** Miniflare's name for the direct socket of its first Worker. */
const EDGE_SOCKET = "direct:0:default";

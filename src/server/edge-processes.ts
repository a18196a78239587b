import { join } from "node:path";
import type { Unstable_Config as WranglerConfig } from "wrangler";
import { EVERYBODY } from "../accounts/client-address.ts";
import { databasesOf } from "./databases.ts";
import { type Link, linkTo } from "./links.ts";
import { type LocalCache, localCaches } from "./local-cache.ts";
import { privateFolder, socketFolder } from "./private-files.ts";
import { serveProcessFigures } from "./process-figures.ts";
import { takePort } from "./public-port.ts";
import type { Runtime, RuntimeOptions } from "./runtime.ts";
import { bundleCaretaker, type ServerProcess, type ServerProcessOptions, startProcess } from "./server-process.ts";
import { settleUsage } from "./settle-usage.ts";
import { probeFolder } from "./state-disk.ts";
import { timeToEnd } from "./time-to-end.ts";
import { startUpkeep } from "./upkeep.ts";
import { urlOf } from "./url-of.ts";

/**
 * Serves the Worker from `count` edge processes on one port. One more, the control process, has everything that must be single:
 * D1, KV and the Durable Objects, with the APIs. The processes call each other over Unix sockets that only their user may
 * connect to. Miniflare has a registry for this, but it uses TCP ports of workerd's debugger, where every user of the machine
 * may call everything.
 */
export async function startEdgeProcesses(options: RuntimeOptions, count: number): Promise<Runtime> {
  const { stateDir, tools } = options;
  const port = await takePort(options.host, options.port, "several");
  const config = await tools.readConfig();
  const caretaker = await bundleCaretaker(tools, config, stateDir);
  const lost = Promise.withResolvers<string>();
  const sockets = await socketFolder();
  const links = linksIn(sockets.path, config.name ?? "", count);

  const started: ServerProcess[] = [];
  const processes = serveProcessFigures(sockets.path, () => started);
  const start = async (
    process: Pick<ServerProcessOptions, "name" | "workers" | "d1Databases" | "sockets" | "port" | "beforeStart">,
  ) => {
    const stateFolder = await privateFolder(join(stateDir, process.name === CONTROL ? "v3" : process.name));
    const own = { stateFolder, socketFolder: sockets.path, caretaker, lost: lost.resolve };
    const one = await startProcess(tools, { ...process, ...own });
    started.push(one);
    return one;
  };
  const cacheOf = localCaches(stateDir, [CONTROL, ...links.edges.keys()], options.cacheBytes);
  try {
    const tierCache = cacheOf(CONTROL);
    const control = await start({
      name: CONTROL,
      workers: await controlWorkers(config, options, links, tierCache, processes.binding),
      beforeStart: tierCache.sweep,
      d1Databases: databasesOf(config),
      sockets: [
        links.control,
        links.documents,
        links.database,
        links.meters,
        links.buckets,
        links.tier,
        links.tails,
        links.outboxes,
        links.notes,
      ].map(({ socket }) => socket),
    });
    const upkeep = await startUpkeep(control.caretaker, config, tools);
    const bundle = await bundleEdge(options);
    const edges = await Promise.all(
      [...links.edges].map(([name, { socket }], index) => {
        const cache = cacheOf(name);
        const vars = { ...options.vars, EDGE_NUMBER: index + 1 };
        const workers: ServerProcessOptions["workers"] = [edgeWorker(name, config, vars, bundle, links, cache)];
        return start({ name, workers, sockets: [socket], port, beforeStart: cache.sweep });
      }),
    );
    const stop = async () => {
      const time = timeToEnd();
      upkeep.stop();
      // The tails that clients of an edge process listen to are in the control process, and would never end.
      await settleUsage(control.caretaker);
      // The meters that the edge delivers its counts to are in the control process.
      await Promise.all(edges.map((edge) => settleUsage(edge.caretaker).then(() => edge.end(time.clients()))));
      await settleUsage(control.caretaker);
      await control.end(time.all());
      processes.close();
      port.release();
      await sockets.remove();
    };
    return { url: urlOf(options.host, port.port), lost: lost.promise, stop };
  } catch (error) {
    await Promise.allSettled(started.map(({ end }) => end(0)));
    processes.close();
    port.release();
    await sockets.remove();
    throw error;
  }
}

const CONTROL = "control";

/** The Worker in the control process through which the others reach KV, D1 and the meters. */
const STORAGE = "storage";

/** The links between the processes. */
interface Links {
  /** The product in the control process. */
  control: Link;
  documents: Link;
  database: Link;
  meters: Link;
  buckets: Link;
  /** Through which the edge processes ask origins. */
  tier: Link;
  tails: Link;
  outboxes: Link;
  /** For what the processes tell each other about origins. */
  notes: Link;
  /** For what each edge process is told, by the process's name. */
  edges: Map<string, Link>;
}

function linksIn(folder: string, product: string, count: number): Links {
  const names = Array.from({ length: count }, (_, index) => `edge-${index + 1}`);
  return {
    control: linkTo(folder, product, "requests"),
    documents: linkTo(folder, STORAGE, "methods", "Documents"),
    database: linkTo(folder, STORAGE, "methods", "Database"),
    meters: linkTo(folder, STORAGE, "methods", "Meters"),
    buckets: linkTo(folder, STORAGE, "requests", "Buckets"),
    tier: linkTo(folder, product, "requests", "UpperTier"),
    tails: linkTo(folder, STORAGE, "methods", "Tails"),
    outboxes: linkTo(folder, STORAGE, "methods", "Outboxes"),
    notes: linkTo(folder, STORAGE, "methods", "OriginNotes"),
    edges: new Map(names.map((name) => [name, linkTo(folder, name, "requests", "Publications")])),
  };
}

/** The product, whose `ZONES` also tells the edge processes what is published, and {@link STORAGE}. */
async function controlWorkers(
  config: WranglerConfig,
  options: RuntimeOptions,
  { edges }: Links,
  cache: LocalCache,
  PROCESSES: Link["binding"],
): Promise<ServerProcessOptions["workers"]> {
  const { stateDir, tools } = options;
  // The control process believes what the edge processes say about a client.
  const vars = { ...options.vars, TRUSTED_PROXIES: EVERYBODY };
  const folder = join(stateDir, "bundle");
  const storageFolder = join(stateDir, "bundle-storage");
  const control = {
    ...(await tools.workerOptions(config, folder, { ...vars, ...cache.bindings })),
    rootPath: folder,
    modules: await tools.builtWorker(folder, "src/server/edge/control.ts"),
    kvNamespaces: {},
    serviceBindings: {
      ...cache.serviceBindings,
      ZONES: { name: STORAGE, entrypoint: "Documents" },
      ORIGIN_NOTES: { name: STORAGE, entrypoint: "OriginNotes" },
      ...toEdges(edges),
      EDGE_FIGURES: { name: STORAGE, entrypoint: "Documents" },
      PROCESSES,
      ...probeFolder(stateDir),
    },
  };
  const storage = {
    name: STORAGE,
    compatibilityDate: config.compatibility_date ?? "",
    rootPath: storageFolder,
    modules: await tools.builtWorker(storageFolder, "src/server/edge/storage.ts"),
    kvNamespaces: Object.fromEntries(config.kv_namespaces.map(({ binding, id }) => [binding, id ?? binding])),
    d1Databases: databasesOf(config),
    durableObjects: Object.fromEntries(
      [
        ["LOCATION_METER", "LocationMeter"],
        ["ZONE_TAIL", "ZoneTail"],
        ["LOG_OUTBOX", "LogOutbox"],
      ].map(([binding, className = ""]) => [binding, { className, scriptName: config.name ?? "", useSQLite: true }]),
    ),
    r2Buckets: Object.fromEntries(
      config.r2_buckets.map(({ binding, bucket_name }) => [binding, bucket_name ?? binding]),
    ),
    bindings: { EDGES: edges.size },
    serviceBindings: toEdges(edges),
  };
  return [control, storage];
}

function toEdges(edges: Links["edges"]) {
  return Object.fromEntries([...edges.values()].map(({ binding }, index) => [`EDGE_${index + 1}`, binding]));
}

async function bundleEdge({ stateDir, tools }: RuntimeOptions) {
  const rootPath = join(stateDir, "bundle-edge");
  const modules = await tools.builtWorker(rootPath, "src/server/edge/worker.ts");
  return { rootPath, modules };
}

/** Only the edge, with a cache of its own. */
function edgeWorker(
  name: string,
  config: WranglerConfig,
  vars: Record<string, string | number>,
  bundle: Awaited<ReturnType<typeof bundleEdge>>,
  { control, documents, database, meters, buckets, tier, tails, outboxes, notes }: Links,
  cache: LocalCache,
) {
  return {
    ...bundle,
    name,
    compatibilityDate: config.compatibility_date ?? "",
    compatibilityFlags: config.compatibility_flags,
    bindings: { ...config.vars, ...vars, ...cache.bindings },
    cache: false, // Miniflare's
    serviceBindings: {
      ...cache.serviceBindings,
      CONTROL: control.binding,
      TIER: tier.binding,
      ZONES: documents.binding,
      DB: database.binding,
      LOCATION_METER: meters.binding,
      ZONE_TAIL: tails.binding,
      LOG_OUTBOX: outboxes.binding,
      ORIGIN_NOTES: notes.binding,
      BUCKETS: buckets.binding,
    },
  };
}

import { rmSync } from "node:fs";
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare, type V4MiniflareOptions } from "miniflare";
import type { Unstable_Config as WranglerConfig } from "wrangler";
import { type BundledModule, bundleWorker } from "./bundle.ts";
import { type Caretaker, caretakerAt } from "./caretaker.ts";
import { changeLocalObjects } from "./local-objects.ts";
import { localOptions } from "./miniflare-options.ts";
import type { PublicPort } from "./public-port.ts";

import { type Socket, unsafeBindingsFor } from "./sockets-plugin.ts";
import { type SpawnOptions, watchWorkerd } from "./workerd-process.ts";

type WorkerOptions = Extract<V4MiniflareOptions, { workers: unknown }>["workers"][number];

/** What a process of a server is made of. */
export interface ServerProcessOptions {
  /** Tells it from the other processes of the server. */
  name: string;
  /** Where it keeps its state. */
  stateFolder: string;
  /** Where it and those that it talks to have their Unix sockets. */
  socketFolder: string;
  /** The first is the one that a {@link Caretaker} is for. */
  workers: [WorkerOptions & { name: string }, ...WorkerOptions[]];
  /** Built by {@link bundleCaretaker}. */
  caretaker: CaretakerBundle;
  d1Databases?: Record<string, string>;
  /** Beside those that every process has. */
  sockets?: readonly Socket[];
  /** Where the first Worker answers clients. */
  port?: PublicPort;
  /** Called whenever workerd is about to start, after a crash as well. */
  beforeStart?: () => void;
}

/** A workerd under a Miniflare of its own. */
export interface ServerProcess {
  caretaker: Caretaker;
  /** Rejects when it does not start. */
  ready: Promise<unknown>;
  /** Answers what is in flight, then ends. */
  end(): Promise<void>;
}

/** The Worker that a {@link Caretaker} asks, as built. */
export interface CaretakerBundle {
  compatibilityDate: string;
  rootPath: string;
  modules: BundledModule[];
}

export async function bundleCaretaker(config: WranglerConfig, stateDir: string): Promise<CaretakerBundle> {
  const rootPath = join(stateDir, "bundle-caretaker");
  const { modules } = await bundleWorker(rootPath, "src/server/edge/caretaker.ts");
  return { compatibilityDate: config.compatibility_date ?? "", rootPath, modules };
}

/**
 * Starts a process that listens to its user alone, and to clients on its public port. What Miniflare has it listen on
 * besides, by which Node may reach any Worker, goes to a Unix socket and is not used: {@link Caretaker} stands in.
 */
export function startProcess(options: ServerProcessOptions): ServerProcess {
  const {
    name,
    stateFolder,
    socketFolder,
    workers,
    caretaker,
    d1Databases = {},
    sockets = [],
    port,
    beforeStart,
  } = options;
  const [{ name: worker }] = workers;
  const pathOf = (socket: string) => join(socketFolder, `${name}-${socket}`);
  const caretakerSocket = pathOf("caretaker");
  const entrySocket = pathOf("entry");
  const listening: Socket[] = [
    ...sockets,
    { name: CARETAKER, address: `unix:${caretakerSocket}`, worker: CARETAKER },
    ...(port === undefined ? [] : [{ name: PUBLIC, worker }]),
  ];
  const unixPaths = [...listening.flatMap(({ address }) => address?.replace(/^unix:/, "") ?? []), entrySocket];

  changeLocalObjects();
  const environment = { RESCDN_PROCESS: name };
  const prepare = (spawn: SpawnOptions) => {
    for (const path of unixPaths) rmSync(path, { force: true }); // of one that crashed
    listenAt(entrySocket, spawn);
    port?.giveTo(spawn, PUBLIC);
    beforeStart?.();
  };
  const workerd = watchWorkerd({ environment, prepare, temporary: socketFolder });
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      ...localOptions(stateFolder),
      unsafeRuntimeEnv: environment,
      workers: [
        ...workers,
        {
          ...caretaker,
          name: CARETAKER,
          compatibilityFlags: ["service_binding_extra_handlers"],
          serviceBindings: { WORKER: worker },
          d1Databases,
          unsafeBindings: unsafeBindingsFor(listening),
        },
      ],
    }),
  );
  return {
    caretaker: caretakerAt(caretakerSocket),
    ready: miniflare.ready,
    end: () => workerd.drain(() => miniflare.dispose()),
  };
}

const CARETAKER = "caretaker";
const PUBLIC = "public";

/** Moves the socket that Miniflare calls its entry from the TCP port that it wants. */
function listenAt(path: string, { args }: SpawnOptions): void {
  const entry = args.findIndex((arg) => arg.startsWith("--socket-addr=entry="));
  if (entry < 0) throw new Error("Miniflare starts workerd without the entry that it used to have");
  args[entry] = `--socket-addr=entry=unix:${path}`;
}

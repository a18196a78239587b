import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Unstable_Config as WranglerConfig } from "wrangler";
import type { BundledModule } from "./bundle.ts";
import { type Caretaker, caretakerAt, whenItStopsAccepting } from "./caretaker.ts";
import type { PublicPort } from "./public-port.ts";
import { type Socket, unsafeBindingsFor } from "./sockets.ts";
import type { Toolchain } from "./toolchain.ts";
import type { WorkerOptions } from "./worker-options.ts";
import { startWorkerd } from "./workerd-process.ts";

/** The parts of a server's process. */
export interface ServerProcessOptions {
  /** Its name among the server's processes. */
  name: string;
  /** Where it keeps its state. */
  stateFolder: string;
  /** Where the Unix sockets are, its own and those of processes that it talks to. */
  socketFolder: string;
  /** The first is the one under the care of a {@link Caretaker}. */
  workers: [WorkerOptions & { name: string }, ...WorkerOptions[]];
  /** Built by {@link bundleCaretaker}. */
  caretaker: CaretakerBundle;
  d1Databases?: Record<string, string>;
  /** Besides those that every process has. */
  sockets?: readonly Socket[];
  /** Where the first Worker answers clients. */
  port?: PublicPort;
  /** Called each time before workerd starts, also after a crash. */
  beforeStart?: () => void;
  /** Called when it has crashed and cannot be started again. */
  lost: (reason: string) => void;
}

/** A workerd. */
export interface ServerProcess {
  name: string;
  /** Of the current workerd; null: none is running. */
  readonly pid: number | null;
  caretaker: Caretaker;
  /** Refuses connections, answers requests in flight, for at most so many milliseconds, and ends. */
  end(within: number): Promise<void>;
}

/** The Worker that a {@link Caretaker} calls, as built. */
export interface CaretakerBundle {
  compatibilityDate: string;
  rootPath: string;
  modules: BundledModule[];
}

export async function bundleCaretaker(
  { builtWorker }: Toolchain,
  config: WranglerConfig,
  stateDir: string,
): Promise<CaretakerBundle> {
  const rootPath = join(stateDir, "bundle-caretaker");
  const modules = await builtWorker(rootPath, "src/server/edge/caretaker.ts");
  return { compatibilityDate: config.compatibility_date ?? "", rootPath, modules };
}

/**
 * Starts a process that listens for its own user only, and for clients on its public port. Miniflare computes its
 * configuration, and is not needed after that: the further addresses that it would have workerd listen on and call are replaced
 * by a Unix socket that nobody uses. {@link Caretaker} stands in for it.
 */
export async function startProcess(tools: Toolchain, options: ServerProcessOptions): Promise<ServerProcess> {
  const { name, stateFolder, socketFolder, workers, caretaker, d1Databases = {}, sockets = [], port } = options;
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
  const program = await tools.workerdConfig(stateFolder, socketFolder, [
    ...workers,
    {
      ...caretaker,
      name: CARETAKER,
      compatibilityFlags: ["service_binding_extra_handlers"],
      serviceBindings: { WORKER: worker },
      d1Databases,
      unsafeBindings: unsafeBindingsFor(listening),
    },
  ]);
  const share = port?.share();
  const workerd = await startWorkerd(program, {
    name,
    addresses: [`--socket-addr=entry=unix:${entrySocket}`, `--external-addr=loopback=unix:${pathOf("loopback")}`],
    sockets: listening.length + 1,
    prepare() {
      for (const path of unixPaths) rmSync(path, { force: true }); // left by one that crashed
      options.beforeStart?.();
      return share === undefined ? null : { name: PUBLIC, fd: share.open() };
    },
    gone: () => share?.close(),
    lost: options.lost,
    temporary: socketFolder,
  });
  return {
    name,
    get pid() {
      return workerd.pid;
    },
    caretaker: caretakerAt(caretakerSocket),
    async end(within) {
      if (share !== undefined) await whenItStopsAccepting(caretakerSocket, share.refuse);
      await workerd.drain(within);
    },
  };
}

const CARETAKER = "caretaker";
const PUBLIC = "public";

import { type ChildProcess, spawn } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { basename } from "node:path";

/** How long requests in flight may take to end once the server is told to stop. */
const DRAIN_MS = 10_000;

/** Hold on the workerd process that Miniflare starts, and starts anew after a crash. */
export interface WorkerdProcess {
  /**
   * Lets workerd answer the requests in flight and accept no more, then calls `dispose` once it has gone, or after
   * ten seconds.
   */
  drain(dispose: () => Promise<void>): Promise<void>;
}

/** A process that is about to start, as Node has prepared it. */
export interface SpawnOptions {
  file: string;
  /** The program's name is the first. */
  args: string[];
  /** In a session of its own, which no signal to this process's group or terminal reaches. */
  detached: boolean;
  /** `NAME=value` */
  envPairs: string[];
  stdio: { type: string; fd?: number }[];
}

/** What {@link watchWorkerd} is told of the workerd to come. */
export interface WorkerdOptions {
  /** Tells it from others, where there are several Miniflares: what this one gives it. */
  environment?: Readonly<Record<string, string>>;
  /** May change how it is started, each time. */
  prepare?(workerd: SpawnOptions): void;
  /** A folder that goes when this process is killed outright. */
  temporary?: string;
}

/**
 * Watches for the workerd that this process is about to start. Miniflare itself only ever kills it, which cuts the
 * answers in flight, and leaves it running, with the port, when this process is killed outright.
 */
export function watchWorkerd({ environment = {}, prepare, temporary }: WorkerdOptions = {}): WorkerdProcess {
  let workerd: ChildProcess | undefined;
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const onSpawn = (message: unknown) => {
    const { process: child, options } = message as { process: ChildProcess; options: SpawnOptions };
    if (basename(options.file) !== "workerd") return;
    if (!variables.every((variable) => options.envPairs.includes(variable))) return;
    // A signal to the whole group, as Ctrl-C and supervisors send it, is for this process alone: it tells the others.
    options.detached = true;
    prepare?.(options);
    child.once("spawn", () => {
      workerd = child;
      endWithThisProcess(child, temporary);
    });
  };
  subscribe(SPAWN, onSpawn);

  return {
    async drain(dispose) {
      unsubscribe(SPAWN, onSpawn);
      const child = workerd;
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return dispose();
      await new Promise<void>((resolve, reject) => {
        // Within the event itself: a moment later Miniflare would take the exit for a crash and start another.
        const end = () => {
          clearTimeout(timer);
          child.off("exit", end);
          dispose().then(resolve, reject);
        };
        const timer = setTimeout(end, DRAIN_MS);
        child.once("exit", end);
        child.kill("SIGTERM");
      });
    },
  };
}

/** Where Node tells of a process before it starts it. */
const SPAWN = "tracing:child_process.spawn:start";

/** Has a shell wait for the end of this process, however it comes, and then kill `child` and remove the folder. */
function endWithThisProcess(child: ChildProcess, temporary?: string): void {
  if (process.platform === "win32") return;
  const script = temporary === undefined ? 'kill -9 "$0"' : 'kill -9 "$0"; rm -rf "$1"';
  const watcher = spawn("/bin/sh", ["-c", `read -r _; ${script}`, String(child.pid), temporary ?? ""], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true, // Ctrl-C reaches the whole foreground group; the watcher must outlast it
  });
  watcher.unref();
  child.once("exit", () => watcher.kill("SIGKILL"));
}

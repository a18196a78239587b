import { type ChildProcess, type IOType, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { fromLine } from "./log/from-workerd.ts";
import { report } from "./log/report.ts";
import type { WorkerdConfig } from "./toolchain/workerd-config.ts";

/** A workerd that is started again whenever it crashes. */
export interface WorkerdProcess {
  /** Of the current workerd; null: none is running. */
  readonly pid: number | null;
  /**
   * Makes it answer the requests in flight and accept no more. Resolves once it is gone, for which it has `within`
   * milliseconds.
   */
  drain(within: number): Promise<void>;
}

/** What a workerd is started with, besides its configuration. */
export interface WorkerdOptions {
  name: string;
  /** Arguments that say where it listens. */
  addresses: readonly string[];
  /** How many sockets it listens on. */
  sockets: number;
  /** Called each time before it starts. May give it a listening socket, with its name in the configuration. */
  prepare(): { name: string; fd: number } | null;
  /** Called each time it is gone. */
  gone(): void;
  /** Called when it has crashed and cannot be started again. */
  lost(reason: string): void;
  /** A folder that is removed if this process is killed outright. */
  temporary: string;
}

/** How often a crashed workerd that never gets ready is started again, and the pauses before each start but the first, ms. */
const RESTARTS = 5;
const PAUSE_MS = 1_000;

/** The descriptor on which workerd reports what it listens on, and the first one after it. */
const CONTROL_FD = 3;
const NEXT_FD = 4;

/** Starts a workerd. Rejects if it ends before it listens. */
export async function startWorkerd(program: WorkerdConfig, options: WorkerdOptions): Promise<WorkerdProcess> {
  let isEnding = false;
  let workerd = run(program, options);
  const watch = ({ child }: Running) =>
    child.once("exit", (code, signal) => {
      if (isEnding) return;
      report("runtime_failed", {
        process: options.name,
        message: `it ended with ${signal ?? code}, and is started again`,
      });
      void startAnew();
    });
  const startAnew = async () => {
    for (let attempt = 1; attempt <= RESTARTS; attempt++) {
      if (attempt > 1) await wait(PAUSE_MS);
      if (isEnding) return;
      workerd = run(program, options);
      try {
        await workerd.ready;
        return watch(workerd);
      } catch (error) {
        report("runtime_failed", { process: options.name, message: String(error) });
      }
    }
    if (!isEnding) options.lost(`the process ${options.name} can no longer be started`);
  };
  await workerd.ready;
  watch(workerd);
  return {
    get pid() {
      return workerd.child.pid ?? null;
    },
    async drain(within) {
      isEnding = true;
      const { child } = workerd;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      const timer = setTimeout(() => child.kill("SIGKILL"), within);
      child.kill("SIGTERM");
      await ended;
      clearTimeout(timer);
    },
  };
}

interface Running {
  child: ChildProcess;
  /** Rejects if it ends before. */
  ready: Promise<void>;
}

function run({ file, config }: WorkerdConfig, options: WorkerdOptions): Running {
  const socket = options.prepare();
  const args = [
    "serve",
    "--binary",
    "--experimental",
    ...options.addresses,
    `--control-fd=${CONTROL_FD}`,
    ...(process.env.INSPECT ? [`--inspector-addr=127.0.0.1:${process.env.INSPECT}`] : []),
  ];
  const stdio: (IOType | number)[] = ["pipe", "pipe", "pipe", "pipe"];
  if (socket !== null) {
    args.push(`--socket-fd=${socket.name}=${NEXT_FD}`);
    stdio.push(socket.fd);
  }
  const child = spawn(file, [...args, "-"], {
    stdio,
    env: { ...process.env, TZ: "UTC", RESCDN_PROCESS: options.name },
    // A signal to the whole group, as Ctrl-C and supervisors send it, is for this process only, which tells the others.
    detached: true,
  });
  child.once("exit", options.gone);
  child.once("spawn", () => endWithThisProcess(child, options.temporary));
  const [stdin, stdout, stderr, control] = child.stdio as unknown as [Writable, Readable, Readable, Readable];
  stdin.on("error", () => undefined); // it has ended before reading everything
  stdin.end(config);
  for (const output of [stdout, stderr]) createInterface(output).on("line", fromLine);
  return { child, ready: untilReady(child, control, options) };
}

/** workerd writes one line for each socket that it listens on. */
function untilReady(child: ChildProcess, control: Readable, { name, sockets }: WorkerdOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    let listening = 0;
    createInterface(control).on("line", (line) => {
      if ((JSON.parse(line) as { event: string }).event === "listen" && ++listening === sockets) resolve();
    });
    child.once("error", reject);
    child.once("exit", (code, signal) =>
      reject(new Error(`the process ${name} ended with ${signal ?? code} before it listened`)),
    );
  });
}

/** Makes a shell wait for the end of this process, in whatever way, and then kill `child` and remove the folder. */
function endWithThisProcess(child: ChildProcess, temporary: string): void {
  const script = 'read -r _; kill -9 "$0"; rm -rf "$1"';
  const watcher = spawn("/bin/sh", ["-c", script, String(child.pid), temporary], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true, // Ctrl-C reaches the whole foreground group, and the watcher must outlast it
  });
  watcher.unref();
  child.once("exit", () => watcher.kill("SIGKILL"));
}

import { type ChildProcess, spawn } from "node:child_process";
import { chownSync, readdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { CORES, SERVER_CORE } from "./machine.ts";

/** How long a server may take to start or to end, ms. */
const PATIENCE_MS = 30_000;

/** The user nobody, who runs servers if root runs this command. */
const NOBODY = 65_534;

/** A started server process. */
export interface ServerProcess {
  pid: number;
  isRunning(): boolean;
  /** The end of its output, on stdout and stderr. */
  said(): string;
  /** Resolves with the match's first group once a line on stdout matches; rejects if the process ends before. */
  line(pattern: RegExp): Promise<string>;
  /** Sends SIGTERM and waits for the end; if it does not come, sends SIGKILL. */
  stop(): Promise<void>;
}

/** How a server process is started. */
export interface ProcessOptions {
  /** Overrides the environment of this command. */
  env?: Record<string, string>;
  cwd?: string;
  unprivileged?: boolean;
  /** Runs on any core, including the load's. */
  onEveryCore?: boolean;
  /** Called at once with each line that the process and its children write, on stdout and stderr. */
  onLine?: (line: string) => void;
}

/** Everything that was started and has not ended; killed if this command ends early. */
const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Starts a server in the foreground, on the servers' core unless told otherwise. */
export function startProcess(command: string, args: readonly string[], options: ProcessOptions = {}): ServerProcess {
  // Otherwise a line waits until the C library has 4 KiB to write.
  const prefix = options.onLine === undefined ? [] : ["stdbuf", "--output=L"];
  const cores = options.onEveryCore ? `0-${CORES - 1}` : String(SERVER_CORE);
  const child = spawn("taskset", ["-c", cores, ...prefix, command, ...args], {
    env: { ...process.env, ...options.env, PATH: `${process.env.PATH}:/usr/sbin` },
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    ...(options.unprivileged && isRoot() && { uid: NOBODY, gid: NOBODY }),
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  let said = "";
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-20_000);
      for (const listener of listeners) listener();
    });
    if (options.onLine !== undefined) createInterface(stream).on("line", options.onLine);
  }
  const ended = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      said += String(error);
      resolve();
    });
    child.once("close", () => resolve());
  });
  ended.then(() => running.delete(child));

  return {
    pid: child.pid ?? 0,
    isRunning: () => running.has(child),
    said: () => said,
    line(pattern) {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`${command} never said ${pattern}: ${said}`)), PATIENCE_MS);
        const look = () => {
          const match = pattern.exec(said);
          if (match === null) return;
          clearTimeout(timer);
          listeners.delete(look);
          resolve(match[1] ?? match[0]);
        };
        listeners.add(look);
        look();
        ended.then(() => {
          clearTimeout(timer);
          reject(new Error(`${command} ended: ${said}`));
        });
      });
    },
    async stop() {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** Gives a folder to the user that unprivileged servers run as. */
export function handOver(folder: string): void {
  if (!isRoot()) return;
  chownSync(folder, NOBODY, NOBODY);
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    chownSync(`${folder}/${name}`, NOBODY, NOBODY);
  }
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The ways in which a running command is told to end, each as whoever uses it does it. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { projectRoot } from "../../../src/server/project.ts";
import { processTree } from "../../bench/process-stat.ts";

/** A way to be told to end. */
export interface Way {
  /** Starts a command of the project's so that it can be told. */
  start(command: string, environment: Record<string, string>): ChildProcess;
  tell(child: ChildProcess): Promise<void> | void;
}

/** In a group of its own, as a supervisor starts it. */
const inGroup: Way["start"] = (command, environment) =>
  spawn("/bin/sh", ["-c", `exec ${command}`], {
    cwd: projectRoot,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });

/** In a terminal, which `script` makes, types into what it is given, and shows on its own output. */
const inTerminal: Way["start"] = (command, environment) =>
  spawn("script", ["--quiet", "--return", "--flush", "--command", command, "/dev/null"], {
    cwd: projectRoot,
    env: { ...process.env, ...environment },
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
  });

const CONTROL_C = "\x03";

const signalGroup = ({ pid }: ChildProcess, signal: NodeJS.Signals) => process.kill(-pid!, signal);

/** The server itself, which npm has started. */
export function serverOf(command: { readonly pid?: number | undefined }): number {
  const [workerd] = processTree(command.pid!, "workerd");
  return Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${workerd}/status`, "utf8"))?.[1]);
}

/** How much later somebody loses patience, ms. */
const IMPATIENT_MS = 40;

export const ways = {
  "SIGTERM to the server alone": { start: inGroup, tell: (child) => void process.kill(serverOf(child), "SIGTERM") },
  "SIGTERM to the command alone": { start: inGroup, tell: (child) => void process.kill(child.pid!, "SIGTERM") },
  "SIGTERM to the whole group": { start: inGroup, tell: (child) => void signalGroup(child, "SIGTERM") },
  "Ctrl-C in a terminal": { start: inTerminal, tell: (child) => void child.stdin?.write(CONTROL_C) },
  "SIGTERM to the whole group, twice": {
    start: inGroup,
    async tell(child) {
      signalGroup(child, "SIGTERM");
      await wait(IMPATIENT_MS);
      ifRunning(() => signalGroup(child, "SIGTERM"));
    },
  },
  "Ctrl-C in a terminal, twice": {
    start: inTerminal,
    async tell(child) {
      child.stdin?.write(CONTROL_C);
      await wait(IMPATIENT_MS);
      child.stdin?.write(CONTROL_C);
    },
  },
  "a terminal that is closed": {
    start: inTerminal,
    tell: (child) => void process.kill(child.pid!, "SIGKILL"),
  },
} as const satisfies Record<string, Way>;

export type WayName = keyof typeof ways;

function ifRunning(signal: () => void): void {
  try {
    signal();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

import { createInterface } from "node:readline";
import { exitCode, startScript } from "./script.ts";

/** A running `npm run serve`. */
export interface ServeProcess {
  pid: number;
  port: number;
  /** Lines on stdout. */
  stdout: readonly string[];
  /** All that the Worker has logged so far. */
  stderr(): string;
  /** The exit code; null where a signal ended it. */
  ended: Promise<number | null>;
  /** Sends SIGTERM and waits for the exit code. */
  stop(): Promise<number | null>;
}

/** How an `npm run serve` that never got ready ended. */
export class ServeFailed extends Error {
  readonly exitCode: number | null;
  readonly stderr: string;

  constructor(exitCode: number | null, stderr: string) {
    super(`npm run serve ended with ${exitCode}: ${stderr}`);
    this.exitCode = exitCode;
    this.stderr = stderr;
  }
}

const running = new Set<ServeProcess>();

/** Stops those that a test file has started and, since it failed, not stopped. */
export async function stopServers(): Promise<void> {
  await Promise.all(Array.from(running, (server) => server.stop()));
}

/** Starts the real command on the port that `env` names (0: any free one) and waits for its `ready` line. */
export async function startServe(env: Record<string, string>): Promise<ServeProcess> {
  const child = startScript("serve", { HOST: "127.0.0.1", PORT: "0", ...env });
  const kill = () => child.kill();
  process.once("exit", kill);
  child.once("close", () => process.off("exit", kill));
  const stdout: string[] = [];
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const exit = exitCode(child);
  const port = await new Promise<number>((resolve, reject) => {
    createInterface(child.stdout).on("line", (line) => {
      stdout.push(line);
      const ready = /^ready http:\/\/127\.0\.0\.1:(\d+)$/.exec(line);
      if (ready) resolve(Number(ready[1]));
    });
    exit.then((code) => reject(new ServeFailed(code, stderr)), reject);
  });
  const server: ServeProcess = {
    pid: child.pid!,
    port,
    stdout,
    stderr: () => stderr,
    ended: exit,
    stop() {
      child.kill("SIGTERM");
      return exit;
    },
  };
  running.add(server);
  child.once("close", () => running.delete(server));
  return server;
}

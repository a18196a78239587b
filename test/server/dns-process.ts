import { createInterface } from "node:readline";
import { exitCode, startScript } from "./script.ts";

/** A running `npm run dns`. */
export interface DnsProcess {
  port: number;
  stderr(): string;
  /** Sends SIGTERM and waits for the exit code; null where a signal ended it. */
  stop(): Promise<number | null>;
}

/** Starts the real command on any free port. @throws where it ends before it is ready, with what it said */
export async function startDns(env: Record<string, string>): Promise<DnsProcess> {
  const child = startScript("dns", { PORT: "0", ...env });
  process.once("exit", () => child.kill());
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const exit = exitCode(child);
  const port = await new Promise<number>((resolve, reject) => {
    createInterface(child.stdout).on("line", (line) => {
      const ready = /^ready dns:\/\/127\.0\.0\.1:(\d+) /.exec(line);
      if (ready) resolve(Number(ready[1]));
    });
    exit.then((code) => reject(new Error(`npm run dns ended with ${code}: ${stderr}`)), reject);
  });
  return {
    port,
    stderr: () => stderr,
    stop() {
      child.kill("SIGTERM");
      return exit;
    },
  };
}

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { projectRoot } from "../../../src/server/project.ts";

/** A `serve` that can be killed with all that it has started. */
export interface KillableServer {
  port: number;
  /** SIGKILL to node and workerd at once; nothing gets to finish. */
  kill(): Promise<void>;
}

/** Starts `src/server/serve.ts` in a process group of its own, and waits until it is ready. */
export async function startKillable(env: Record<string, string>): Promise<KillableServer> {
  const child = spawn(process.execPath, ["src/server/serve.ts"], {
    cwd: projectRoot,
    env: { ...process.env, HOST: "127.0.0.1", PORT: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const closed = once(child, "close");
  const killGroup = () => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, "SIGKILL");
  };
  process.once("exit", killGroup);
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const port = await new Promise<number>((resolve, reject) => {
    createInterface(child.stdout).on("line", (line) => {
      const ready = /^ready http:\/\/127\.0\.0\.1:(\d+)$/.exec(line);
      if (ready) resolve(Number(ready[1]));
    });
    closed.then(() => reject(new Error(`serve ended before it was ready: ${stderr}`)), reject);
  });
  return {
    port,
    async kill() {
      process.off("exit", killGroup);
      killGroup();
      await closed;
    },
  };
}

import { fileURLToPath } from "node:url";
import type { Server } from "./contender.ts";
import { processTree } from "./process-stat.ts";
import { type ProcessOptions, startProcess } from "./processes.ts";
import type { WorkerSpecification } from "./worker-server.ts";

const script = fileURLToPath(new URL("worker-server.ts", import.meta.url));

/** The path of one of the Workers that exist only for comparison. */
export function workerSource(name: string): string {
  return fileURLToPath(new URL(`workers/${name}.ts`, import.meta.url));
}

/** Starts a Worker on its own workerd. */
export async function startWorker(specification: WorkerSpecification, options: ProcessOptions = {}): Promise<Server> {
  const child = startProcess(process.execPath, [script, JSON.stringify(specification)], options);
  const port = Number(await child.line(/^ready http:\/\/127\.0\.0\.1:(\d+)$/m));
  return { port, pids: processTree(child.pid, "workerd"), stop: child.stop };
}

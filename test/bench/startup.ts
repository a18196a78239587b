import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, copyFileSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import type { Readable } from "node:stream";
import { unstable_readConfig as readConfig } from "wrangler";
import { bundleWorker, evaluatedAtStart } from "../../src/server/bundle.ts";
import { projectRoot, wranglerConfig } from "../../src/server/project.ts";
import { SERVER_CORE } from "./machine.ts";
import { median } from "./summary.ts";

/** How long workerd takes from its start until it listens, with one Worker. Medians. */
export interface Startup {
  worker: string;
  /** The size of the modules, bytes. */
  size: number;
  /** Milliseconds. */
  wall: number;
  /** CPU time of all threads, ms. */
  cpu: number;
}

const workerd = join(projectRoot, "node_modules/workerd/bin/workerd");

/** A start takes some 20 ms, so there can be many. */
const STARTS_PER_ROUND = 10;

const EMPTY = "export default { fetch() { return new Response(); } };";

/**
 * What our script adds to the start of an isolate, compared with an empty Worker, in alternating turns. At its start workerd
 * parses all modules, and evaluates those that the main one imports; the row without the others shows what these alone cost.
 */
export async function measureStartup({ rounds }: { rounds: number }, folder: string): Promise<Startup[]> {
  const bundle = join(folder, "startup-bundle");
  const { modules, metafile } = await bundleWorker(bundle);
  const evaluated = new Set(evaluatedAtStart(metafile).map((path) => basename(path)));
  const names = modules.map(({ path }) => basename(path));
  const workers = [
    { worker: "empty Worker", names: [] },
    { worker: "ResCDN, what is evaluated at the start", names: names.filter((name) => evaluated.has(name)) },
    { worker: "ResCDN, all modules, the others unevaluated", names: names.filter((name) => extname(name) === ".mjs") },
    { worker: "ResCDN, all modules and the documentation's files", names },
  ].map(({ worker, names }, index) => {
    const own = join(folder, `startup-${index}`);
    mkdirSync(own);
    for (const name of names) copyFileSync(join(bundle, name), join(own, name));
    if (names.length === 0) writeFileSync(join(own, "worker.mjs"), EMPTY);
    return { worker, own, size: prepare(own), starts: [] as { wall: number; cpu: number }[] };
  });
  for (let start = 0; start < rounds * STARTS_PER_ROUND; start++) {
    for (const { own, starts } of workers) starts.push(await startOnce(own));
  }
  return workers.map(({ worker, size, starts }) => ({
    worker,
    size,
    wall: median(starts.map(({ wall }) => wall)),
    cpu: median(starts.map(({ cpu }) => cpu)),
  }));
}

/** Writes the configuration beside the modules, in a form that workerd need not parse; returns the modules' size in bytes. */
function prepare(folder: string): number {
  const names = readdirSync(folder).sort((a, b) => Number(b === "worker.mjs") - Number(a === "worker.mjs"));
  const modules = names.map((name) => {
    const type = extname(name) === ".mjs" ? "esModule" : "data";
    return `(name = "${name}", ${type} = embed "${name}")`;
  });
  const date = readConfig({ config: wranglerConfig }).compatibility_date;
  writeFileSync(
    join(folder, "config.capnp"),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "worker", worker = (compatibilityDate = "${date}", modules = [${modules.join()}]))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "worker")],
);
`,
  );
  const compiled = openSync(join(folder, "config.bin"), "w");
  execFileSync(workerd, ["compile", "config.capnp", "--config-only"], {
    cwd: folder,
    stdio: ["ignore", compiled, "inherit"],
  });
  closeSync(compiled);
  return names.reduce((sum, name) => sum + readFileSync(join(folder, name)).byteLength, 0);
}

async function startOnce(folder: string): Promise<{ wall: number; cpu: number }> {
  const began = performance.now();
  const child = spawn(
    "taskset",
    ["-c", String(SERVER_CORE), workerd, "serve", "--binary", "config.bin", "--control-fd=3"],
    { cwd: folder, stdio: ["ignore", "ignore", "inherit", "pipe"] },
  );
  // workerd reports on this pipe that it listens.
  await once(child.stdio[3] as Readable, "data");
  const wall = performance.now() - began;
  const cpu = cpuMilliseconds(child.pid!);
  child.kill("SIGKILL");
  await once(child, "exit");
  return { wall, cpu };
}

/** Here Linux counts in nanoseconds, whereas `/proc/PID/stat` has hundredths of a second. */
function cpuMilliseconds(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const of = (thread: string) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]);
  return threads.reduce((sum, thread) => sum + of(thread), 0) / 1e6;
}

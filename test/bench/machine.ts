import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release, totalmem } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../src/server/project.ts";

/** Servers run on one core; the load, the origin and this command on another. */
export const SERVER_CORE = 0;
export const LOAD_CORE = 1;

/** How many cores this command was given; later it moves to one of them. */
export const CORES = availableParallelism();

/** The machine that the figures were measured on. */
export interface Machine {
  cpu: string;
  cores: number;
  memoryBytes: number;
  kernel: string;
  /** Average of the last minute, before the run: much above 0 means that something else is running. */
  loadAverage: number;
  versions: Record<string, string>;
  /** Given to every workerd. */
  v8Flags: string;
}

/** Throws, with advice, if the bench cannot run. */
export function requireMachine(): void {
  if (process.platform !== "linux")
    throw new Error("the bench reads /proc and pins processes to cores: it needs Linux");
  if (CORES < 2) throw new Error("the bench needs two cores: one for the server, one for the load");
  for (const [tool, debianPackage] of [
    ["wrk", "wrk"],
    ["taskset", "util-linux"],
    ["stdbuf", "coreutils"],
  ] as const) {
    if (!isInstalled(tool)) throw new Error(`${tool} is missing: apt-get install ${debianPackage}`);
  }
}

/** Moves this process, with all its threads and everything that it starts from now on, to the load's core. */
export function pinToLoadCore(): void {
  execFileSync("taskset", ["-a", "-cp", String(LOAD_CORE), String(process.pid)], { stdio: "ignore" });
}

/** Reverses {@link pinToLoadCore}, for measurements other than of a server under load. */
export function runOnEveryCore(): void {
  execFileSync("taskset", ["-a", "-cp", `0-${CORES - 1}`, String(process.pid)], { stdio: "ignore" });
}

/** Whether a command is on the PATH or where Debian puts servers. */
export function isInstalled(command: string): boolean {
  try {
    execFileSync("/bin/sh", ["-c", `PATH="$PATH:/usr/sbin" command -v ${command}`], { stdio: "ignore" });
    return true;
  } catch {
    return false; // the exit code is the answer
  }
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryBytes: totalmem(),
    kernel: release(),
    loadAverage: loadavg()[0] ?? 0,
    v8Flags: process.env.MINIFLARE_WORKERD_V8_FLAGS ?? "",
    versions: {
      node: process.version,
      workerd: packageVersion("workerd"),
      miniflare: packageVersion("miniflare"),
      wrangler: packageVersion("wrangler"),
      hono: packageVersion("hono"),
      ...commandVersion("wrk", ["-v"], /wrk (\S+)/),
      ...commandVersion("nginx", ["-v"], /nginx\/(\S+)/),
      ...commandVersion("varnishd", ["-V"], /varnish-(\S+)/),
      ...commandVersion("traffic_server", ["-V"], /Traffic Server (\S+)/),
    },
  };
}

function packageVersion(name: string): string {
  const manifest = readFileSync(join(projectRoot, "node_modules", name, "package.json"), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

function commandVersion(command: string, args: string[], pattern: RegExp): Record<string, string> {
  if (!isInstalled(command)) return {};
  // Some print it on stderr, and wrk exits with 1.
  const said = execFileSync("/bin/sh", ["-c", `PATH="$PATH:/usr/sbin" ${command} ${args.join(" ")} 2>&1; true`], {
    encoding: "utf8",
  });
  return { [command]: pattern.exec(said)?.[1] ?? "unknown" };
}

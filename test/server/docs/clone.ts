import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { projectRoot } from "../../../src/server/project.ts";

/** A clone of the project in which `npm start` runs. */
export interface StartedClone {
  folder: string;
  port: number;
  /** What `npm start` keeps in `.dev.vars`: keys and the operator's token. */
  secrets: Record<string, string>;
  stop(): Promise<void>;
}

/** Starts the project as a reader does, in a copy: the command keeps its secrets and its state in the project's own folder. */
export async function startClone(): Promise<StartedClone> {
  const folder = await mkdtemp(join(tmpdir(), "rescdn-guides-"));
  for (const name of ["src", "package.json", "package-lock.json", "tsconfig.json", "wrangler.toml", "dist"])
    if (existsSync(join(projectRoot, name)))
      await cp(join(projectRoot, name), join(folder, name), { recursive: true, preserveTimestamps: true });
  for (const name of ["node_modules", "test"]) await symlink(join(projectRoot, name), join(folder, name));
  const port = await freePorts();
  const child = spawn(process.execPath, ["src/server/start.ts"], {
    cwd: folder,
    env: { ...process.env, PORT: String(port) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exit = once(child, "exit");
  const errors = text(child.stderr);
  const first = await Promise.race([once(child.stdout, "data"), exit.then(() => null)]);
  if (first === null) throw new Error(`npm start ended: ${await errors}`);
  child.stdout.resume();
  const lines = (await readFile(join(folder, ".dev.vars"), "utf8")).split("\n").filter((line) => line.includes("="));
  return {
    folder,
    port,
    secrets: Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2))),
    async stop() {
      child.kill("SIGTERM");
      await exit;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function freePort(): Promise<number> {
  return (await listenOnce(0))!;
}

/** A port that is free, as the one after it is. */
async function freePorts(): Promise<number> {
  for (;;) {
    const port = await listenOnce(0);
    if (port !== null && (await listenOnce(port + 1)) !== null) return port;
  }
}

async function listenOnce(on: number): Promise<number | null> {
  const server = createServer();
  const port = await new Promise<number | null>((resolve) => {
    server.once("error", () => resolve(null));
    server.listen(on, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
  });
  if (port !== null) await new Promise((resolve) => server.close(resolve));
  return port;
}

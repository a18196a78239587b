import { type ChildProcess, type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { projectRoot } from "../../src/server/project.ts";

const { scripts } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};

/**
 * Starts what `npm run <name>` would, without npm, which takes longer than some of the commands. `stopping.test.ts` has npm in
 * front of a server.
 */
export function startScript(
  name: string,
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): ChildProcessByStdio<null, Readable, Readable> {
  const { cache, program } =
    /^(?:NODE_COMPILE_CACHE=(?<cache>\S+) )?exec node (?<program>\S+)$/.exec(scripts[name] ?? "")?.groups ?? {};
  if (program === undefined) throw new Error(`the script ${name} does more than start a program`);
  return spawn(process.execPath, [program, ...args], {
    cwd: projectRoot,
    env: { ...process.env, ...(cache !== undefined && { NODE_COMPILE_CACHE: cache }), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** How a process has ended; null: by a signal. */
export async function exitCode(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, "close")) as [number | null];
  return code;
}

import { once } from "node:events";
import { text } from "node:stream/consumers";
import { startScript } from "../script.ts";

/** How a command ended. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs one of the project's commands as `npm run` does. */
export async function runCommand(
  name: "backup" | "restore" | "migrate",
  args: readonly string[],
  env: Record<string, string>,
): Promise<Ended> {
  const child = startScript(name, env, args);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close") as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
}

/** What one of the project's commands says; it must succeed. */
export async function callCommand(...args: Parameters<typeof runCommand>): Promise<string> {
  const { code, stdout, stderr } = await runCommand(...args);
  if (code !== 0) throw new Error(`npm run ${args[0]} ended with ${code}: ${stderr}`);
  return stdout;
}

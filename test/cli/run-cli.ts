import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../src/cli/rescdn.mjs", import.meta.url));

/** How a command ended. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  env?: Record<string, string>;
  /** What comes by the standard input, which is no terminal. */
  input?: string;
  cwd?: string;
}

/** Starts the real command, with nothing in its environment but what is given. */
export function startCli(
  args: readonly string[],
  { env = {}, cwd = process.cwd() }: RunOptions = {},
): ChildProcess & { ended: Promise<Ended> } {
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, [program, ...args], { cwd, env: { PATH, HOME, ...env }, stdio: "pipe" });
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => {
      said[name] += text;
    });
  // Whoever ends before all is read does not mind.
  child.stdin.on("error", () => {});
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, ...said }));
  return Object.assign(child, { ended });
}

/** Runs the real command to its end. */
export function runCli(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const child = startCli(args, options);
  child.stdin!.end(options.input ?? "");
  return child.ended;
}

/** Waits until a command has said something. */
export async function said(
  child: ChildProcess,
  stream: "stdout" | "stderr",
  pattern: RegExp,
): Promise<RegExpExecArray> {
  let text = "";
  const found = Promise.withResolvers<RegExpExecArray>();
  child[stream]!.on("data", (chunk: string) => {
    text += chunk;
    const match = pattern.exec(text);
    if (match !== null) found.resolve(match);
  });
  child.once("close", () => found.reject(new Error(`it ended, and said no more than: ${text}`)));
  return found.promise;
}

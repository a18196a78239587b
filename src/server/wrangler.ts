import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { CannotStart } from "./cannot-start.ts";
import { projectRoot } from "./project.ts";

/** Calls wrangler for the deployment's database; its output goes to the terminal. @throws {CannotStart} */
export async function callWrangler(...args: string[]): Promise<void> {
  const child = spawn(process.execPath, [program, ...args], { cwd: projectRoot, stdio: "inherit" });
  const [code] = (await once(child, "close")) as [number | null];
  refuseFailure(code, args);
}

/** The JSON that a call of wrangler answers. @throws {CannotStart} */
export async function askWrangler<Answer>(...args: string[]): Promise<Answer> {
  const child = spawn(process.execPath, [program, ...args, "--json"], {
    cwd: projectRoot,
    stdio: ["inherit", "pipe", "inherit"],
  });
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, "close") as Promise<[number | null]>]);
  refuseFailure(code, args, said);
  return JSON.parse(said) as Answer;
}

const program = join(projectRoot, "node_modules/wrangler/bin/wrangler.js");

function refuseFailure(code: number | null, args: readonly string[], said = ""): void {
  if (code !== 0) throw new CannotStart(`wrangler ${args.slice(0, 2).join(" ")} ended with ${code}\n${said}`.trim());
}

/** Arguments of each call for the deployment's database. */
export const REMOTE = ["--remote", "--env", "production"] as const;

import { execFile, spawnSync } from "node:child_process";
import { chmod, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listen } from "../origins/listen.ts";
import { temporaryFolder } from "../server/temporary-folder.ts";
import { runCli } from "./run-cli.ts";

const run = promisify(execFile);
const rescdn = fileURLToPath(new URL("../../src/cli/rescdn.mjs", import.meta.url));
const hasShell = (name: string) => spawnSync(name, ["-c", "true"]).status === 0;

const folder = temporaryFolder("completion");
let api: { url: string; close(): Promise<unknown> };
let env: Record<string, string>;

beforeAll(async () => {
  api = await listen(
    createServer((_, response) => response.end(JSON.stringify({ zones: [{ name: "shop" }, { name: "shop-eu" }] }))),
  );
  const command = join(folder, "rescdn");
  await writeFile(command, `#!/bin/sh\nexec ${process.execPath} ${rescdn} "$@"\n`);
  await chmod(command, 0o755);
  const PATH = `${folder}:${process.env.PATH}`;
  env = { PATH, HOME: folder, RESCDN_API: api.url, RESCDN_KEY: "rk_live_x", XDG_CONFIG_HOME: folder };
});
afterAll(() => api?.close());

describe("completion", () => {
  it("knows commands, options, choices, and the names of zones", async () => {
    const suggested = async (...words: string[]) => {
      const { stdout } = await runCli(["complete", "--", ...words], { env });
      return stdout
        .split("\n")
        .slice(0, -2)
        .map((line) => line.split("\t")[0]);
    };
    expect(
      await Promise.all([
        suggested("zones", "p"),
        suggested("zones", "show", ""),
        suggested("usage", "--by", ""),
        suggested("purge", "--eve"),
      ]),
    ).toEqual([["pause"], ["shop", "shop-eu"], ["hour", "day"], ["--everything"]]);
  });

  it("works in bash, and runs nothing that is typed", async () => {
    const script = `source <(rescdn completion bash)
try() { COMP_LINE="$1"; COMP_POINT=\${#1}; _rescdn; echo "\${COMPREPLY[*]}"; }
try "rescdn zones pa"; try "rescdn tail "; try "rescdn keys create CI --scope zones:"; try 'rescdn purge $(touch ${folder}/run) '; ls ${folder}`;
    const { stdout } = await run("bash", ["--norc", "-c", script], { env });
    expect(stdout.split("\n")).toEqual(["pause", "shop shop-eu", "read write", "shop shop-eu", "rescdn", ""]);
  });

  it.skipIf(!hasShell("fish"))("works in fish", async () => {
    const script = `rescdn completion fish | source; complete -C "rescdn zones pa"; complete -C "rescdn tail sh"`;
    const { stdout } = await run("fish", ["--no-config", "-c", script], { env });
    expect(stdout.split("\n").map((line) => line.split("\t")[0])).toEqual(["pause", "shop", "shop-eu", ""]);
  });

  it.skipIf(!hasShell("zsh"))("works in zsh", async () => {
    // Its function is called as the shell calls it, with what it would show printed.
    const script = `compdef() { }
source <(rescdn completion zsh)
_describe() { print -rl -- $completions; }
words=(rescdn zones pa); CURRENT=3; _rescdn; words=(rescdn tail sh); CURRENT=3; _rescdn`;
    const { stdout } = await run("zsh", ["-f", "-c", script], { env });
    expect(stdout.split("\n").map((line) => line.split(":")[0])).toEqual(["pause", "shop", "shop-eu", ""]);
  });
});

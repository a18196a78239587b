#!/usr/bin/env node
// If Node was too old to read TypeScript, the command runs on the Node that the project brings along.
import { spawnSync } from "node:child_process";
import * as module from "node:module";
import { fileURLToPath } from "node:url";

const program = new URL("main.ts", import.meta.url);
if (process.features.typescript) {
  // The cache is beside the code: a folder shared by all users could contain somebody else's.
  module.enableCompileCache(fileURLToPath(new URL("../../node_modules/.cache/rescdn", import.meta.url)));
  await import(program.href);
} else {
  const node = fileURLToPath(new URL("../../node_modules/node/bin/node", import.meta.url));
  const { status, error } = spawnSync(node, [fileURLToPath(program), ...process.argv.slice(2)], { stdio: "inherit" });
  if (error) process.stderr.write(`error: Node ${process.version} is too old, and there is no newer one in ${node}\n`);
  process.exitCode = status ?? 1;
}

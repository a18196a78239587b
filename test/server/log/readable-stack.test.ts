import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { bundleWorker } from "../../../src/server/bundle.ts";
import { readableStack } from "../../../src/server/log/readable-stack.ts";

it("tells the places of a stack in our sources, and leaves alone those that it cannot find", async () => {
  const folder = await mkdtemp(join(tmpdir(), "rescdn-stack-"));
  try {
    await bundleWorker(folder, "test/server/log/thrower.ts");
    const path = join(folder, "worker.mjs");
    const lines = (await readFile(path, "utf8")).split("\n");
    const line = lines.findIndex((text) => text.includes("new Error"));
    expect(line).toBeGreaterThan(-1);
    const place = `${pathToFileURL(path)}:${line + 1}:${lines[line]!.indexOf("new Error") + 1}`;
    expect(readableStack(`at r (${place})\nat async ${place}`)).toBe(
      "at r (test/server/log/thrower.ts:3:9)\nat async test/server/log/thrower.ts:3:9",
    );
    expect(readableStack("at a (file:///nowhere/b.mjs:1:2)")).toBe("at a (file:///nowhere/b.mjs:1:2)");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

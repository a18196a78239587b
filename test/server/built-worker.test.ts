import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { builtWorker } from "../../src/server/built-worker.ts";
import { readableStack } from "../../src/server/log/readable-stack.ts";

/** Writes a source so long ago: what is written this moment might be written again in the same. */
function write(path: string, text: string, secondsAgo: number): void {
  writeFileSync(path, text);
  const at = new Date(Date.now() - secondsAgo * 1_000);
  utimesSync(path, at, at);
}

describe("builtWorker()", () => {
  let folder: string;
  let entry: string;
  let part: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "rescdn-built-"));
    [entry, part] = [join(folder, "entry.ts"), join(folder, "part.ts")];
    write(entry, `import { said } from "./part.ts";\nexport default { said };\n`, 60);
    write(part, `export const said = "first";\n`, 60);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const kept = () => join(folder, "kept");
  const builds = () => readdirSync(kept()).filter((name) => !name.endsWith(".json"));
  const build = async (to: string) => {
    const [main] = await builtWorker(join(folder, to), entry, kept());
    expect(main).toEqual({ type: "ESModule", path: join(folder, to, "worker.mjs") });
    return readFileSync(main!.path, "utf8");
  };
  it("copies what was built before, which tells its sources as the build itself does", async () => {
    expect(await build("a")).toContain('"first"');
    // Seen by the mark in it: nothing is built.
    const [only] = builds();
    appendFileSync(join(kept(), only!, "worker.mjs"), "// kept\n");
    const text = await build("b");
    expect(text).toContain("// kept");
    const line = text.split("\n").findIndex((one) => one.includes('"first"')) + 1;
    const place = (to: string) => readableStack(`${pathToFileURL(join(folder, to, "worker.mjs"))}:${line}:1`);
    expect(place("b")).toMatch(/part\.ts:1:\d+$/);
    expect(place("b")).toBe(place("a"));
  });

  it("builds anew what any of its sources has changed of, and what was lost", async () => {
    await build("a");
    write(part, `export const said = "second";\n`, 30);
    expect(await build("b")).toContain('"second"');
    expect(await build("c")).toContain('"second"');
    for (const name of builds()) rmSync(join(kept(), name), { recursive: true });
    expect(await build("d")).toContain('"second"');
  });

  it("keeps no build that may be of sources as they were before a change", async () => {
    const soon = new Date(Date.now() + 60_000);
    utimesSync(part, soon, soon);
    await build("a");
    expect(existsSync(kept())).toBe(false);
  });

  it("does without a place to keep a build", async () => {
    writeFileSync(kept(), "no folder");
    expect(await build("a")).toContain('"first"');
    expect(await build("b")).toContain('"first"');
  });
});

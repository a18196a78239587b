import { readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type Bundle, bundleWorker, evaluatedAtStart } from "../../src/server/bundle.ts";
import { projectRoot } from "../../src/server/project.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const textOf = async (path: string) => ({ path, text: await readFile(join(projectRoot, path), "utf8") });

describe("the built Worker", () => {
  const folder = temporaryFolder("bundle");
  let bundle: Bundle;
  beforeAll(async () => {
    bundle = await bundleWorker(folder);
  });

  it("evaluates nothing of the control plane and none of its libraries before its first request", async () => {
    const { outputs } = bundle.metafile;
    const inputs = evaluatedAtStart(bundle.metafile).flatMap((path) => Object.entries(outputs[path]?.inputs ?? {}));
    // Of a module that has only types nothing is left.
    const sources = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
    expect(sources).toContain("src/edge/serve.ts");
    const packages = sources.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
    expect([...new Set(packages)].sort()).toEqual(["@noble/hashes", "ipaddr.js", "structured-headers"]);
    expect(sources.filter((path) => /^src\/(api|dashboard|people|rest|records)\//.test(path))).toEqual([]);
    // What knows the database, and what is an object of its own, no edge ever runs.
    const texts = sources.filter((path) => path.startsWith("src/")).map((path) => textOf(path));
    const others = (await Promise.all(texts)).filter(({ text }) =>
      /\bD1Database\b|\bextends DurableObject\b/.test(text),
    );
    expect(others.map(({ path }) => path)).toEqual(["src/loaded-object.ts"]);
  });

  it("is little enough code: workerd reads all of it at each start, and evaluates a part", () => {
    const { outputs } = bundle.metafile;
    const bytesOf = (paths: string[]) => paths.reduce((sum, path) => sum + (outputs[path]?.bytes ?? 0), 0);
    expect(bytesOf(Object.keys(outputs).filter((path) => path.endsWith(".mjs")))).toBeLessThan(2_750_000);
    expect(bytesOf(evaluatedAtStart(bundle.metafile))).toBeLessThan(520_000);
  });

  it("has its main module first, and the files that are only bytes to it as data, compressed", async () => {
    expect(basename(bundle.modules[0]?.path ?? "")).toBe("worker.mjs");
    const data = bundle.modules.filter(({ type }) => type === "Data").map(({ path }) => basename(path));
    expect(data.length).toBeGreaterThan(10);
    expect(data.filter((name) => !/^[\w-]+\.(html|js|css|svg|json|png)\.br$/.test(name))).toEqual([]);
    const docs = bundle.modules.filter(({ path }) => /^docs\b/.test(basename(path)));
    expect(docs.length).toBeGreaterThan(10);
    const sizes = await Promise.all(docs.map(async ({ path }) => (await stat(path)).size));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(800_000);
  });
});

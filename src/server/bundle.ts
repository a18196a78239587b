import { readFile, rm } from "node:fs/promises";
import { builtinModules } from "node:module";
import { basename, extname, join } from "node:path";
import { build, type Metafile, type Plugin, stop } from "esbuild";
import { buildDashboard } from "./build-dashboard.ts";
import { buildDocs } from "./docs/build-docs.ts";
import { leftOut } from "./left-out.ts";
import { projectRoot } from "./project.ts";
import { STAND_INS } from "./stand-ins.ts";

/** Files that are bytes to the Worker, never evaluated: those of `wrangler.toml`'s rule of type Data. */
const DATA_FILE = /\.br$/;

const MAIN = "worker.mjs";

/** A module as workerd takes it. */
export interface BundledModule {
  type: "ESModule" | "Data";
  path: string;
}

/** What {@link bundleWorker} has built. */
export interface Bundle {
  /** The main module first. */
  modules: BundledModule[];
  /** What esbuild says of where each came from. */
  metafile: Metafile;
}

/**
 * Builds a Worker into `folder`, which it empties first. Without `entry` it is the product, as `wrangler` uploads it (see
 * `[build]` in `wrangler.toml`).
 *
 * The code is split where the source says `import()`: wrangler's own bundle is one file, all of which an isolate parses,
 * and much of which it evaluates, before it answers its first request.
 *
 * @param alias paths of sources, by the name they are imported under
 */
export async function bundleWorker(
  folder: string,
  entry = "src/worker.ts",
  alias: Record<string, string> = {},
): Promise<Bundle> {
  await Promise.all([rm(folder, { recursive: true, force: true }), buildDashboard(), buildDocs()]);
  const { metafile } = await build({
    absWorkingDir: projectRoot,
    entryPoints: { worker: entry },
    alias: { ...STAND_INS, ...alias },
    outdir: folder,
    bundle: true,
    splitting: true,
    // Not `minify`: the stacks in logs name functions and files that can be found.
    minifySyntax: true,
    format: "esm",
    target: "es2024",
    // As wrangler resolves packages for workerd.
    conditions: ["workerd", "worker", "browser"],
    mainFields: ["browser", "module", "main"],
    external: ["cloudflare:*"],
    outExtension: { ".js": ".mjs" }, // what ends otherwise is data
    chunkNames: "worker-[name]-[hash]",
    assetNames: "[name]",
    sourcemap: true,
    sourceRoot: folder, // where the maps' paths begin, wherever the build is copied to
    metafile: true,
    logLevel: "warning",
    plugins: [nodeModules, dataModules, leftOut],
  });
  await stop(); // its process would live as long as this one
  const modules = Object.keys(metafile.outputs)
    .map((path) => basename(path))
    .filter((name) => extname(name) !== ".map")
    .sort((a, b) => Number(b === MAIN) - Number(a === MAIN))
    .map((name): BundledModule => ({ type: extname(name) === ".mjs" ? "ESModule" : "Data", path: join(folder, name) }));
  return { modules, metafile };
}

/**
 * The modules that an isolate evaluates before its first request: the main one and what that imports without `import()`.
 * Paths as in the metafile.
 */
export function evaluatedAtStart({ outputs }: Metafile): string[] {
  const evaluated = new Set(Object.keys(outputs).filter((path) => basename(path) === MAIN));
  for (const path of evaluated) {
    for (const made of outputs[path]?.imports ?? []) {
      if (made.kind === "import-statement" && made.external !== true) evaluated.add(made.path);
    }
  }
  return [...evaluated];
}

/** Copies {@link DATA_FILE}s beside the modules that import them. */
const dataModules: Plugin = {
  name: "data-modules",
  setup({ onLoad }) {
    onLoad({ filter: DATA_FILE }, async ({ path }) => {
      return { contents: await readFile(path), loader: "copy" };
    });
  },
};

/**
 * Leaves Node's modules to workerd, which has them under `node:` alone, and turns a package's `require()` of one into the
 * import that a module can make.
 */
const nodeModules: Plugin = {
  name: "node-modules",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: new RegExp(`^(node:)?(${builtinModules.join("|")})$`) }, ({ path, kind }) => {
      const name = path.replace(/^node:/, "");
      if (kind === "require-call") return { path: name, namespace: "required-node-module" };
      return { path: `node:${name}`, external: true };
    });
    onLoad({ filter: /.*/, namespace: "required-node-module" }, ({ path }) => ({
      contents: `import required from "node:${path}"; module.exports = required;`,
    }));
  },
};

import { readFile, rm } from "node:fs/promises";
import { builtinModules } from "node:module";
import { basename, extname, join } from "node:path";
import { build, type Metafile, type Plugin, stop } from "esbuild";
import { buildDashboard } from "./build-dashboard.ts";
import { buildDocs } from "./docs/build-docs.ts";
import { leftOut } from "./left-out.ts";
import { projectRoot } from "./project.ts";
import { STAND_INS } from "./stand-ins.ts";

/** Files that the Worker takes as bytes and never evaluates: those of `wrangler.toml`'s rule of type Data. */
const DATA_FILE = /\.br$/;

const MAIN = "worker.mjs";

/** A module in workerd's form. */
export interface BundledModule {
  type: "ESModule" | "Data";
  path: string;
}

/** The result of {@link bundleWorker}. */
export interface Bundle {
  /** The main module comes first. */
  modules: BundledModule[];
  /** esbuild's report of where each output came from. */
  metafile: Metafile;
}

/**
 * Builds a Worker into `folder`, which it empties first. Without `entry` it builds the product, as `wrangler` uploads it (see
 * `[build]` in `wrangler.toml`).
 *
 * The code is split where the source has `import()`. wrangler's own bundle is a single file, which an isolate has to parse in
 * full, and to evaluate in large part, before it answers its first request.
 *
 * @param alias paths of sources, by the name under which they are imported
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
    // Not `minify`, so that stacks in logs name real functions and files.
    minifySyntax: true,
    format: "esm",
    target: "es2024",
    // Packages are resolved as wrangler does it for workerd.
    conditions: ["workerd", "worker", "browser"],
    mainFields: ["browser", "module", "main"],
    external: ["cloudflare:*"],
    outExtension: { ".js": ".mjs" }, // files with another extension are data
    chunkNames: "worker-[name]-[hash]",
    assetNames: "[name]",
    sourcemap: true,
    sourceRoot: folder, // the base of paths in source maps, wherever the build is copied
    metafile: true,
    logLevel: "warning",
    plugins: [nodeModules, dataModules, leftOut],
  });
  await stop(); // otherwise its process would run as long as this one
  const modules = Object.keys(metafile.outputs)
    .map((path) => basename(path))
    .filter((name) => extname(name) !== ".map")
    .sort((a, b) => Number(b === MAIN) - Number(a === MAIN))
    .map((name): BundledModule => ({ type: extname(name) === ".mjs" ? "ESModule" : "Data", path: join(folder, name) }));
  return { modules, metafile };
}

/**
 * The modules that an isolate evaluates before its first request: the main one and all that it imports without `import()`.
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

/** Copies {@link DATA_FILE}s next to the modules that import them. */
const dataModules: Plugin = {
  name: "data-modules",
  setup({ onLoad }) {
    onLoad({ filter: DATA_FILE }, async ({ path }) => {
      return { contents: await readFile(path), loader: "copy" };
    });
  },
};

/**
 * Leaves Node's modules to workerd, which knows them only with the prefix `node:`, and turns a package's `require()` of one
 * into an import, which modules can have.
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

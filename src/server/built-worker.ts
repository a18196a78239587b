import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { buildDashboard } from "./build-dashboard.ts";
import type { BundledModule } from "./bundle.ts";
import { buildDocs } from "./docs/build-docs.ts";
import { areUnchanged, type FileStates, KEPT, statesOf } from "./kept-files.ts";
import { projectRoot } from "./project.ts";

/** Files that affect the result of a build besides its sources. */
const BESIDE = [
  "package.json",
  "tsconfig.json",
  "node_modules/.package-lock.json",
  "src/server/bundle.ts",
  "src/server/left-out.ts",
  "src/server/stand-ins.ts",
];

/** How long a replaced build is kept, because somebody may still be reading it, ms. */
const REPLACED_MS = 600_000;

/** What is known about an entry's last build. */
interface Kept {
  /** The project's root, which source maps contain. */
  root: string;
  /** The name of its folder. */
  folder: string;
  modules: BundledModule[];
  /** The files that it was made from. */
  sources: FileStates;
}

/**
 * The Worker, built by `bundleWorker` into `folder`. If no source has changed, the last build is copied: building takes most of
 * a server's start.
 *
 * @param kept where builds are kept
 */
export async function builtWorker(folder: string, entry: string, kept = KEPT): Promise<BundledModule[]> {
  await Promise.all([buildDashboard(), buildDocs()]);
  const name = entry.replaceAll(/\W+/g, "-");
  const last = await lastBuild(kept, name);
  const isLast = last?.root === projectRoot && (await areUnchanged(last.sources));
  if (isLast && (await copied(join(kept, last.folder), folder))) return placed(last.modules, folder);
  const began = Date.now();
  const { bundleWorker } = await import("./bundle.ts"); // brings in esbuild, so it is loaded only if needed
  const { modules, metafile } = await bundleWorker(folder, entry);
  // The others are not files, but come from a plugin.
  const files = Object.keys(metafile.inputs).filter((path) => !/^[\w-]+:/.test(path));
  const sources = await statesOf([...BESIDE, ...files], began);
  // If the folder cannot be written to, the next start only takes longer.
  if (sources !== null) await keep(kept, name, folder, { modules, sources }).catch(() => undefined);
  return modules;
}

async function lastBuild(kept: string, name: string): Promise<Kept | null> {
  const text = await readFile(join(kept, `${name}.json`), "utf8").catch(() => null);
  return text === null ? null : (JSON.parse(text) as Kept);
}

/** False: it was replaced and removed meanwhile. */
async function copied(from: string, to: string): Promise<boolean> {
  await rm(to, { recursive: true, force: true });
  return cp(from, to, { recursive: true }).then(
    () => true,
    () => false,
  );
}

/** Stores a build in place of the last one, which servers that are starting may be reading. */
async function keep(kept: string, name: string, built: string, rest: Omit<Kept, "root" | "folder">): Promise<void> {
  await mkdir(kept, { recursive: true });
  const folder = await mkdtemp(join(kept, `${name}-`));
  await cp(built, folder, { recursive: true });
  const last: Kept = { ...rest, root: projectRoot, folder: basename(folder) };
  await writeFile(`${folder}.json`, JSON.stringify(last));
  await rename(`${folder}.json`, join(kept, `${name}.json`));
  for (const other of await readdir(kept)) {
    const path = join(kept, other);
    if (!other.startsWith(`${name}-`) || path === folder) continue;
    const { mtimeMs } = await stat(path);
    if (mtimeMs < Date.now() - REPLACED_MS) await rm(path, { recursive: true, force: true });
  }
}

function placed(modules: readonly BundledModule[], folder: string): BundledModule[] {
  return modules.map(({ type, path }) => ({ type, path: join(folder, basename(path)) }));
}

import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { extname, join, relative } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import { projectRoot } from "./project.ts";

const compress = promisify(brotliCompress);

const SOURCES = join(projectRoot, "src/dashboard");
/** The sources that the page shares with the Worker. */
const SHARED = [join(projectRoot, "src/zones"), join(projectRoot, "src/http")];
const BUILT = join(projectRoot, "dist/dashboard");

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".webmanifest": "application/manifest+json",
};

/**
 * One file for what most pages share, and one for what a zone's forms share: with a file for each part, a page would load
 * dozens, one round trip after the other.
 */
const GROUPS = [
  {
    name: "frame",
    test: /node_modules[\\/](?:preact|@preact|preact-iso|openapi-fetch)|page[\\/](?:ui[\\/](?!chart)|state|api|zone[\\/]address-of)|preload-helper/,
  },
  { name: "forms", test: /page[\\/](?:schema|zone[\\/](?:zone-form|conflict|merge-patch))|src[\\/]zones/ },
] as const;

/**
 * Builds the dashboard's page into `dist/dashboard/`, unless that is newer than its sources: each file compressed with Brotli,
 * and `files.mjs`, through which the Worker imports them (see `dashboard-files.d.ts`).
 */
export async function buildDashboard(): Promise<void> {
  if ((await timeOf(join(BUILT, "files.mjs"))) > Math.max(...(await Promise.all([SOURCES, ...SHARED].map(newestIn)))))
    return;
  await mkdir(join(projectRoot, "dist"), { recursive: true });
  const folder = await mkdtemp(join(projectRoot, "dist/dashboard-"));
  try {
    const { build } = await import("vite"); // not loaded if everything is built already
    await build({
      root: join(SOURCES, "page"),
      configFile: false,
      logLevel: "warn",
      oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
      build: {
        outDir: folder,
        emptyOutDir: true,
        target: "es2023",
        modulePreload: { polyfill: false },
        manifest: "manifest.json",
        rolldownOptions: {
          checks: { bundlerTimings: false }, // a slow machine is not worth a warning to whoever starts a server
          output: { codeSplitting: { groups: [...GROUPS] } },
        },
      },
    });
    const manifest: Manifest = JSON.parse(await readFile(join(folder, "manifest.json"), "utf8"));
    await rm(join(folder, "manifest.json"));
    const modules = `export const modules = ${JSON.stringify(modulesOf(manifest))};\n`;
    await writeFile(join(folder, "files.mjs"), (await compressed(folder)) + modules);
    await rm(BUILT, { recursive: true, force: true });
    await rename(folder, BUILT);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What the build reports about modules that are loaded separately. */
type Manifest = Readonly<Record<string, { file: string; imports?: readonly string[]; css?: readonly string[] }>>;

/**
 * The files that each module loads, including those of the modules that it imports, but without those that the page itself
 * names.
 */
function modulesOf(manifest: Manifest): Record<string, { scripts: string[]; styles: string[] }> {
  const page = new Set(allOf(manifest, "index.html"));
  const entries = Object.keys(manifest).filter((name) => name.endsWith(".tsx"));
  return Object.fromEntries(
    entries.map((name) => {
      const parts = allOf(manifest, name).filter((part) => !page.has(part));
      return [
        name,
        {
          scripts: parts.map((part) => `/${manifest[part]!.file}`),
          styles: parts.flatMap((part) => manifest[part]!.css ?? []).map((file) => `/${file}`),
        },
      ];
    }),
  );
}

function allOf(manifest: Manifest, name: string, seen = new Set<string>()): string[] {
  if (seen.has(name)) return [];
  seen.add(name);
  return [name, ...(manifest[name]?.imports ?? []).flatMap((imported) => allOf(manifest, imported, seen))];
}

/** Compresses the files below a folder in place, and returns the module that loads them. */
async function compressed(folder: string): Promise<string> {
  const lines: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path);
    const type = TYPES[extname(name)];
    if (type === undefined) throw new Error(`no content type is known for the dashboard's file ${name}`);
    const bytes = await readFile(path);
    const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    await writeFile(`${path}.br`, await compress(bytes, { params }));
    await rm(path);
    const file = `{ type: ${JSON.stringify(type)}, load: () => import(${JSON.stringify(`./${name}.br`)}) }`;
    lines.push(
      name === "index.html" ? `export const page = ${file};` : `files[${JSON.stringify(`/${name}`)}] = ${file};`,
    );
  }
  return ["export const files = {};", ...lines, ""].join("\n");
}

async function newestIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const times = entries.map((entry) => timeOf(join(entry.parentPath, entry.name)));
  return Math.max(await timeOf(import.meta.filename), ...(await Promise.all(times)));
}

/** When a file was last written, ms since the epoch; 0: it does not exist. */
async function timeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => null);
  return found?.mtimeMs ?? 0;
}

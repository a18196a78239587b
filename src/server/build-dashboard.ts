import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { extname, join, relative } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import { build } from "vite";
import { projectRoot } from "./project.ts";

const compress = promisify(brotliCompress);

const SOURCES = join(projectRoot, "src/dashboard");
/** What the page shares with the Worker. */
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
 * Builds the dashboard's page into `dist/dashboard/`, unless that is newer than its sources: each file compressed with
 * Brotli, and `files.mjs`, which the Worker imports them through (see `dashboard-files.d.ts`).
 */
export async function buildDashboard(): Promise<void> {
  if ((await timeOf(join(BUILT, "files.mjs"))) > Math.max(...(await Promise.all([SOURCES, ...SHARED].map(newestIn)))))
    return;
  await mkdir(join(projectRoot, "dist"), { recursive: true });
  const folder = await mkdtemp(join(projectRoot, "dist/dashboard-"));
  try {
    await build({
      root: join(SOURCES, "page"),
      configFile: false,
      logLevel: "warn",
      oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
      build: { outDir: folder, emptyOutDir: true, target: "es2023", modulePreload: { polyfill: false } },
    });
    await writeFile(join(folder, "files.mjs"), await compressed(folder));
    await rm(BUILT, { recursive: true, force: true });
    await rename(folder, BUILT);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Compresses the files below a folder in place; the module that loads them. */
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

/** When a file was last written, ms since the epoch; 0: there is none. */
async function timeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => null);
  return found?.mtimeMs ?? 0;
}

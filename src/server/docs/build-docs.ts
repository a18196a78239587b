import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import { build } from "esbuild";
import { projectRoot } from "../project.ts";

const compress = promisify(brotliCompress);

const BUILT = join(projectRoot, "dist/docs");
/** What the site is built from. A new release of a library changes the lockfile. */
const SOURCES = ["src/docs", "src/server/docs", "src/dashboard", "package-lock.json"];
const PAGES = join(projectRoot, "src/docs/page");
const VIEWER = join(projectRoot, "node_modules/swagger-ui-dist");

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
};

/** For larger files the best compression takes 25 times as long, and saves only a tenth. */
const LARGE_BYTES = 500_000;

/** A file of the site. */
interface SiteFile {
  /** Its path on the site. */
  path: string;
  type: string;
  bytes: Buffer;
}

/**
 * Builds the documentation's site into `dist/docs/`, unless that is newer than its sources: the guides, the API's reference,
 * and the files that they load, each compressed with Brotli. The Worker imports them through `files.mjs` (see
 * `src/api/docs/docs-files.d.ts`).
 */
export async function buildDocs(): Promise<void> {
  const newest = Math.max(...(await Promise.all(SOURCES.map((path) => newestIn(join(projectRoot, path))))));
  if ((await timeOf(join(BUILT, "files.mjs"))) > newest) return;
  await mkdir(join(projectRoot, "dist"), { recursive: true });
  const folder = await mkdtemp(join(projectRoot, "dist/docs-"));
  try {
    await writeFile(join(folder, "files.mjs"), await writeSite(folder, await siteFiles()));
    await rm(BUILT, { recursive: true, force: true });
    await rename(folder, BUILT);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function siteFiles(): Promise<SiteFile[]> {
  // Loaded only if something has changed: the renderers take longer to load than the rest of a start.
  const [{ renderGuides }, { guidePages }, { referencePages }, { searchIndex }] = await Promise.all([
    import("./guides.ts"),
    import("./guide-pages.ts"),
    import("./reference-pages.ts"),
    import("./search-index.ts"),
  ]);
  const files = new Map<string, SiteFile>();
  /** Adds a file under a name that changes with its content. */
  const asset = (name: string, bytes: Buffer) => {
    const extension = extname(name);
    const path = `/docs/assets/${basename(name, extension)}-${hashOf(bytes)}${extension}`;
    files.set(path, { path, type: TYPES[extension]!, bytes });
    return path;
  };
  const scripts = await pageScripts();
  for (const { path, bytes } of scripts.files) files.set(path, { path, type: TYPES[extname(path)]!, bytes });
  const pictures = new Map<string, string>();
  for (const path of await picturePaths()) pictures.set(path, asset(path, await readFile(join(projectRoot, path))));

  const guides = renderGuides(
    await guideTexts(),
    (path) => existsSync(join(projectRoot, path)),
    (path) => pictures.get(path) ?? "",
  );
  const assets = {
    style: scripts.entries["style.css"]!,
    script: scripts.entries["main.ts"]!,
    icon: asset("icon.svg", await readFile(join(projectRoot, "src/dashboard/page/icon.svg"))),
    search: asset("search.json", Buffer.from(searchIndex(guides.guides))),
  };
  const { pages, missing } = guidePages(guides, assets);
  const reference = referencePages(assets, {
    viewer: asset("swagger-ui.js", await readFile(join(VIEWER, "swagger-ui-bundle.js"))),
    viewerStyle: asset("swagger-ui.css", await readFile(join(VIEWER, "swagger-ui.css"))),
    start: scripts.entries["reference.ts"]!,
  });
  for (const [path, html] of [...pages, ...reference, ["missing", missing] as const])
    files.set(path, { path, type: TYPES[".html"]!, bytes: Buffer.from(html) });
  return [...files.values()];
}

/** The Markdown of all guides, by path in the project. */
export async function guideTexts(): Promise<Map<string, string>> {
  const names = (await readdir(join(projectRoot, "src/docs"))).filter((name) => name.endsWith(".md"));
  const paths = names.sort().map((name) => `src/docs/${name}`);
  return new Map(
    await Promise.all(paths.map(async (path) => [path, await readFile(join(projectRoot, path), "utf8")] as const)),
  );
}

async function picturePaths(): Promise<string[]> {
  const { referencesOf, parseMarkdown } = await import("./markdown.ts");
  const named = [...(await guideTexts()).values()].flatMap((text) => referencesOf(parseMarkdown(text)).pictures);
  const paths = named.map(({ src }) => join("src/docs", src));
  return [...new Set(paths)].filter((path) => existsSync(join(projectRoot, path)));
}

/** The scripts and the stylesheet for browsers: every file, and the name that each source is loaded under. */
async function pageScripts(): Promise<{ files: { path: string; bytes: Buffer }[]; entries: Record<string, string> }> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: PAGES,
    entryPoints: ["main.ts", "reference.ts", "style.css"],
    outdir: "assets",
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    target: "es2023",
    write: false,
    metafile: true,
    logLevel: "warning",
  });
  const entries = Object.entries(metafile.outputs).flatMap(([output, { entryPoint }]) =>
    entryPoint === undefined ? [] : [[entryPoint, `/docs/assets/${basename(output)}`] as const],
  );
  return {
    files: outputFiles.map(({ path, contents }) => ({
      path: `/docs/assets/${basename(path)}`,
      bytes: Buffer.from(contents),
    })),
    entries: Object.fromEntries(entries),
  };
}

/** Writes the compressed files into a folder, and returns the module that loads them. */
async function writeSite(folder: string, files: readonly SiteFile[]): Promise<string> {
  const entries = await Promise.all(
    files.map(async ({ path, type, bytes }) => {
      // The Worker's modules are in one folder, the dashboard's beside these.
      const name = `${path.replace(/^\//, "").replaceAll("/", "-")}${extname(path) === "" ? ".html" : ""}.br`;
      const params = {
        [constants.BROTLI_PARAM_QUALITY]: bytes.length > LARGE_BYTES ? 9 : constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      };
      await writeFile(join(folder, name), await compress(bytes, { params }));
      const isKept = path.startsWith("/docs/assets/");
      const file = `{ type: ${JSON.stringify(type)}, tag: ${isKept ? null : JSON.stringify(hashOf(bytes))}, load: () => import(${JSON.stringify(`./${name}`)}) }`;
      return path === "missing" ? `export const missing = ${file};` : `files[${JSON.stringify(path)}] = ${file};`;
    }),
  );
  return ["export const files = {};", ...entries, ""].join("\n");
}

function hashOf(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("base64url").slice(0, 12);
}

async function newestIn(path: string): Promise<number> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true }).catch(() => []);
  const times = entries.map((entry) => timeOf(join(entry.parentPath, entry.name)));
  return Math.max(await timeOf(path), ...(await Promise.all(times)));
}

/** When a file was last written, ms since the epoch; 0: it does not exist. */
async function timeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => null);
  return found?.mtimeMs ?? 0;
}

import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import { projectRoot } from "./project.ts";

const compress = promisify(brotliCompress);

const SOURCE = join(projectRoot, "node_modules/swagger-ui-dist");
const BUILT = join(projectRoot, "dist/docs");
const NAMES = ["swagger-ui-bundle.js", "swagger-ui-standalone-preset.js", "swagger-ui.css"];

/** The best takes 25 times as long, for a tenth less. */
const QUALITY = 9;

/**
 * Compresses Swagger UI's files into `dist/docs/`, unless those of its release are there: 0.5 MB of the upload in the place of
 * 2.2. The Worker imports them through `files.mjs` (see `src/api/docs/docs-files.d.ts`).
 */
export async function buildDocs(): Promise<void> {
  const { version } = JSON.parse(await readFile(join(SOURCE, "package.json"), "utf8")) as { version: string };
  const index = [
    `export const version = ${JSON.stringify(version)};`,
    "export const files = {",
    ...NAMES.map((name) => `  ${JSON.stringify(name)}: () => import("./${name}.br"),`),
    "};",
    "",
  ].join("\n");
  if ((await readFile(join(BUILT, "files.mjs"), "utf8").catch(() => null)) === index) return;
  await mkdir(join(projectRoot, "dist"), { recursive: true });
  const folder = await mkdtemp(join(projectRoot, "dist/docs-"));
  try {
    await Promise.all(
      NAMES.map(async (name) => {
        const bytes = await readFile(join(SOURCE, name));
        const params = { [constants.BROTLI_PARAM_QUALITY]: QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
        await writeFile(join(folder, `${name}.br`), await compress(bytes, { params }));
      }),
    );
    await writeFile(join(folder, "files.mjs"), index);
    await rm(BUILT, { recursive: true, force: true });
    await rename(folder, BUILT);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

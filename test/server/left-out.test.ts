import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { getPublicSuffix } from "tldts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { leftOut } from "../../src/server/left-out.ts";
import { projectRoot } from "../../src/server/project.ts";

/** What workerd has, and Node has not yet. */
const fromBase64 = (text: string) => new Uint8Array(Buffer.from(text, "base64"));

describe("the Worker's list of public suffixes", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "rescdn-left-out-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("says of every name what its package says", async () => {
    const outfile = join(folder, "suffixes.mjs");
    await build({
      stdin: { contents: `export { getPublicSuffix } from "tldts";`, resolveDir: projectRoot },
      outfile,
      bundle: true,
      format: "esm",
      mainFields: ["browser", "module", "main"],
      plugins: [leftOut],
    });
    Object.assign(Uint8Array, { fromBase64 });
    const built = (await import(pathToFileURL(outfile).href)) as { getPublicSuffix: typeof getPublicSuffix };
    const names =
      "com co.uk github.io www.ck ck foo.ck city.kawasaki.jp a.kawasaki.jp xn--p1ai blogspot.com 公司.cn localhost";
    for (const name of names.split(" ").flatMap((suffix) => [suffix, `a.${suffix}`, `a.b.${suffix}`]))
      for (const allowPrivateDomains of [true, false])
        expect(built.getPublicSuffix(name, { allowPrivateDomains }), name).toBe(
          getPublicSuffix(name, { allowPrivateDomains }),
        );
  });
});

import { describe, expect, it } from "vitest";
import { call } from "../support/control-plane.ts";

/** The paths that a page asks for: its scripts and stylesheets. */
async function filesOf(page: Response): Promise<string[]> {
  const html = await page.text();
  return [...html.matchAll(/<(?:script src|link rel="stylesheet" href)="([^"]+)"/g)].map(([, path]) => path!);
}

describe("GET /docs", () => {
  it("is a page whose policy lets nothing run inline and nothing come from elsewhere", async () => {
    const page = await call("/docs");
    expect(page.status).toBe(200);
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const policy = page.headers.get("content-security-policy")!.split("; ");
    expect(policy).toContain("default-src 'none'");
    const sources = policy.flatMap((directive) => directive.split(" ").slice(1));
    expect(new Set(sources)).toEqual(new Set(["'none'", "'self'", "data:"]));
    expect(await page.text()).not.toMatch(/<script(?! src="\/docs\/)|<style|\bon\w+=|\/\//);
  });

  it("is at /docs/api as well", async () => {
    expect(await (await call("/docs/api")).text()).toBe(await (await call("/docs")).text());
  });

  it("has every file that it asks for, with a type that browsers accept under nosniff", async () => {
    const paths = await filesOf(await call("/docs"));
    expect(paths).toHaveLength(4);
    for (const path of paths) {
      const file = await call(path);
      expect(file.status).toBe(200);
      expect(file.headers.get("content-type")).toMatch(/\.css\b/.test(path) ? /^text\/css/ : /^text\/javascript/);
      expect((await file.arrayBuffer()).byteLength).toBeGreaterThan(100);
    }
  });

  it("sends its files compressed to those who accept Brotli, and decoded to others, with what caches must know", async () => {
    const [path = ""] = (await filesOf(await call("/docs"))).filter((one) => one.includes("bundle"));
    const read = async (accepted: string) => {
      const file = await call(path, { headers: { "accept-encoding": accepted } });
      await file.body?.cancel();
      const of = (name: string) => file.headers.get(name);
      expect(of("vary")).toBe("accept-encoding");
      return { coding: of("content-encoding"), length: Number(of("content-length")) };
    };
    const [coded, plain] = [await read("gzip, br"), await read("gzip")];
    expect([coded.coding, plain.coding]).toEqual(["br", null]);
    expect(plain.length).toBeGreaterThan(3 * coded.length);
  });

  it("lets clients keep a release's files for a year, and only under that release's URL", async () => {
    const kept = (await filesOf(await call("/docs"))).filter((path) => path.includes("?v="));
    expect(kept).toHaveLength(3);
    for (const path of kept) {
      const control = async (asked: string) => {
        const file = await call(asked);
        await file.body?.cancel();
        return file.headers.get("cache-control");
      };
      expect(await control(path)).toBe("public, max-age=31536000, immutable");
      expect(await control(`${path}0`)).toBe("no-cache");
      expect(await control(path.split("?")[0]!)).toBe("no-cache");
    }
  });

  it("lists documents that exist", async () => {
    const script = await (await call("/docs/start.js")).text();
    const documents = JSON.parse(/urls: (\[.+\]),/.exec(script)![1]!) as { name: string; url: string }[];
    expect(documents.length).toBeGreaterThan(0);
    for (const { url } of documents) {
      const answer = await call(url);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ openapi: "3.1.0" });
    }
  });

  it("keeps no key beyond the page and asks no validator", async () => {
    const script = await (await call("/docs/start.js")).text();
    expect(script).toContain("persistAuthorization: false");
    expect(script).toContain("validatorUrl: null");
  });
});

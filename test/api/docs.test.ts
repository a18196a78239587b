import { describe, expect, it } from "vitest";
import { call } from "../support/control-plane.ts";

const REFERENCE = ["/docs/api", "/docs/api/resolvedb"];
const PAGE = { headers: { accept: "text/html,*/*;q=0.8" } };

/** The start page and all that it links to: guides and the reference. */
async function pages(): Promise<string[]> {
  const start = await (await call("/docs")).text();
  return [...new Set([...start.matchAll(/<a [^>]*href="(\/docs[^"#]*)"/g)].map(([, path]) => path!))];
}

/** What a page has browsers load. */
function filesOf(html: string): string[] {
  const named = html.matchAll(/<(?:script\b[^>]* src|img src|link rel="(?:stylesheet|icon)" href)="([^"]+)"/g);
  return [...new Set([...named].map(([, path]) => path!))];
}

async function headOf(path: string, headers: Record<string, string> = {}, method = "GET") {
  const answer = await call(path, { method, headers });
  const { byteLength } = await answer.arrayBuffer();
  return { status: answer.status, bytes: byteLength, of: (name: string) => answer.headers.get(name) };
}

describe("/docs", () => {
  it("lists guides and both references, and each page lets nothing run inline and nothing come from elsewhere", async () => {
    const all = await pages();
    expect(all).toEqual(expect.arrayContaining(["/docs", "/docs/operating", "/docs/why-not-cached", ...REFERENCE]));
    for (const path of all) {
      const page = await call(path);
      expect([path, page.status, page.headers.get("content-type")]).toEqual([path, 200, "text/html; charset=utf-8"]);
      const policy = page.headers.get("content-security-policy")!.split("; ");
      expect(policy).toContain("default-src 'none'");
      const sources = policy.flatMap((directive) => directive.split(" ").slice(1));
      expect(new Set(sources)).toEqual(new Set(["'none'", "'self'", "data:"]));
      const html = await page.text();
      expect(html).not.toMatch(/<script(?![^>]* src="\/docs\/assets\/)|<style|<[^>]+\s(?:on\w+|style)=/);
      for (const file of filesOf(html)) expect(file).toMatch(/^\/docs\/assets\/[\w-]+\.\w+$/);
    }
  });

  it("has every file that its pages load, under a name for each of its states, to be kept for ever", async () => {
    const files = new Set<string>();
    for (const path of await pages()) {
      const html = await (await call(path)).text();
      for (const file of filesOf(html)) files.add(file);
      files.add(/data-index="(.+?)"/.exec(html)![1]!);
    }
    expect(files.size).toBeGreaterThan(6);
    const types = {
      css: "text/css",
      js: "text/javascript",
      json: "application/json",
      svg: "image/svg+xml",
      png: "image/png",
    };
    for (const file of files) {
      const { status, bytes, of } = await headOf(file);
      const type = types[file.split(".").at(-1) as keyof typeof types];
      expect([file, status, of("content-type")?.split(";")[0]]).toEqual([file, 200, type]);
      expect(of("cache-control")).toBe("public, max-age=31536000, immutable");
      expect(bytes).toBeGreaterThan(100);
    }
  });

  it("sends its files compressed to those who accept Brotli, and decoded to others, with what caches must know", async () => {
    const viewer = filesOf(await (await call("/docs/api")).text()).find(
      (file) => file.includes("swagger-ui-") && file.endsWith(".js"),
    )!;
    for (const path of ["/docs", viewer]) {
      const [coded, plain] = [
        await headOf(path, { "accept-encoding": "gzip, br" }),
        await headOf(path, { "accept-encoding": "gzip" }),
      ];
      expect([coded.of("content-encoding"), plain.of("content-encoding")]).toEqual(["br", null]);
      expect([coded.of("vary"), plain.of("vary")]).toEqual(["accept-encoding, accept", "accept-encoding, accept"]);
      expect(Number(plain.of("content-length"))).toBeGreaterThan(2 * Number(coded.of("content-length")));
    }
  });

  it("answers HEAD as GET without the body, a slash at the end as none, and who has a page already with 304", async () => {
    const get = await headOf("/docs/operating");
    const head = await headOf("/docs/operating", {}, "HEAD");
    expect([head.status, head.bytes, head.of("content-length")]).toEqual([200, 0, get.of("content-length")]);
    expect((await headOf("/docs/operating/")).of("etag")).toBe(get.of("etag"));
    const again = await headOf("/docs/operating", { "if-none-match": `"x", ${get.of("etag")}` });
    expect([again.status, again.bytes, again.of("etag"), again.of("cache-control")]).toEqual([
      304,
      0,
      get.of("etag"),
      "no-cache",
    ]);
    expect((await headOf("/docs/operating", { "if-none-match": '"x"' })).status).toBe(200);
  });

  it("answers a path without a page with 404: a page for browsers, the API's error for programs", async () => {
    for (const path of ["/docs/no-such-guide", "/docs/assets/no.css", "/docs/missing", "/docs/constructor"]) {
      const page = await call(path, PAGE);
      expect([path, page.status, page.headers.get("content-type")]).toEqual([path, 404, "text/html; charset=utf-8"]);
      expect(await page.text()).toContain('href="/docs"');
      const error = await call(path);
      expect(error.status).toBe(404);
      expect(await error.json()).toMatchObject({ code: "not_found" });
    }
    expect((await call("/docs/operating", { method: "POST" })).status).toBe(405);
  });
});

describe("/docs/api", () => {
  it("shows documents that exist, and without JavaScript says where they are", async () => {
    for (const path of REFERENCE) {
      const html = await (await call(path)).text();
      const [, document = ""] = /<link rel="service-desc" href="(.+?)"/.exec(html)!;
      expect(html.split("<noscript>")[1]!.split("</noscript>")[0]).toContain(`<a href="${document}">`);
      expect(await (await call(document)).json()).toMatchObject({ openapi: "3.1.0" });
    }
  });

  it("keeps no key beyond the page and asks no validator", async () => {
    const start = filesOf(await (await call("/docs/api")).text()).find((file) => file.includes("/reference-"))!;
    const script = await (await call(start)).text();
    expect(script).toContain("persistAuthorization:!1");
    expect(script).toContain("validatorUrl:null");
  });
});

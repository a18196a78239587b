import type { OpenAPIHono } from "@hono/zod-openapi";
import { files, version } from "#docs-files";
import { compressedAnswer } from "../../compressed-file.ts";
import type { RestContext, RestEnv } from "../../rest/context.ts";
import { PAGE, type ShownDocument, startScript } from "./page.ts";

const YEAR_SECONDS = 31_536_000;

/** The page's own policy: everything from this host, nothing inline but the pictures in Swagger UI's stylesheet. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Swagger UI's files, each loaded when it is first asked for: no other request pays for them. */
const FILES = [
  { name: "swagger-ui-bundle.js", type: "text/javascript; charset=utf-8" },
  { name: "swagger-ui-standalone-preset.js", type: "text/javascript; charset=utf-8" },
  { name: "swagger-ui.css", type: "text/css; charset=utf-8" },
] as const;

/** Adds `/docs/api`, which `/docs` shows as well: a page of Swagger UI over the API's documents that fetches nothing from elsewhere. */
export function addDocs(app: OpenAPIHono<RestEnv>, documents: readonly ShownDocument[]): void {
  for (const path of ["/docs", "/docs/api"])
    app.get(path, (c) => {
      return c.body(PAGE, 200, {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": POLICY,
        "cache-control": "no-cache",
      });
    });
  app.get("/docs/start.js", (c) => {
    return c.body(startScript(documents), 200, {
      "content-type": "text/javascript; charset=utf-8",
      "cache-control": "no-cache",
    });
  });
  for (const { name, type } of FILES) {
    app.get(`/docs/${name}`, async (c) => {
      const { default: compressed } = await files[name]();
      return compressedAnswer(c.req.raw, compressed, 200, { "content-type": type, "cache-control": keptBy(c) });
    });
  }
}

/** RFC 8246: what a URL with its version in it answers does not change. */
function keptBy(c: RestContext): string {
  return c.req.query("v") === version ? `public, max-age=${YEAR_SECONDS}, immutable` : "no-cache";
}

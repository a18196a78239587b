import type { OpenAPIHono } from "@hono/zod-openapi";
import type { RestContext, RestEnv } from "../../rest/context.ts";
import { PAGE, type ShownDocument, startScript, VERSION } from "./page.ts";

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

/** Swagger UI's files, each loaded when it is first asked for: no other request pays for their two megabytes. */
const FILES = [
  {
    path: "/docs/swagger-ui-bundle.js",
    type: "text/javascript; charset=utf-8",
    load: () => import("swagger-ui-dist/swagger-ui-bundle.js"),
  },
  {
    path: "/docs/swagger-ui-standalone-preset.js",
    type: "text/javascript; charset=utf-8",
    load: () => import("swagger-ui-dist/swagger-ui-standalone-preset.js"),
  },
  {
    path: "/docs/swagger-ui.css",
    type: "text/css; charset=utf-8",
    load: () => import("swagger-ui-dist/swagger-ui.css"),
  },
];

/** Adds `/docs`, a page of Swagger UI over the API's documents that fetches nothing from elsewhere. */
export function addDocs(app: OpenAPIHono<RestEnv>, documents: readonly ShownDocument[]): void {
  app.get("/docs", (c) => {
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
  for (const { path, type, load } of FILES) {
    app.get(path, async (c) => {
      const { default: bytes } = await load();
      return c.body(bytes, 200, { "content-type": type, "cache-control": keptBy(c) });
    });
  }
}

/** RFC 8246: what a URL with its version in it answers does not change. */
function keptBy(c: RestContext): string {
  return c.req.query("v") === VERSION ? `public, max-age=${YEAR_SECONDS}, immutable` : "no-cache";
}

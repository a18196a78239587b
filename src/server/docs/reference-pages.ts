import { html, raw } from "hono/html";
import { type Assets, pageHtml } from "./page.ts";

/** The files of Swagger UI, and the script that starts it. */
export interface ReferenceAssets {
  viewer: string;
  viewerStyle: string;
  start: string;
}

const REFERENCES = [
  { path: "/docs/api", name: "ResCDN", document: "/openapi.json" },
  { path: "/docs/api/resolvedb", name: "ResolveDB", document: "/api/v1/openapi.json" },
] as const;

/** The pages of the API's reference by path: Swagger UI with each document. */
export function referencePages(assets: Assets, { viewer, viewerStyle, start }: ReferenceAssets): Map<string, string> {
  return new Map(
    REFERENCES.map(({ path, name, document }) => {
      const head = html`<link rel="service-desc" href="${document}" type="application/openapi+json">
<link rel="stylesheet" href="${viewerStyle}">
<script defer src="${viewer}"></script>
<script type="module" src="${start}"></script>`;
      const body = html`<main id="content" tabindex="-1">
<nav class="documents" aria-label="APIs">
${REFERENCES.map(
  (one) => html`<a href="${one.path}"${one.path === path ? raw(' aria-current="page"') : ""}>${one.name} API</a>`,
)}
<a class="document" href="${document}">OpenAPI 3.1</a>
</nav>
<div id="reference"></div>
<noscript>This page needs JavaScript. The API's description is at <a href="${document}">${document}</a>, and the
<a href="/docs">guides</a> do without.</noscript>
</main>`;
      const description = `Every call of the ${name} API, to be tried with a key of yours.`;
      return [path, pageHtml({ title: `${name} API · ResCDN`, description, half: "reference", head, body }, assets)];
    }),
  );
}

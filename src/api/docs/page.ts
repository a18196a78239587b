import { version } from "#docs-files";

/** An OpenAPI document that the page shows: its name in the page's list, its path on the API's hosts. */
export interface ShownDocument {
  name: string;
  url: string;
}

/** The page itself. Its files' URLs name their release, so that clients may keep them for ever. All that runs stands in files of its own, so that its policy needs no 'unsafe-inline'. */
export const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>ResCDN API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css?v=${version}">
</head>
<body>
<div id="docs"></div>
<noscript>This page needs JavaScript. The API's description is at <a href="/openapi.json">/openapi.json</a>.</noscript>
<script src="/docs/swagger-ui-bundle.js?v=${version}"></script>
<script src="/docs/swagger-ui-standalone-preset.js?v=${version}"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

/**
 * The script that starts Swagger UI. Without a validator no third party learns of the document; a key that is typed in
 * is gone when the page is closed. Swagger's logo brings a style of its own, which the page's policy would not let in.
 */
export function startScript(documents: readonly ShownDocument[]): string {
  return `SwaggerUIBundle({
  dom_id: "#docs",
  urls: ${JSON.stringify(documents)},
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  plugins: [() => ({ components: { Logo: () => null } })],
  layout: "StandaloneLayout",
  deepLinking: true,
  persistAuthorization: false,
  validatorUrl: null,
});
`;
}

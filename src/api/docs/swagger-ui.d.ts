// wrangler.toml's [[rules]] make bytes of these files, for the browser: the Worker neither parses nor runs them.
declare module "swagger-ui-dist/swagger-ui-bundle.js" {
  const bytes: ArrayBuffer;
  export default bytes;
}

declare module "swagger-ui-dist/swagger-ui-standalone-preset.js" {
  const bytes: ArrayBuffer;
  export default bytes;
}

declare module "swagger-ui-dist/swagger-ui.css" {
  const bytes: ArrayBuffer;
  export default bytes;
}

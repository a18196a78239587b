// Made by src/server/build-docs.ts; `imports` in package.json says where.
declare module "#docs-files" {
  /** Swagger UI's release. */
  export const version: string;
  /** Its files by their names, each compressed with Brotli: the Worker neither parses nor runs them. */
  export const files: Readonly<
    Record<
      "swagger-ui-bundle.js" | "swagger-ui-standalone-preset.js" | "swagger-ui.css",
      () => Promise<{ default: ArrayBuffer }>
    >
  >;
}

// Made by src/server/docs/build-docs.ts; `imports` in package.json says where it is.
declare module "#docs-files" {
  /** A file of the documentation, compressed with Brotli: the Worker neither parses nor runs it. */
  export interface DocsFile {
    type: string;
    /** Changes with the content; null: the name does. */
    tag: string | null;
    load(): Promise<{ default: ArrayBuffer }>;
  }
  /** Every file by its path. */
  export const files: Readonly<Record<string, DocsFile>>;
  /** The page for a path that does not exist. */
  export const missing: DocsFile;
}

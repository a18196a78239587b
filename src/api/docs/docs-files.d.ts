// Made by src/server/docs/build-docs.ts; `imports` in package.json says where.
declare module "#docs-files" {
  /** A file of the documentation, compressed with Brotli: the Worker neither parses nor runs it. */
  export interface DocsFile {
    type: string;
    /** Changes with what it says; null: its name does. */
    tag: string | null;
    load(): Promise<{ default: ArrayBuffer }>;
  }
  /** Every file by its path. */
  export const files: Readonly<Record<string, DocsFile>>;
  /** The page for a path at which there is none. */
  export const missing: DocsFile;
}

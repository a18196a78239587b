/** The cache that `serve` has; the build puts it in this name's place, since its types are those of Workers alone. */
declare module "local-cache" {
  export class DiskCache {
    constructor(folder: unknown, bound: number, groupOf: (url: string) => string);
    read(url: string): Promise<{ entry: string | null; body: ReadableStream } | null>;
    write(url: string, content: { entry: string; body: ReadableStream | null; tags: null }): Promise<void>;
  }
}

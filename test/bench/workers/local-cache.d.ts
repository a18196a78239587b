/** The cache of `serve`; the build puts it in place of this name, since its types exist only in Workers. */
declare module "local-cache" {
  export class DiskCache {
    constructor(folder: unknown, bound: number, groupOf: (url: string) => string);
    read(url: string): Promise<{ entry: string | null; body: ReadableStream } | null>;
    write(url: string, content: { entry: string; body: ReadableStream | null; tags: null }): Promise<void>;
  }
}

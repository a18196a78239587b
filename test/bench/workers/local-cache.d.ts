/** The cache that `serve` has; the build puts it in this name's place, since its types are those of Workers alone. */
declare module "local-cache" {
  export class DiskCache {
    constructor(folder: unknown, bound: number, groupOf: (url: string) => string);
  }
}

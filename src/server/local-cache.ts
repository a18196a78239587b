import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** The bounded cache of one process, as its Worker gets it: see `edge/local-cache.ts`. */
export interface LocalCache {
  bindings: { CACHE_BYTES: string };
  serviceBindings: { CACHE_FOLDER: { disk: { path: string; writable: true } } };
  /** Removes what a process that was killed had begun to write. To be called whenever one is about to start. */
  sweep(): void;
}

/** The caches of the processes of one server, by name; they share `bytes` of disk evenly. Those of other names are removed. */
export function localCaches(stateDir: string, names: readonly string[], bytes: number): (name: string) => LocalCache {
  const root = join(stateDir, "cache");
  mkdirSync(root, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(root)) {
    if (!names.includes(name)) rmSync(join(root, name), { recursive: true, force: true });
  }
  return (name) => {
    const path = join(root, name);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return {
      bindings: { CACHE_BYTES: String(Math.floor(bytes / names.length)) },
      serviceBindings: { CACHE_FOLDER: { disk: { path, writable: true } } },
      sweep: () => sweep(path),
    };
  };
}

/** workerd writes to a file whose name begins with a dot, and renames it when it is whole; its own listings leave these out. */
function sweep(path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true, recursive: true })) {
    if (entry.isFile() && entry.name.startsWith(".")) rmSync(join(entry.parentPath, entry.name), { force: true });
  }
}

import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** The bounded cache of one process, in the form that its Worker gets; see `edge/local-cache.ts`. */
export interface LocalCache {
  bindings: { CACHE_BYTES: string };
  serviceBindings: { CACHE_FOLDER: { disk: { path: string; writable: true } } };
  /** Removes files that a killed process did not finish. To be called each time before a process starts. */
  sweep(): void;
}

/** The caches of a server's processes, by name; they share `bytes` of disk evenly. Those with other names are removed. */
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

/** workerd writes to a file whose name begins with a dot, and renames it when it is complete; its own listings omit these. */
function sweep(path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true, recursive: true })) {
    if (entry.isFile() && entry.name.startsWith(".")) rmSync(join(entry.parentPath, entry.name), { force: true });
  }
}

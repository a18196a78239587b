import { type CachedFile, CacheIndex } from "./cache-index.ts";
import type { Disk } from "./disk.ts";
import { FOLDERS, type NamedFile, parseName, pathOf } from "./file-name.ts";

/** What a start finds. */
export interface Opened {
  index: CacheIndex;
  /** Paths of files that the last process left behind, and of those that no longer fit. */
  left: string[];
}

/** Reads the index from the names in the cache's folder. */
export async function openIndex(disk: Disk, bound: number): Promise<Opened> {
  const left: string[] = [];
  const files: CachedFile[] = [];
  for (const folder of FOLDERS) {
    for (const name of await disk.list(folder)) {
      const named = parseName(name);
      const file = named && (await measured(disk, named));
      if (file === null) left.push(`${folder}/${name}`);
      else files.push(file);
    }
  }
  const index = new CacheIndex(bound);
  for (const file of files.sort((a, b) => a.sequence - b.sequence)) {
    const replaced = index.add(file);
    if (replaced !== null) left.push(pathOf(replaced));
  }
  left.push(...index.shrink().map(pathOf));
  return { index, left };
}

async function measured(disk: Disk, file: NamedFile): Promise<CachedFile | null> {
  if (file.bodyBytes !== null) return { ...file, bodyBytes: file.bodyBytes };
  const size = await disk.sizeOf(pathOf(file));
  return size === null ? null : { ...file, bodyBytes: size - file.headBytes };
}

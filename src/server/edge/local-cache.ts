import { keyOf } from "../../edge/cache/places.ts";
import { zoneIdOf } from "../../edge/request/target.ts";
import { onceFor } from "../../memo/once-for.ts";
import { DiskCache } from "./cache/disk-cache.ts";

/** Bindings of a local Worker that serves the edge; see `local-cache-options.ts`. */
export interface LocalCacheEnv {
  CACHE_FOLDER: Fetcher;
  /** Bytes of disk. */
  CACHE_BYTES: string;
}

/** The cache of this process. */
export const localCacheOf = onceFor(
  ({ CACHE_FOLDER, CACHE_BYTES }: LocalCacheEnv) =>
    new DiskCache(CACHE_FOLDER, Number(CACHE_BYTES), (url) => zoneIdOf(keyOf(url))),
);

import { keyOf } from "../../edge/cache/places.ts";
import { zoneIdOf } from "../../edge/request/target.ts";
import { DiskCache } from "./cache/disk-cache.ts";

/** Bindings of a local Worker that serves the edge; see `local-cache-options.ts`. */
export interface LocalCacheEnv {
  CACHE_FOLDER: Fetcher;
  /** Bytes of disk. */
  CACHE_BYTES: string;
}

const caches = new WeakMap<LocalCacheEnv, DiskCache>();

/** The cache of this process. */
export function localCacheOf(env: LocalCacheEnv): DiskCache {
  let cache = caches.get(env);
  if (cache === undefined) {
    cache = new DiskCache(env.CACHE_FOLDER, Number(env.CACHE_BYTES), (url) => zoneIdOf(keyOf(url)));
    caches.set(env, cache);
  }
  return cache;
}

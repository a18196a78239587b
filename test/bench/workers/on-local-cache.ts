/** Runs a Worker on the cache that `serve` has, in the place of Miniflare's: then both stand on the same disk. */
import worker from "counted-worker";
import { DiskCache } from "local-cache";

interface Env {
  CACHE_FOLDER: unknown;
  CACHE_BYTES: string;
}

let isPlaced = false;

export default {
  fetch(request: Request, env: Env, context: unknown): Response | Promise<Response> {
    if (!isPlaced) {
      const cache = new DiskCache(env.CACHE_FOLDER, Number(env.CACHE_BYTES), () => "");
      const value = { default: cache, open: async () => cache };
      Object.defineProperty(globalThis, "caches", { value, configurable: true });
      isPlaced = true;
    }
    return worker.fetch(request, env, context);
  },
};

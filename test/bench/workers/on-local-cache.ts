/** Runs a Worker on the cache of `serve` instead of Miniflare's, so that both use the same disk. */
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
      const cache = cacheApiOn(new DiskCache(env.CACHE_FOLDER, Number(env.CACHE_BYTES), () => ""));
      const value = { default: cache, open: async () => cache };
      Object.defineProperty(globalThis, "caches", { value, configurable: true });
      isPlaced = true;
    }
    return worker.fetch(request, env, context);
  },
};

/** The Cache API as far as the Workers use it: the headers of a response are stored beside its body. */
function cacheApiOn(cache: DiskCache): Pick<Cache, "match" | "put"> {
  const urlOf = (request: RequestInfo | URL) => (request instanceof Request ? request.url : String(request));
  return {
    async match(request) {
      const found = await cache.read(urlOf(request));
      if (found === null) return undefined;
      const headers = new Headers();
      for (const [name, value] of JSON.parse(found.entry ?? "[]") as [string, string][]) headers.append(name, value);
      return new Response(found.body, { headers });
    },

    put(request, response) {
      const entry = JSON.stringify([...response.headers]);
      return cache.write(urlOf(request), { entry, body: response.body, tags: null });
    },
  };
}

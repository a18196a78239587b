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

/**
 * The Cache API as far as the Workers use it: the headers of a response are stored beside its body. What was read last is
 * remembered, since parsing it would make every Worker on this cache slower than it is on Cloudflare.
 */
function cacheApiOn(cache: DiskCache): Pick<Cache, "match" | "put"> {
  let last = { entry: "", headers: new Headers() };
  const urlOf = (request: RequestInfo | URL) => (request instanceof Request ? request.url : String(request));
  return {
    async match(request) {
      const found = await cache.read(urlOf(request));
      if (found === null) return undefined;
      const entry = found.entry!;
      if (entry !== last.entry) {
        const { fields } = JSON.parse(entry) as { fields: [name: string, value: string][] };
        last = { entry, headers: new Headers(fields) };
      }
      return new Response(found.body, { headers: last.headers });
    },

    put(request, response) {
      const entry = JSON.stringify({ fields: [...response.headers] });
      return cache.write(urlOf(request), { entry, body: response.body, tags: null });
    },
  };
}

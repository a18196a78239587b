import type { Asset } from "../assets.ts";
import type { Contender, Setting } from "../contender.ts";
import { startWorker, workerSource } from "../worker-process.ts";

/** workerd with a constant answer: nothing on this runtime can be faster. */
export function constants(asset: Asset): readonly Contender[] {
  const bytes = constant("workerd, constant answer", "bytes");
  // For bytes, the runtime copies a megabyte for each answer, which stays until garbage collection; for a blob's stream, only
  // what the client does not take at once.
  return asset.size < 1_048_576 ? [bytes] : [constant("workerd, constant answer, streamed", "blob"), bytes];
}

function constant(name: string, form: "bytes" | "blob"): Contender {
  return {
    name,
    state: "constant",
    expected: {},
    start({ asset, folder, headers, process }) {
      const vars = { SIZE: asset.size, FORM: form, HEADERS: repeated(headers) };
      return startWorker({ script: workerSource("constant"), folder, vars }, process);
    },
  };
}

/** Our headers besides those about the body; workerd sets the length by the body. */
function repeated(headers: Setting["headers"]): Setting["headers"] {
  return headers.filter(([field]) => !/^(content-length|transfer-encoding)$/i.test(field));
}

/** What people would write by hand. */
export const plain = onLocalCache("plain Worker (Hono, KV, caches.default)", "plain", "hit", { "x-cache": "HIT" });

/** The same, asked for something that it does not have. */
export const plainMiss = onLocalCache("plain Worker, miss", "plain", "miss", { "x-cache": "MISS" });

/** It gets as many headers as our answers have, since sending each takes time. */
export const honoCache: Contender = {
  ...onLocalCache("Hono's cache middleware", "hono-cache", "hit"),
  hasOurHeaders: true,
};

/** The least that any answer from the cache costs, with as many headers as ours. */
export const bareMatch: Contender = {
  ...onLocalCache("Worker of one caches.default.match", "bare-match", "hit"),
  hasOurHeaders: true,
};

/** By default: on Miniflare's cache for Workers, which is slower than that of `serve`. */
export const honoOnMiniflare: Contender = {
  ...honoCache,
  name: `${honoCache.name}, Miniflare's cache`,
  start({ folder, origin, headers }) {
    const vars = { ORIGIN: origin.url, HEADERS: repeated(headers) };
    return startWorker({ script: workerSource("hono-cache"), folder, vars });
  },
};

/** A Worker on the cache that we use in `serve`. */
function onLocalCache(
  name: string,
  source: string,
  state: Contender["state"],
  expected: Contender["expected"] = {},
): Contender {
  return {
    name,
    state,
    expected,
    start({ folder, origin, headers }) {
      const zones = { "zone:bench": JSON.stringify({ origin: origin.url }) };
      const vars = { ORIGIN: origin.url, HEADERS: repeated(headers) };
      return startWorker({ script: workerSource(source), folder, vars, zones, localCache: true });
    },
  };
}

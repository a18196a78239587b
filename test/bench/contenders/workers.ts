import type { Asset } from "../assets.ts";
import type { Contender, Setting } from "../contender.ts";
import { startWorker, workerSource } from "../worker-process.ts";

/** workerd with a constant answer: nobody on this runtime can be faster. */
export function constants(asset: Asset): readonly Contender[] {
  const bytes = constant("workerd, constant answer", "bytes");
  // Of bytes the runtime copies a megabyte for each answer, which stays until garbage is collected; of a blob's stream only
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

/** What ours says beside a body; workerd sets the length by the body. */
function repeated(headers: Setting["headers"]): Setting["headers"] {
  return headers.filter(([field]) => !/^(content-length|transfer-encoding)$/i.test(field));
}

/** What one would write by hand. */
export const plain = onLocalCache("plain Worker (Hono, KV, caches.default)", "plain", "hit", { "x-cache": "HIT" });

/** The same, asked for what it does not have. */
export const plainMiss = onLocalCache("plain Worker, miss", "plain", "miss", { "x-cache": "MISS" });

/** It finds as many fields as ours answers with: each of them takes its time on the way out. */
export const honoCache = onLocalCache("Hono's cache middleware", "hono-cache", "hit");

/** What any answer out of the cache costs at least, with as many fields as ours. */
export const bareMatch = onLocalCache("Worker of one caches.default.match", "bare-match", "hit");

/** As it comes: on the cache that Miniflare has for Workers, which is slower than `serve`'s. */
export const honoOnMiniflare: Contender = {
  ...honoCache,
  name: `${honoCache.name}, Miniflare's cache`,
  start({ folder, origin, headers }) {
    const vars = { ORIGIN: origin.url, HEADERS: repeated(headers) };
    return startWorker({ script: workerSource("hono-cache"), folder, vars });
  },
};

/** A Worker on the cache that ours has under `serve`. */
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

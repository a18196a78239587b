import type { Asset } from "../assets.ts";
import type { Contender } from "../contender.ts";
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
      // workerd sets the length by the body.
      const repeated = headers.filter(([field]) => !/^(content-length|transfer-encoding)$/i.test(field));
      const vars = { SIZE: asset.size, FORM: form, HEADERS: repeated };
      return startWorker({ script: workerSource("constant"), folder, vars }, process);
    },
  };
}

/** What one would write by hand. */
export const plain: Contender = {
  name: "plain Worker (Hono, KV, caches.default)",
  state: "hit",
  expected: { "x-cache": "HIT" },
  start({ folder, origin }) {
    const zones = { "zone:bench": JSON.stringify({ origin: origin.url }) };
    return startWorker({ script: workerSource("plain"), folder, vars: {}, zones });
  },
};

/** The same, asked for what it does not have. */
export const plainMiss: Contender = {
  ...plain,
  name: "plain Worker, miss",
  state: "miss",
  expected: { "x-cache": "MISS" },
};

export const honoCache: Contender = {
  name: "Hono's cache middleware",
  state: "hit",
  expected: {},
  start({ folder, origin }) {
    return startWorker({ script: workerSource("hono-cache"), folder, vars: { ORIGIN: origin.url } });
  },
};

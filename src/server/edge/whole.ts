/** The Worker if one process is the whole server: the product, with a bounded cache. */
import { controlPlane } from "../../control-plane.ts";
import { createEntry } from "../../entry.ts";
import type { Env as ProductEnv } from "../../env.ts";
import { loadObjects } from "../../loaded-object.ts";
import { DRAIN } from "../../usage/drain.ts";
import product from "../../worker.ts";
import { compressingAnswers } from "./compressed-answers.ts";
import { freePurged } from "./free-purged.ts";
import { type LocalCacheEnv, localCacheOf } from "./local-cache.ts";

export * from "./objects.ts";

type Env = ProductEnv & LocalCacheEnv;

const entry = createEntry<Env>(compressingAnswers(controlPlane), localCacheOf, undefined, undefined, undefined, null);

export default {
  fetch: entry.fetch,

  async scheduled(event, env) {
    if (event.cron === DRAIN) return entry.drain();
    // At the start this also opens the cache and loads what is soon needed, before the first request.
    await Promise.all([
      loadObjects(),
      freePurged(env.DB, localCacheOf(env), event.scheduledTime),
      product.scheduled(event, env),
    ]);
  },
} satisfies ExportedHandler<Env>;

/** The Worker where one process is the whole server: the product, on a cache that is bounded. */
import { controlPlane } from "../../control-plane.ts";
import { createEntry } from "../../entry.ts";
import type { Env as ProductEnv } from "../../env.ts";
import { DRAIN } from "../../usage/drain.ts";
import product from "../../worker.ts";
import { freePurged } from "./free-purged.ts";
import { type LocalCacheEnv, localCacheOf } from "./local-cache.ts";

export * from "./objects.ts";

type Env = ProductEnv & LocalCacheEnv;

const entry = createEntry<Env>(controlPlane, localCacheOf, undefined, undefined, undefined, null);

export default {
  fetch: entry.fetch,

  async scheduled(event, env) {
    if (event.cron === DRAIN) return entry.drain();
    // At the start this also opens the cache, before anybody asks.
    await Promise.all([freePurged(env.DB, localCacheOf(env), event.scheduledTime), product.scheduled(event, env)]);
  },
} satisfies ExportedHandler<Env>;

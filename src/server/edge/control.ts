/** The Worker of the control process: the product, with everything that must be single, and the edge processes' upper tier. */
import { WorkerEntrypoint } from "cloudflare:workers";
import { controlPlane } from "../../control-plane.ts";
import { answerQuestion } from "../../edge/fill/answer-question.ts";
import type { LocationNotes } from "../../edge/origin/origin-health.ts";
import { questionIn } from "../../edge/tier/question.ts";
import { createEntry } from "../../entry.ts";
import type { Env as ProductEnv } from "../../env.ts";
import { loadObjects } from "../../loaded-object.ts";
import { onceFor } from "../../memo/once-for.ts";
import { settingsOf } from "../../settings.ts";
import { drainShield, NOT_A_QUESTION, shieldOf } from "../../shield.ts";
import { DRAIN } from "../../usage/drain.ts";
import type { Inspector } from "../../why/report.ts";
import product from "../../worker.ts";
import { compressingAnswers } from "./compressed-answers.ts";
import { freePurged } from "./free-purged.ts";
import { type EdgeBindings, remoteInspector } from "./inspection.ts";
import { type LocalCacheEnv, localCacheOf } from "./local-cache.ts";
import { TierCache } from "./tier-cache.ts";

export * from "./objects.ts";

/** `ORIGIN_NOTES` is shared with the edge processes. */
type Env = ProductEnv & LocalCacheEnv & EdgeBindings & { ORIGIN_NOTES: LocationNotes };

const tierCacheOf = onceFor((env: Env) => new TierCache(localCacheOf(env), settingsOf(env)));

/** The edge processes ask origins through this, so that all of them together ask once. */
export class UpperTier extends WorkerEntrypoint<Env> {
  override async fetch(request: Request): Promise<Response> {
    const question = questionIn(request);
    if (question === null) return NOT_A_QUESTION();
    const waitUntil = (work: Promise<unknown>) => this.ctx.waitUntil(work);
    const ask = () => answerQuestion(question, shieldOf(this.env, request, this.env.ORIGIN_NOTES).answering, waitUntil);
    const key = new URL(request.url).pathname.slice(1);
    return tierCacheOf(this.env).answer(key, question.zone.id, ask, waitUntil);
  }
}

let inspector: Inspector | null = null;

// The caches that API calls ask about are those of the edge processes.
const entry = createEntry<Env>(
  compressingAnswers((surface, url, request, env, ctx) => {
    inspector ??= remoteInspector(env);
    return controlPlane(surface, url, request, env, ctx, inspector);
  }),
);

export default {
  fetch: entry.fetch,

  async scheduled(event, env) {
    if (event.cron === DRAIN) {
      await Promise.all([drainShield(env), product.scheduled(event, env)]);
      return;
    }
    // At the start this also opens the cache and loads what is soon needed, before the first request.
    await Promise.all([
      loadObjects(),
      freePurged(env.DB, localCacheOf(env), event.scheduledTime),
      product.scheduled(event, env),
    ]);
  },
} satisfies ExportedHandler<Env>;

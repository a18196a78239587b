import type { MiddlewareHandler } from "hono";
import { PLANS } from "../../accounts/plans.ts";
import type { RestEnv } from "../../rest/context.ts";
import { pokeWebhooks } from "../webhooks/tend-webhooks.ts";

/**
 * Starts the delivery of webhooks after any call that may have changed something, whatever its answer: everything committed is
 * in the outbox. No call waits for it.
 */
export const pokeAfterChanges: MiddlewareHandler<RestEnv> = async (c, next) => {
  await next();
  const { account, plan } = c.var.caller;
  if (c.req.method === "GET" || c.req.method === "HEAD" || PLANS[plan].resolvedb.webhooks === 0) return;
  c.executionCtx.waitUntil(pokeWebhooks(c.env.DB, c.env.WEBHOOK_DISPATCHER, account, c.var.now));
};

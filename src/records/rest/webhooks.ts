import type { OpenAPIHono } from "@hono/zod-openapi";
import { PLANS } from "../../accounts/plans.ts";
import { BOUNDS, rowsOf } from "../../db/bounds.ts";
import { newId } from "../../db/new-id.ts";
import { checkEndpoint } from "../../origin-guard/origin-guard.ts";
import { originPolicy } from "../../origin-guard/origin-policy.ts";
import { actorOf } from "../../rest/actor-of.ts";
import type { RestContext, RestEnv } from "../../rest/context.ts";
import { settingsOf } from "../../settings.ts";
import { newSecret } from "../../signed-delivery/secret.ts";
import {
  type DeliveryRow,
  findDelivery,
  insertTestEvent,
  listDeliveries,
  retryDelivery,
} from "../webhooks/delivery-rows.ts";
import { EVENT_NAMES, EVENTS } from "../webhooks/events.ts";
import { keptSecret } from "../webhooks/kept-secret.ts";
import {
  deleteWebhook,
  findWebhook,
  insertWebhook,
  listWebhooks,
  rotateSecret,
  updateWebhook,
  type WebhookChange,
  type WebhookRow,
} from "../webhooks/webhook-rows.ts";
import { invalidField, RestProblem } from "./errors.ts";
import { metaOf, pageOf } from "./fields.ts";
import {
  changeWebhookRoute,
  createWebhookRoute,
  listDeliveriesRoute,
  listEventsRoute,
  listWebhooksRoute,
  readWebhookRoute,
  removeWebhookRoute,
  retryDeliveryRoute,
  rotateSecretRoute,
  testWebhookRoute,
} from "./webhook-routes.ts";
import { deliveryJson, webhookJson } from "./webhook-schema.ts";

/** How long a rotated secret goes on signing: enough time to give the new one to every receiver. */
const ROTATION_MS = 24 * 3_600_000;

/** Adds `/api/v1/webhooks` to the API. Deliveries that its calls make due are started by `pokeAfterChanges`. */
export function addWebhooks(app: OpenAPIHono<RestEnv>): void {
  app.openapi(listEventsRoute, (c) =>
    c.json({ events: EVENT_NAMES.map((name) => ({ name, description: EVENTS[name] })) }, 200),
  );

  app.openapi(listWebhooksRoute, async (c) => {
    const query = c.req.valid("query");
    const { webhooks, total } = await listWebhooks(c.env.DB, c.var.caller.account, pageOf(query));
    return c.json({ webhooks: webhooks.map((row) => shown(c, row)), meta: metaOf(query, total) }, 200);
  });

  app.openapi(createWebhookRoute, async (c) => {
    const { url, events = EVENT_NAMES, enabled } = c.req.valid("json").webhook;
    const { plan } = c.var.caller;
    const { webhooks: limit } = PLANS[plan].resolvedb;
    if (limit === 0) throw quotaExceeded(`The plan ${plan} has no webhooks: ask for a larger plan`);
    const deleted = rowsOf(BOUNDS.webhooks.over.rows, plan)!;
    const secret = newSecret();
    const id = newId("hook");
    const webhook = { id, url: checkedUrl(c, url), events, enabled, secret: kept(c, secret, id) };
    const row = await insertWebhook(c.env.DB, actorOf(c), webhook, { webhooks: limit, deleted }, c.var.now);
    if (row === null) {
      const { total } = await listWebhooks(c.env.DB, c.var.caller.account, { limit: 1, offset: 0 });
      throw quotaExceeded(
        total >= limit
          ? `The account has ${limit} webhooks, as many as its plan allows`
          : `The account has deleted ${deleted} webhooks within ${BOUNDS.webhooks.over.days} days, as many as its plan allows`,
      );
    }
    const location = `/api/v1/webhooks/${row.id}`;
    return c.json({ webhook: { ...shown(c, row), secret } }, 201, { location });
  });

  app.openapi(readWebhookRoute, async (c) =>
    c.json({ webhook: shown(c, await webhookOf(c, c.req.valid("param").id)) }, 200),
  );

  app.openapi(changeWebhookRoute, async (c) => {
    const { url, ...change } = c.req.valid("json").webhook;
    const before = await webhookOf(c, c.req.valid("param").id);
    const checked = url === undefined ? undefined : checkedUrl(c, url);
    const wanted = { ...change, url: checked };
    if (isSameWebhook(before, wanted)) return c.json({ webhook: shown(c, before) }, 200);
    const row = await updateWebhook(c.env.DB, actorOf(c), before, wanted, c.var.now);
    return c.json({ webhook: shown(c, row ?? notFound()) }, 200);
  });

  app.openapi(removeWebhookRoute, async (c) => {
    const webhook = await webhookOf(c, c.req.valid("param").id);
    if (!(await deleteWebhook(c.env.DB, actorOf(c), webhook, c.var.now))) notFound();
    return c.body(null, 204);
  });

  app.openapi(rotateSecretRoute, async (c) => {
    const { now } = c.var;
    const secret = newSecret();
    const { id } = c.req.valid("param");
    const row = await rotateSecret(c.env.DB, actorOf(c), id, kept(c, secret, id), now + ROTATION_MS, now);
    return c.json({ webhook: { ...shown(c, row ?? notFound()), secret } }, 200);
  });

  app.openapi(testWebhookRoute, async (c) => {
    const { id } = await enabledWebhookOf(c, c.req.valid("param").id);
    const event = await insertTestEvent(c.env.DB, c.var.caller.account, id, c.var.now);
    return c.json({ delivery: deliveryJson(await deliveryOf(c, id, event)) }, 202);
  });

  app.openapi(listDeliveriesRoute, async (c) => {
    const query = c.req.valid("query");
    const { id } = await webhookOf(c, c.req.valid("param").id);
    const { deliveries, total } = await listDeliveries(c.env.DB, id, pageOf(query));
    return c.json({ deliveries: deliveries.map(deliveryJson), meta: metaOf(query, total) }, 200);
  });

  app.openapi(retryDeliveryRoute, async (c) => {
    const { id, delivery } = c.req.valid("param");
    await enabledWebhookOf(c, id);
    await deliveryOf(c, id, delivery);
    if (!(await retryDelivery(c.env.DB, id, delivery, c.var.now)))
      throw new RestProblem("invalid_parameters", { sentence: "This has been delivered: there is nothing to retry" });
    return c.json({ delivery: deliveryJson(await deliveryOf(c, id, delivery)) }, 202);
  });
}

function shown(c: RestContext, row: WebhookRow) {
  return webhookJson(row, c.var.caller.scopes);
}

/** Whether a change leaves a webhook as it is. A webhook that was disabled automatically can still be disabled by its owner. */
function isSameWebhook(before: WebhookRow, { url, events, enabled }: WebhookChange): boolean {
  return (
    (url ?? before.url) === before.url &&
    (enabled === undefined || (enabled === before.enabled && before.disabledReason === null)) &&
    JSON.stringify(events ?? before.events) === JSON.stringify(before.events)
  );
}

/** The URL in the form that will be requested, or a 422 that says why it cannot be. */
function checkedUrl(c: RestContext, url: string): string {
  const verdict = checkEndpoint(url, originPolicy(settingsOf(c.env)));
  if (!verdict.ok) throw invalidField("webhook.url", verdict.reason);
  return verdict.url;
}

/** The caller's webhook with an id; a missing one and somebody else's give the same 404. */
async function webhookOf(c: RestContext, id: string): Promise<WebhookRow> {
  return (await findWebhook(c.env.DB, c.var.caller.account, id)) ?? notFound();
}

async function enabledWebhookOf(c: RestContext, id: string): Promise<WebhookRow> {
  const webhook = await webhookOf(c, id);
  if (!webhook.enabled)
    throw new RestProblem("invalid_parameters", { sentence: "The webhook is disabled: enable it first" });
  return webhook;
}

/** A delivery of one of the caller's webhooks. */
async function deliveryOf(c: RestContext, webhook: string, event: string): Promise<DeliveryRow> {
  return (await findDelivery(c.env.DB, webhook, event)) ?? notFound();
}

function notFound(): never {
  throw new RestProblem("not_found");
}

function quotaExceeded(sentence: string): RestProblem {
  return new RestProblem("quota_exceeded", { sentence });
}

function kept(c: RestContext, secret: string, webhook: string): string {
  return keptSecret(secret, webhook, settingsOf(c.env).keyring);
}

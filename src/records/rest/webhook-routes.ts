import { z } from "@hono/zod-openapi";
import { jsonContent, requiredJson } from "../../rest/json-content.ts";
import { metaSchema, pageQuery } from "./fields.ts";
import { route } from "./route.ts";
import {
  changedWebhookBody,
  deliverySchema,
  eventName,
  newWebhookBody,
  webhookSchema,
  webhookWithSecretSchema,
} from "./webhook-schema.ts";

const DELIVERY = `Each event is a POST of the JSON \`{type, timestamp, data}\`: \`data\` is the record or the namespace after the
change, as this API shows it; a deleted record comes without its \`data\`. The request carries the headers of Standard
Webhooks (\`webhook-id\`, \`webhook-timestamp\`, \`webhook-signature\`, by HMAC-SHA256) and \`X-ResolveDB-Event\`.

A 2xx within 15 seconds acknowledges the event. After anything else, including redirects, it is sent again: after 5 seconds,
5 and 30 minutes, 2, 5, 10, 14, 20 and 24 hours; then it is given up. An event arrives at least once: repetitions have the
same \`webhook-id\`. Events are sent in order, but one that failed arrives after later ones.

A webhook is disabled when it answers 410, when nothing could be delivered for 5 days, and when more than 10000 deliveries
wait. What is waiting then is sent once it is enabled again; until then, no new events are recorded for it.`;

const id = z.string().openapi({ description: "The webhook's id.", example: "hook_abc123" });
const params = z.object({ id });
const deliveryParams = z.object({
  id,
  delivery: z.string().openapi({ description: "The delivery's id.", example: "evt_abc123" }),
});
const tags = ["Webhooks"];
const webhook = jsonContent(z.object({ webhook: webhookSchema }).openapi("WebhookAnswer"));
const webhookWithSecret = jsonContent(
  z.object({ webhook: webhookWithSecretSchema }).openapi("WebhookWithSecretAnswer"),
);
const delivery = jsonContent(z.object({ delivery: deliverySchema }).openapi("DeliveryAnswer"));

export const listEventsRoute = route({
  method: "get",
  path: "/api/v1/webhooks/events",
  operationId: "listWebhookEvents",
  summary: "List the events of webhooks",
  description: "By name, each with what it reports.",
  tags,
  scope: "read",
  responses: {
    200: {
      description: "Every event that a webhook can ask for",
      ...jsonContent(
        z
          .object({
            events: z.array(
              z
                .object({
                  name: eventName.openapi({ example: "record.upserted" }),
                  description: z.string().openapi({ example: "A record was created or changed." }),
                })
                .openapi("WebhookEvent"),
            ),
          })
          .openapi("WebhookEventList"),
      ),
    },
  },
});

export const listWebhooksRoute = route({
  method: "get",
  path: "/api/v1/webhooks",
  operationId: "listWebhooks",
  summary: "List webhooks",
  description: "Without their secrets, which are shown only once.",
  tags,
  scope: "read",
  request: { query: z.object(pageQuery) },
  responses: {
    200: {
      description: "Webhooks with their last result, oldest first",
      ...jsonContent(z.object({ webhooks: z.array(webhookSchema), meta: metaSchema }).openapi("WebhookList")),
    },
  },
});

export const createWebhookRoute = route({
  method: "post",
  path: "/api/v1/webhooks",
  operationId: "createWebhook",
  summary: "Create a webhook",
  description: `${DELIVERY}

The Free plan has no webhooks; other plans have a limited number: beyond it the answer is a 403 \`quota_exceeded\`.`,
  tags,
  scope: "write",
  request: { body: requiredJson(newWebhookBody) },
  responses: {
    201: { description: "Created. The secret is shown only this once", ...webhookWithSecret },
  },
});

export const readWebhookRoute = route({
  method: "get",
  path: "/api/v1/webhooks/{id}",
  operationId: "readWebhook",
  summary: "Get a webhook",
  description: "Whether it works is in `last_result`, `failing_since` and `disabled_reason`.",
  tags,
  scope: "read",
  request: { params },
  responses: {
    200: { description: "The webhook with its last result", ...webhook },
  },
});

export const changeWebhookRoute = route({
  method: "patch",
  path: "/api/v1/webhooks/{id}",
  operationId: "changeWebhook",
  summary: "Change a webhook",
  description:
    "Only the fields that you give change. A webhook that is enabled again goes on with what is waiting for it.",
  tags,
  scope: "write",
  request: { params, body: requiredJson(changedWebhookBody) },
  responses: {
    200: { description: "The webhook as changed", ...webhook },
  },
});

export const removeWebhookRoute = route({
  method: "delete",
  path: "/api/v1/webhooks/{id}",
  operationId: "removeWebhook",
  summary: "Delete a webhook",
  description: "Nothing more is sent to it, not even what is waiting.",
  tags,
  scope: "write",
  request: { params },
  responses: { 204: { description: "Deleted" } },
});

export const rotateSecretRoute = route({
  method: "post",
  path: "/api/v1/webhooks/{id}/rotate_secret",
  operationId: "rotateWebhookSecret",
  summary: "Give a webhook a new secret",
  description: "For 24 hours, each request is also signed with the old secret. An even older one no longer signs.",
  tags,
  scope: "write",
  request: { params },
  responses: {
    200: { description: "Rotated. The secret is shown only this once", ...webhookWithSecret },
  },
});

export const testWebhookRoute = route({
  method: "post",
  path: "/api/v1/webhooks/{id}/test",
  operationId: "testWebhook",
  summary: "Send a test event",
  description: "Its type is `webhook.test`; it is delivered like any other event. The webhook must be enabled.",
  tags,
  scope: "write",
  request: { params },
  responses: {
    202: { description: "On its way", ...delivery },
  },
});

export const listDeliveriesRoute = route({
  method: "get",
  path: "/api/v1/webhooks/{id}/deliveries",
  operationId: "listDeliveries",
  summary: "List a webhook's deliveries of the last 30 days",
  description: "What is pending, what was delivered, and what was given up, each with its last attempt.",
  tags,
  scope: "read",
  request: { params, query: z.object(pageQuery) },
  responses: {
    200: {
      description: "Deliveries, newest first",
      ...jsonContent(z.object({ deliveries: z.array(deliverySchema), meta: metaSchema }).openapi("DeliveryList")),
    },
  },
});

export const retryDeliveryRoute = route({
  method: "post",
  path: "/api/v1/webhooks/{id}/deliveries/{delivery}/retry",
  operationId: "retryDelivery",
  summary: "Attempt a delivery now",
  description: "Works for a delivery that was given up, but not for one that succeeded. The webhook must be enabled.",
  tags,
  scope: "write",
  request: { params: deliveryParams },
  responses: {
    202: { description: "On its way", ...delivery },
  },
});

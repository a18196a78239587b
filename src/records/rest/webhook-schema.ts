import { z } from "@hono/zod-openapi";
import type { Scope } from "../../accounts/scopes.ts";
import { isoSeconds } from "../../db/iso-seconds.ts";
import { knownNames } from "../../rest/known-names.ts";
import type { DeliveryRow } from "../webhooks/delivery-rows.ts";
import { EVENT_NAMES } from "../webhooks/events.ts";
import type { WebhookRow } from "../webhooks/webhook-rows.ts";

const url = z
  .string()
  .describe("https and a public host, with a path and a query if you need them, but without credentials or a fragment.")
  .openapi({ example: "https://example.com/hooks/resolvedb" });
export const eventName = z.enum(EVENT_NAMES, { error: () => `must be one of ${EVENT_NAMES.join(", ")}` });
const events = z
  .array(eventName, { error: "must be a list of events" })
  .min(1, "must not be empty")
  .transform((list) => [...new Set(list)])
  .openapi({ example: ["record.upserted", "record.deleted"] });
const enabled = z.boolean({ error: "must be true or false" });

export const newWebhookBody = knownNames({
  webhook: knownNames({
    url,
    events: events.optional().describe("Left out: all events that exist today."),
    enabled: enabled.default(true),
  }).openapi("NewWebhook"),
}).openapi("NewWebhookBody");

export const changedWebhookBody = knownNames({
  webhook: knownNames({ url: url.optional(), events: events.optional(), enabled: enabled.optional() }).openapi(
    "WebhookChange",
    { example: { enabled: false } },
  ),
}).openapi("WebhookChangeBody");

const time = z.iso.datetime().nullable();
const result = {
  response_status: z.int().nullable().describe("Null if there was no answer."),
  reason: z.string().nullable().describe("Why the last attempt failed; null if it did not."),
};

const shown = {
  id: z.string().openapi({ example: "hook_abc123" }),
  url: z
    .string()
    .openapi({ example: "https://example.com/hooks/resolvedb" })
    .describe("Its path and query may be credentials: a key without the scope write sees `[redacted]` instead."),
  events: z.array(eventName).openapi({ example: ["record.upserted"] }),
  enabled,
  disabled_reason: z
    .enum(["gone", "failing", "backlog"])
    .nullable()
    .describe(
      "Why it was disabled, if not by its owner: it answered 410, nothing could be delivered for 5 days, or more " +
        "than 10000 deliveries waited.",
    ),
  failing_since: time.describe("The first failure after the last success."),
  last_result: z
    .object({ at: z.iso.datetime(), delivery_id: z.string(), event: z.string(), delivered: z.boolean(), ...result })
    .openapi("LastResult")
    .nullable()
    .describe("The result of the last attempt; null: there was none."),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
};
export const webhookSchema = z.object(shown).openapi("Webhook");
export const webhookWithSecretSchema = z
  .object({ ...shown, secret: z.string().openapi({ example: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" }) })
  .openapi("WebhookWithSecret");

export const deliverySchema = z
  .object({
    id: z
      .string()
      .openapi({ example: "evt_abc123" })
      .describe("The `webhook-id` of the request, the same in all attempts."),
    event: z.string().openapi({ example: "record.upserted" }),
    status: z.enum(["pending", "delivered", "failed"]).describe("failed: given up."),
    attempts: z.int().openapi({ example: 1 }),
    ...result,
    last_attempt_at: time,
    next_attempt_at: time.describe("Null unless pending."),
    created_at: z.iso.datetime(),
  })
  .openapi("Delivery");

/** A webhook as the API shows it. @param scopes the caller's */
export function webhookJson(row: WebhookRow, scopes: readonly Scope[]): z.input<typeof webhookSchema> {
  const { lastResult: last } = row;
  return {
    id: row.id,
    url: scopes.includes("write") ? row.url : `${new URL(row.url).origin}/[redacted]`,
    events: row.events,
    enabled: row.enabled,
    disabled_reason: row.disabledReason,
    failing_since: isoOrNull(row.failingSince),
    last_result: last && {
      at: isoSeconds(last.at),
      delivery_id: last.event,
      event: last.type,
      delivered: last.delivered,
      response_status: last.status,
      reason: last.reason,
    },
    created_at: isoSeconds(row.createdAt),
    updated_at: isoSeconds(row.updatedAt),
  };
}

/** A delivery as the API shows it. */
export function deliveryJson(row: DeliveryRow): z.input<typeof deliverySchema> {
  return {
    id: row.event,
    event: row.type,
    status: row.state,
    attempts: row.attempts,
    response_status: row.responseStatus,
    reason: row.reason,
    last_attempt_at: isoOrNull(row.lastAttemptAt),
    next_attempt_at: isoOrNull(row.nextAttemptAt),
    created_at: isoSeconds(row.createdAt),
  };
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : isoSeconds(ms);
}

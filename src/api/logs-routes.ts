import { z } from "@hono/zod-openapi";
import { jsonContent, requiredJson } from "../rest/json-content.ts";
import { knownNames, refusedNames } from "../rest/known-names.ts";
import { route } from "./route.ts";

const params = z.object({ id: z.string().openapi({ description: "The zone's id or name.", example: "zone_abc123" }) });
const time = z.iso.datetime().openapi({ example: "2026-01-14T10:00:00Z" });

const state = z
  .object({
    state: z
      .enum(["off", "no-secret", "waiting", "delivering", "failing"])
      .openapi({ example: "delivering" })
      .describe("`waiting`: nothing has been delivered yet, and nothing has failed."),
    target: z
      .string()
      .nullable()
      .openapi({ example: "https://logs.example.com" })
      .describe("The server, and a bucket's name; the rest is in the zone's settings."),
    secret_since: time.nullable().describe("When the secret was given; null: there is none, and nothing is delivered."),
    delivered: z
      .object({ lines: z.int().openapi({ example: 120_000 }), batches: z.int().openapi({ example: 24 }) })
      .openapi("DeliveredLogs")
      .describe("What the receiver has acknowledged since delivery was set up."),
    waiting: z
      .object({
        lines: z.int(),
        batches: z.int(),
        bytes: z.int().describe("As they are stored here, mostly compressed."),
      })
      .openapi("WaitingLogs"),
    lost: z
      .int()
      .describe(
        "Lines that were dropped, the oldest first, since the receiver accepted too few, or none, for too long.",
      ),
    failures: z.int().describe("Attempts that have failed since the last success."),
    failing_since: time.nullable(),
    last_delivery: z
      .object({
        at: time,
        batch: z.string().openapi({ example: "logs_abc123" }),
        lines: z.int().openapi({ example: 5_000 }),
      })
      .openapi("LastLogDelivery")
      .nullable(),
    last_failure: z
      .object({
        at: time,
        status: z.int().nullable().openapi({ example: 503 }).describe("Null: there was no answer."),
        reason: z.string().openapi({ example: "Answered 503" }),
      })
      .openapi("LastLogFailure")
      .nullable(),
  })
  .openapi("LogDelivery");

export const readLogsRoute = route({
  method: "get",
  path: "/v1/zones/{id}/logs",
  operationId: "readLogDelivery",
  summary: "Read how the delivery of a zone's logs is going",
  description:
    "The zone's setting `logs` says what is delivered, and where. A batch waits for a day at most, and at most 64 MB of them wait. A receiver that fails is tried again after a second, then after twice as long each time, up to a minute.",
  tags: ["Tail and logs"],
  scope: "zones:read",
  request: { params },
  responses: { 200: { description: "The state", ...jsonContent(state) } },
});

export const logSecretRoute = route({
  method: "post",
  path: "/v1/zones/{id}/logs/secret",
  operationId: "setLogSecret",
  summary: "Set the secret for delivering a zone's logs",
  description:
    "For an HTTPS endpoint: what batches are signed with (`webhook-signature`, Standard Webhooks); if you send none, one is created. For a bucket: the secret access key. It replaces the previous one at once, and is shown only if it was created here. What waits is tried again.",
  tags: ["Tail and logs"],
  scope: "zones:write",
  request: {
    params,
    body: requiredJson(
      knownNames(
        {
          secret: z
            .string()
            .min(8)
            .max(256)
            .regex(/^[\x21-\x7e]+$/, "must be visible ASCII without spaces")
            .optional()
            .describe("For an endpoint `whsec_…` in Base64; for a bucket it is required."),
        },
        refusedNames("is given by the server", "secret_since"),
      ).openapi("LogSecretOrder", { example: {} }),
    ),
  },
  responses: {
    200: {
      description: "It is in use",
      ...jsonContent(
        z
          .object({
            secret_since: time,
            secret: z
              .string()
              .optional()
              .openapi({ example: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" })
              .describe("If it was created here; shown only this once."),
          })
          .openapi("LogSecret"),
      ),
    },
  },
  errors: [409, 503],
});

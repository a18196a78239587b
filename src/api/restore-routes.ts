import { z } from "@hono/zod-openapi";
import { jsonContent, requiredJson } from "../rest/json-content.ts";
import { operatorRoute } from "./operator-route.ts";

const restored = z
  .object({
    name: z.string().openapi({ example: "my-assets" }),
    became: z
      .enum(["changed", "back", "gone"])
      .describe("`back`: it is served again. `gone`: it is not served any more."),
    fields: z
      .array(z.string())
      .openapi({ example: ["origin"] })
      .describe("What has changed about it."),
  })
  .openapi("RestoredName");

const step = z
  .object({
    kind: z.enum(["accounts", "zones", "hosts", "namespaces", "records"]).describe("What this call was about."),
    published: z.int().openapi({ example: 100 }).describe("How many were published again."),
    changes: z.array(restored).describe("Where the edge had something other than the database."),
    cursor: z.string().nullable().openapi({ example: null }).describe("Null: all is done."),
  })
  .openapi("RestoreStep");

const order = z
  .strictObject({
    cursor: z
      .string()
      .max(4_096)
      .nullable()
      .default(null)
      .openapi({ example: null })
      .describe("Where to continue: the cursor of the last answer. Null: from the beginning."),
  })
  .openapi("RestoreOrder");

export const restoreRoute = operatorRoute({
  method: "post",
  path: "/admin/restore",
  operationId: "restore",
  summary: "Publish everything again after the database was restored (operator only)",
  description:
    "Call this right after the database was restored to an earlier time: first without a cursor, and then with the cursor of " +
    "each answer until it is null. Every account, zone, namespace and record is published under a version higher than any " +
    "before, each zone is purged as a whole, and what only the edge still has is removed. Calls may be repeated, and you " +
    "may start again from the beginning. `npm run restore -- --remote` does all this.",
  request: {
    body: requiredJson(order),
  },
  responses: {
    200: {
      description: "What was done; if there is a cursor, there is more to do",
      ...jsonContent(step),
    },
  },
  errors: [409, 503],
});

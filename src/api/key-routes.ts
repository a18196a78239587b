import { createRoute, z } from "@hono/zod-openapi";
import { idempotencyHeaders } from "../rest/idempotent.ts";
import { jsonContent, requiredJson } from "../rest/json-content.ts";
import { documentedErrors } from "./documented-errors.ts";
import { limitBody, refuseOtherBodies, requireScope } from "./guards.ts";
import { idempotent } from "./idempotent.ts";
import { keySchema, newKeySchema, scope } from "./key-json.ts";
import { nextCursor, pageQuery } from "./pages.ts";

const params = z.object({ id: z.string().openapi({ description: "The key's id.", example: "key_abc123" }) });
const security = [{ key: ["keys:write"] }];
const created = (description: string) => ({
  description,
  headers: z.object({ location: z.string().describe("The new key's path.") }),
  ...jsonContent(newKeySchema),
});

export const listKeysRoute = createRoute({
  method: "get",
  path: "/v1/keys",
  operationId: "listKeys",
  summary: "List the keys that can do no more than the one that asks",
  tags: ["Keys"],
  security,
  middleware: requireScope("keys:write"),
  request: { query: z.object(pageQuery) },
  responses: {
    200: {
      description: "Keys, oldest first",
      ...jsonContent(z.object({ keys: z.array(keySchema), next_cursor: nextCursor })),
    },
    ...documentedErrors(401, 403, 422, 429, 500),
  },
});

export const createKeyRoute = createRoute({
  method: "post",
  path: "/v1/keys",
  operationId: "createKey",
  summary: "Create a key; what is left out is as with the key that asks",
  tags: ["Keys"],
  security,
  middleware: [requireScope("keys:write"), limitBody, idempotent],
  request: {
    headers: idempotencyHeaders,
    body: requiredJson(
      z.strictObject({
        name: z.string().trim().min(1).max(200),
        scopes: z.array(scope).min(1).max(20).optional().describe("Scopes that the asking key has itself."),
        zones: z
          .array(z.string().min(1).max(64))
          .min(1)
          .max(100)
          .nullable()
          .optional()
          .describe("Ids or names of the zones that the key is restricted to; null: all."),
        expires: z.iso.datetime({ offset: true }).nullable().optional().describe("Null: never."),
      }),
    ),
  },
  responses: {
    201: created("Created. The token is shown this once"),
    ...documentedErrors(400, 401, 403, 409, 413, 415, 422, 429, 500),
  },
});

export const readKeyRoute = createRoute({
  method: "get",
  path: "/v1/keys/{id}",
  operationId: "readKey",
  summary: "Read a key",
  tags: ["Keys"],
  security,
  middleware: requireScope("keys:write"),
  request: { params },
  responses: {
    200: { description: "The key", ...jsonContent(keySchema) },
    ...documentedErrors(401, 403, 404, 429, 500),
  },
});

export const revokeKeyRoute = createRoute({
  method: "delete",
  path: "/v1/keys/{id}",
  operationId: "revokeKey",
  summary: "Revoke a key",
  tags: ["Keys"],
  security,
  middleware: requireScope("keys:write"),
  request: { params },
  responses: {
    204: { description: "Revoked: the next request with it is refused" },
    ...documentedErrors(401, 403, 404, 429, 500),
  },
});

export const rotateKeyRoute = createRoute({
  method: "post",
  path: "/v1/keys/{id}/rotate",
  operationId: "rotateKey",
  summary: "Replace a key by a new one with the same name and powers",
  tags: ["Keys"],
  security,
  middleware: [requireScope("keys:write"), limitBody, refuseOtherBodies, idempotent],
  request: {
    headers: idempotencyHeaders,
    params,
    body: {
      required: false,
      ...jsonContent(
        z.strictObject({
          grace_seconds: z
            .int()
            .min(0)
            .max(604_800)
            .default(0)
            .describe("How long the old key still works. As long as it does, it counts among the plan's keys."),
        }),
      ),
    },
  },
  responses: {
    201: created("The new key. The token is shown this once"),
    ...documentedErrors(400, 401, 403, 404, 409, 413, 415, 422, 429, 500),
  },
});

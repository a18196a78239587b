import { z } from "@hono/zod-openapi";
import { jsonContent, requiredJson } from "../rest/json-content.ts";
import { knownNames, refusedNames } from "../rest/known-names.ts";
import { refuseOtherBodies } from "./guards.ts";
import { keySchema, newKeySchema, scope } from "./key-json.ts";
import { nextCursor, pageQuery } from "./pages.ts";
import { route } from "./route.ts";

const params = z.object({ id: z.string().openapi({ description: "The key's id.", example: "key_abc123" }) });
const name = z.string().trim().min(1).max(200).openapi({ example: "CI" });
const GIVEN = refusedNames("is given by the server", "id", "prefix", "created", "last_used", "revoked", "token");
const created = (description: string) => ({
  description,
  headers: z.object({ Location: z.string().describe("The new key's path.") }),
  ...jsonContent(newKeySchema),
});

export const listKeysRoute = route({
  method: "get",
  path: "/v1/keys",
  operationId: "listKeys",
  summary: "List the keys that can do no more than the calling key",
  description: "Those of its mode, oldest first. Tokens are not shown again.",
  tags: ["Keys"],
  scope: "keys:write",
  request: { query: z.object(pageQuery) },
  responses: {
    200: {
      description: "Keys, oldest first",
      ...jsonContent(z.object({ keys: z.array(keySchema), next_cursor: nextCursor }).openapi("KeyList")),
    },
  },
});

export const createKeyRoute = route({
  method: "post",
  path: "/v1/keys",
  operationId: "createKey",
  summary: "Create a key",
  description: "Scopes, zones and expiry that you leave out are those of the calling key.",
  tags: ["Keys"],
  scope: "keys:write",
  request: {
    body: requiredJson(
      knownNames(
        {
          name,
          scopes: z
            .array(scope)
            .min(1)
            .max(20)
            .optional()
            .describe("Scopes that the calling key has itself. Default: all of them."),
          zones: z
            .array(z.string().min(1).max(64))
            .min(1)
            .max(100)
            .nullable()
            .optional()
            .describe(
              "Ids or names of the zones that the key is restricted to; null: all. Default: as for the calling key.",
            ),
          expires: z.iso
            .datetime({ offset: true })
            .nullable()
            .optional()
            .describe("Null: never. Default: when the calling key expires, if it does."),
        },
        { ...GIVEN, mode: "follows from the calling key: live keys create live keys, test keys create test keys" },
      ).openapi("NewKey", {
        example: { name: "CI", scopes: ["purge"], zones: ["my-assets"], expires: "2030-01-01T00:00:00Z" },
      }),
    ),
  },
  responses: {
    201: created("Created. The token is shown only this once"),
  },
});

export const readKeyRoute = route({
  method: "get",
  path: "/v1/keys/{id}",
  operationId: "readKey",
  summary: "Read a key",
  description: "Without its token, which is not kept anywhere.",
  tags: ["Keys"],
  scope: "keys:write",
  request: { params },
  responses: {
    200: { description: "The key", ...jsonContent(keySchema) },
  },
});

export const renameKeyRoute = route({
  method: "patch",
  path: "/v1/keys/{id}",
  operationId: "renameKey",
  summary: "Change a key's name",
  description: "What it may do never changes: create another key for that.",
  tags: ["Keys"],
  scope: "keys:write",
  request: {
    params,
    body: requiredJson(
      knownNames(
        { name },
        {
          ...GIVEN,
          ...refusedNames(
            "cannot be changed: create another key, and revoke this one",
            "scopes",
            "zones",
            "expires",
            "mode",
          ),
        },
      ).openapi("KeyChange"),
    ),
  },
  responses: {
    200: { description: "The key as changed", ...jsonContent(keySchema) },
  },
});

export const revokeKeyRoute = route({
  method: "delete",
  path: "/v1/keys/{id}",
  operationId: "revokeKey",
  summary: "Revoke a key",
  description: "Takes effect on the next request. A key that has `keys:write` may revoke itself.",
  tags: ["Keys"],
  scope: "keys:write",
  request: { params },
  responses: {
    204: { description: "Revoked: the next request with it is refused" },
  },
});

export const rotateKeyRoute = route({
  method: "post",
  path: "/v1/keys/{id}/rotate",
  operationId: "rotateKey",
  summary: "Replace a key with a new one of the same name and permissions",
  description: "A key may rotate itself without the scope `keys:write`.",
  tags: ["Keys"],
  scope: "keys:write",
  aboutItself: true,
  guards: [refuseOtherBodies],
  request: {
    params,
    body: {
      required: false,
      ...jsonContent(
        knownNames({
          grace_seconds: z
            .int()
            .min(0)
            .max(604_800)
            .default(0)
            .describe("How long the old key still works. While it does, it counts among the plan's keys.")
            .openapi({ example: 3_600 }),
        }).openapi("KeyRotation"),
      ),
    },
  },
  responses: {
    201: created("The new key. The token is shown only this once"),
  },
});

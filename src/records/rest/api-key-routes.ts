import { z } from "@hono/zod-openapi";
import type { Key } from "../../accounts/key-rows.ts";
import { SCOPES } from "../../accounts/scopes.ts";
import { isoSeconds } from "../../db/iso-seconds.ts";
import { jsonContent, requiredJson } from "../../rest/json-content.ts";
import { knownNames } from "../../rest/known-names.ts";
import { time } from "./fields.ts";
import { route } from "./route.ts";

const scope = z.enum(SCOPES.resolvedb, { error: "must be read or write" });

const common = {
  id: z.string().openapi({ example: "key_xyz789" }),
  name: z.string().openapi({ example: "Production API Key" }),
  prefix: z.string().openapi({ example: "rdb_live_abc" }).describe("The first 12 characters of the token."),
  scopes: z.array(scope).openapi({ example: ["read"] }),
  expires_at: z.iso.datetime().nullable(),
  created_at: z.iso.datetime(),
};

const apiKeySchema = z
  .object({ ...common, last_used_at: z.iso.datetime().nullable().describe("About a minute late.") })
  .openapi("ApiKey");

/** A key as lists show it. */
export function apiKeyJson(key: Key): z.input<typeof apiKeySchema> {
  const { created_at, expires_at, ...shown } = createdKeyJson(key);
  return { ...shown, last_used_at: isoOrNull(key.lastUsedAt), expires_at, created_at };
}

/** A key as shown when it has just been created, except for its token. */
export function createdKeyJson({ id, name, prefix, scopes, expiresAt, revokedAt, createdAt }: Key) {
  return {
    id,
    name,
    prefix,
    scopes: SCOPES.resolvedb.filter((known) => scopes.includes(known)),
    // A rotated key ends before it expires.
    expires_at: isoOrNull(revokedAt ?? expiresAt),
    created_at: isoSeconds(createdAt),
  };
}

function isoOrNull(time: number | null): string | null {
  return time === null ? null : isoSeconds(time);
}

export const listApiKeysRoute = route({
  method: "get",
  path: "/api/v1/api_keys",
  operationId: "listApiKeys",
  summary: "List API keys",
  tags: ["API keys"],
  description: "Oldest first, and only those that can do no more than the calling key.",
  scope: "read",
  responses: {
    200: {
      description: "Keys that are not revoked, without their tokens",
      ...jsonContent(z.object({ api_keys: z.array(apiKeySchema) }).openapi("ApiKeyList")),
    },
  },
});

export const createApiKeyRoute = route({
  method: "post",
  path: "/api/v1/api_keys",
  operationId: "createApiKey",
  summary: "Create an API key",
  tags: ["API keys"],
  description:
    "A key can grant no more than it has: no other scopes and no later expiry. Of people who are signed in, only owners may create, see and revoke keys.",
  scope: "write",
  request: {
    body: requiredJson(
      knownNames({
        api_key: knownNames({
          name: z
            .string()
            .trim()
            .min(1, "must not be empty")
            .max(100, "must have at most 100 characters")
            .openapi({ example: "CI" }),
          scopes: z
            .array(scope, { error: "must be a list of read and write" })
            .refine(({ length }) => length === 1 || length === 2, "must name one scope or both")
            .openapi({ minItems: 1, maxItems: 2, example: ["read"] })
            .optional()
            .describe("Default: both."),
          expires_at: time().nullable().optional().describe("Default: when the calling key expires."),
        }).openapi("NewApiKey"),
      }).openapi("NewApiKeyBody"),
    ),
  },
  responses: {
    201: {
      description: "Created. The token is shown only this once",
      ...jsonContent(
        z
          .object({
            api_key: z
              .object({ ...common, token: z.string().openapi({ example: "rdb_live_abcd…" }) })
              .openapi("CreatedApiKey"),
          })
          .openapi("CreatedApiKeyAnswer"),
      ),
    },
  },
});

export const revokeApiKeyRoute = route({
  method: "delete",
  path: "/api/v1/api_keys/{id}",
  operationId: "revokeApiKey",
  summary: "Revoke an API key",
  tags: ["API keys"],
  description: "Takes effect on the next request. A key may revoke itself.",
  scope: "write",
  request: { params: z.object({ id: z.string().openapi({ description: "The key's id.", example: "key_xyz789" }) }) },
  responses: { 204: { description: "Revoked" } },
});

import { z } from "@hono/zod-openapi";
import { isoSeconds } from "../../db/iso-seconds.ts";
import { jsonContent, requiredJson } from "../../rest/json-content.ts";
import { knownNames } from "../../rest/known-names.ts";
import type { QueryTokenRow } from "../query-token-rows.ts";
import { time } from "./fields.ts";
import { route } from "./route.ts";

const shown = {
  id: z.string().openapi({ example: "qtok_abc123" }),
  name: z.string().openapi({ example: "Production servers" }),
  prefix: z.string().openapi({ example: "rdbqabcdefgh" }),
  expires_at: z.iso.datetime().nullable(),
  created_at: z.iso.datetime(),
};
const queryTokenSchema = z.object(shown).openapi("QueryToken");

/** A query token as the API shows it after it was created. */
export function queryTokenJson(row: QueryTokenRow): z.input<typeof queryTokenSchema> {
  const { id, name, prefix, expiresAt, createdAt } = row;
  return {
    id,
    name,
    prefix,
    expires_at: expiresAt === null ? null : isoSeconds(expiresAt),
    created_at: isoSeconds(createdAt),
  };
}

const namespaceParam = { name: z.string().openapi({ description: "The namespace.", example: "myapp" }) };
const tags = ["Query tokens"];

export const listQueryTokensRoute = route({
  method: "get",
  path: "/api/v1/namespaces/{name}/query_tokens",
  operationId: "listQueryTokens",
  summary: "List a namespace's query tokens",
  description: "Without the tokens themselves, which are shown only once.",
  tags,
  scope: "read",
  request: { params: z.object(namespaceParam) },
  responses: {
    200: {
      description: "Query tokens that are not revoked, oldest first",
      ...jsonContent(z.object({ query_tokens: z.array(queryTokenSchema) }).openapi("QueryTokenList")),
    },
  },
});

export const createQueryTokenRoute = route({
  method: "post",
  path: "/api/v1/namespaces/{name}/query_tokens",
  operationId: "createQueryToken",
  summary: "Create a query token",
  description: "It opens a private namespace to names that contain it. A namespace has at most 100 of them.",
  tags,
  scope: "write",
  request: {
    params: z.object(namespaceParam),
    body: requiredJson(
      knownNames({
        query_token: knownNames({
          name: z
            .string()
            .trim()
            .min(1, "must not be empty")
            .max(100, "must have at most 100 characters")
            .openapi({ example: "Production servers" }),
          expires_at: time().nullable().default(null).describe("Null: never."),
        }).openapi("NewQueryToken"),
      }).openapi("NewQueryTokenBody"),
    ),
  },
  responses: {
    201: {
      description: "Created. The token is shown only this once",
      ...jsonContent(
        z
          .object({
            query_token: z
              .object({
                ...shown,
                token: z.string().openapi({ example: "rdbqabcdefgh234567abcdefgh234567abcd" }),
                label: z
                  .string()
                  .openapi({ example: "auth-rdbqabcdefgh234567abcdefgh234567abcd" })
                  .describe("The label to put after the operation: `get.<label>.config.myapp.v1.resolvedb.net`."),
              })
              .openapi("CreatedQueryToken"),
          })
          .openapi("CreatedQueryTokenAnswer"),
      ),
    },
  },
});

export const revokeQueryTokenRoute = route({
  method: "delete",
  path: "/api/v1/namespaces/{name}/query_tokens/{id}",
  operationId: "revokeQueryToken",
  summary: "Revoke a query token",
  description: "Takes effect on the next query that reaches this service.",
  tags,
  scope: "write",
  request: {
    params: z.object({
      ...namespaceParam,
      id: z.string().openapi({ description: "The query token's id.", example: "qtok_abc123" }),
    }),
  },
  responses: { 204: { description: "Revoked" } },
});

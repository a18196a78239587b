import { z } from "@hono/zod-openapi";
import { jsonContent, requiredJson } from "../rest/json-content.ts";
import { knownNames, refusedNames } from "../rest/known-names.ts";
import { route } from "./route.ts";

const id = z.string().openapi({ description: "The zone's id or name.", example: "zone_abc123" });
const fields = {
  id: z.string().openapi({ example: "sign_abc123" }),
  created: z.iso.datetime().openapi({ example: "2026-01-14T10:00:00Z" }),
};
const signingKeySchema = z.object(fields).openapi("SigningKey");

export const listSigningKeysRoute = route({
  method: "get",
  path: "/v1/zones/{id}/signing-keys",
  operationId: "listSigningKeys",
  summary: "List what a zone's URLs are signed with",
  description: "The keys themselves are shown nowhere but when they are made.",
  tags: ["Signed URLs"],
  scope: "zones:write",
  request: { params: z.object({ id }) },
  responses: {
    200: {
      description: "Keys, oldest first",
      ...jsonContent(z.object({ signing_keys: z.array(signingKeySchema) }).openapi("SigningKeyList")),
    },
  },
});

export const createSigningKeyRoute = route({
  method: "post",
  path: "/v1/zones/{id}/signing-keys",
  operationId: "createSigningKey",
  summary: "Make a key that signs a zone's URLs, or import one",
  description:
    "A zone has two at most, and takes what either has signed: make the second, sign with it, and delete the first when what it has signed is over.",
  tags: ["Signed URLs"],
  scope: "zones:write",
  request: {
    params: z.object({ id }),
    body: requiredJson(
      knownNames(
        {
          key: z
            .string()
            .min(8)
            .max(256)
            .regex(/^[\x21-\x7e]+$/, "must be visible ASCII without spaces")
            .optional()
            .describe("One that signs elsewhere already. Left out: one is made, of 238 random bits."),
        },
        refusedNames("is given by the server", "id", "created"),
      ).openapi("SigningKeyOrder", { example: { key: "SecurityKey" } }),
    ),
  },
  responses: {
    201: {
      description: "Made. The key is shown this once",
      ...jsonContent(
        z.object({ ...fields, key: z.string().openapi({ example: "SecurityKey" }) }).openapi("NewSigningKey"),
      ),
    },
  },
  errors: [503],
});

export const deleteSigningKeyRoute = route({
  method: "delete",
  path: "/v1/zones/{id}/signing-keys/{key}",
  operationId: "deleteSigningKey",
  summary: "Delete a signing key",
  description: "What it has signed holds no longer.",
  tags: ["Signed URLs"],
  scope: "zones:write",
  request: {
    params: z.object({ id, key: z.string().openapi({ description: "The key's id.", example: "sign_abc123" }) }),
  },
  responses: { 204: { description: "Deleted" } },
  errors: [503],
});

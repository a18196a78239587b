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
  summary: "List a zone's signing keys",
  description: "The keys themselves are shown only when they are created.",
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
  summary: "Create a key that signs a zone's URLs, or import one",
  description:
    "A zone has two at most, and accepts what either has signed. To replace a key, create the second, sign with it, and delete the first once the URLs that it signed have expired.",
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
            .describe("A key that you already sign with elsewhere. Left out: one is created, with 238 random bits."),
        },
        refusedNames("is given by the server", "id", "created"),
      ).openapi("SigningKeyOrder", { example: { key: "SecurityKey" } }),
    ),
  },
  responses: {
    201: {
      description: "Created. The key is shown only this once",
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
  description: "URLs that it has signed are no longer accepted.",
  tags: ["Signed URLs"],
  scope: "zones:write",
  request: {
    params: z.object({ id, key: z.string().openapi({ description: "The key's id.", example: "sign_abc123" }) }),
  },
  responses: { 204: { description: "Deleted" } },
  errors: [503],
});

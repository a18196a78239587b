import { z } from "@hono/zod-openapi";
import { jsonContent, requiredJson } from "../../rest/json-content.ts";
import { knownNames } from "../../rest/known-names.ts";
import { isLabel } from "../record-key.ts";
import { metaSchema, pageQuery } from "./fields.ts";
import { route } from "./route.ts";

const visibility = z.enum(["public", "private"], {
  error: (issue) => (issue.input === undefined ? "is required" : 'must be "public" or "private"'),
});

const namespaceSchema = z
  .object({
    name: z.string().openapi({ example: "myapp" }),
    visibility: visibility.describe(
      "Private: its records are answered only for names that contain one of its query tokens.",
    ),
    records_count: z.int().openapi({ example: 1 }),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .openapi("Namespace");

const params = z.object({ name: z.string().openapi({ description: "The namespace.", example: "myapp" }) });
const answer = (description: string) => ({
  description,
  ...jsonContent(z.object({ namespace: namespaceSchema }).openapi("NamespaceAnswer")),
});
const tags = ["Namespaces"];

export const listNamespacesRoute = route({
  method: "get",
  path: "/api/v1/namespaces",
  operationId: "listNamespaces",
  summary: "List namespaces",
  description: "Those of the account, with how many records each has.",
  tags,
  scope: "read",
  request: { query: z.object(pageQuery) },
  responses: {
    200: {
      description: "Namespaces by name",
      ...jsonContent(z.object({ namespaces: z.array(namespaceSchema), meta: metaSchema }).openapi("NamespaceList")),
    },
  },
});

export const createNamespaceRoute = route({
  method: "post",
  path: "/api/v1/namespaces",
  operationId: "createNamespace",
  summary: "Create a namespace",
  description: "Needed only if a namespace is to be private before its first record is stored.",
  tags,
  scope: "write",
  request: {
    body: requiredJson(
      knownNames({
        namespace: knownNames({
          name: z
            .string()
            .refine(isLabel, "must be 1 to 63 letters, digits and inner hyphens")
            .openapi({ example: "myapp" }),
          visibility: visibility.openapi({ example: "private" }).default("public"),
        }).openapi("NewNamespace"),
      }).openapi("NewNamespaceBody"),
    ),
  },
  responses: { 201: answer("Created") },
  errors: [503],
});

export const readNamespaceRoute = route({
  method: "get",
  path: "/api/v1/namespaces/{name}",
  operationId: "readNamespace",
  summary: "Get a namespace",
  description: "With its visibility and the number of its records.",
  tags,
  scope: "read",
  request: { params },
  responses: { 200: answer("The namespace") },
});

export const changeNamespaceRoute = route({
  method: "patch",
  path: "/api/v1/namespaces/{name}",
  operationId: "changeNamespace",
  summary: "Make a namespace public or private",
  description:
    "Takes effect at once on the machine that answers, and elsewhere within seconds, or within a minute while the feed of " +
    "changes fails. Caches on the way keep what they have until the record's TTL ends.",
  tags,
  scope: "write",
  request: {
    params,
    body: requiredJson(
      knownNames({
        namespace: knownNames({ visibility: visibility.openapi({ example: "private" }) }).openapi("NamespaceChange"),
      }).openapi("NamespaceChangeBody"),
    ),
  },
  responses: {
    200: answer("The namespace as changed"),
  },
  errors: [503],
});

export const removeNamespaceRoute = route({
  method: "delete",
  path: "/api/v1/namespaces/{name}",
  operationId: "deleteNamespace",
  summary: "Delete a namespace and its query tokens",
  description: "Only if it has no records: otherwise the answer is a 422. Nobody else can take its name for 30 days.",
  tags,
  scope: "write",
  request: { params },
  responses: { 204: { description: "Deleted" } },
  errors: [503],
});

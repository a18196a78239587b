import { z } from "@hono/zod-openapi";
import { jsonContent, requiredJson } from "../../rest/json-content.ts";
import { metaSchema, pageQuery } from "./fields.ts";
import { changedRecordBody, createdRecordSchema, newRecordBody, recordSchema } from "./record-schema.ts";
import { route } from "./route.ts";

const params = z.object({ id: z.string().openapi({ description: "The record's id.", example: "rec_abc123" }) });
const answer = (description: string) => ({
  description,
  ...jsonContent(z.object({ record: recordSchema }).openapi("RecordAnswer")),
});

export const listRecordsRoute = route({
  method: "get",
  path: "/api/v1/records",
  operationId: "listRecords",
  summary: "List records",
  description: "Those of the account, oldest first: all, or only those of a namespace, of a resource name, or of both.",
  tags: ["Records"],
  scope: "read",
  request: {
    query: z.object({
      namespace: z.string().optional().describe("Only records of this namespace."),
      resource: z.string().optional().describe("Only records of this resource name."),
      ...pageQuery,
    }),
  },
  responses: {
    200: {
      description: "Records, oldest first; a page beyond the last one is empty",
      ...jsonContent(z.object({ records: z.array(recordSchema), meta: metaSchema }).openapi("RecordList")),
    },
  },
});

export const createRecordRoute = route({
  method: "post",
  path: "/api/v1/records",
  operationId: "createRecord",
  summary: "Create a record",
  tags: ["Records"],
  description:
    "A namespace belongs to the account that first stores a record in it, or creates it. Another account's is a 403 " +
    "`authorization_error`, and so are `public`, `system`, `resolvedb` and `rescdn`. Beyond the plan's number of records, " +
    "or the same number of namespaces, the answer is a 403 `quota_exceeded`.",
  scope: "write",
  request: {
    body: requiredJson(newRecordBody),
  },
  responses: {
    201: {
      description: "Created, and readable at once",
      ...jsonContent(z.object({ record: createdRecordSchema }).openapi("CreatedRecordAnswer")),
    },
  },
  errors: [503],
});

export const readRecordRoute = route({
  method: "get",
  path: "/api/v1/records/{id}",
  operationId: "readRecord",
  summary: "Get a record",
  description: "By its id. By its key, read it as a name, or find it in the list.",
  tags: ["Records"],
  scope: "read",
  request: { params },
  responses: { 200: answer("The record") },
});

export const changeRecordRoute = route({
  method: "patch",
  path: "/api/v1/records/{id}",
  operationId: "changeRecord",
  summary: "Update a record",
  tags: ["Records"],
  description: "Only the fields that you give change. A record's key cannot change: create another record.",
  scope: "write",
  request: { params, body: requiredJson(changedRecordBody) },
  responses: {
    200: answer("The record as changed"),
  },
  errors: [503],
});

export const removeRecordRoute = route({
  method: "delete",
  path: "/api/v1/records/{id}",
  operationId: "deleteRecord",
  summary: "Delete a record",
  tags: ["Records"],
  description: "Its data is gone for good, and its key is free again.",
  scope: "write",
  request: { params },
  responses: { 204: { description: "Deleted" } },
  errors: [503],
});

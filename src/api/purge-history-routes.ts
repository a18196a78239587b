import { z } from "@hono/zod-openapi";
import { jsonContent } from "../rest/json-content.ts";
import { nextCursor, pageQuery } from "./pages.ts";
import { route } from "./route.ts";

const purge = z.object({
  id: z.string(),
  zone: z.string().describe("The zone's id. The zone may be gone by now."),
  soft: z.boolean(),
  created: z.iso.datetime(),
  state: z.enum(["pending", "published"]).describe("`published` when the zone table, which the edge reads, holds it."),
});

/** With all that it named, as the edge reads it. */
const wholePurge = purge.extend({
  everything: z.boolean(),
  paths: z.array(z.string()),
  prefixes: z.array(z.string()),
  tags: z.array(z.string()),
});

export const listPurgesRoute = route({
  method: "get",
  path: "/v1/purges",
  operationId: "listPurges",
  summary: "List the purges of the last 32 days",
  tags: ["Purge"],
  scope: "purge",
  request: { query: z.object({ ...pageQuery, zone: z.string().min(1).optional().describe("A zone's id or name.") }) },
  responses: {
    200: {
      description: "Purges, newest first",
      ...jsonContent(z.object({ purges: z.array(purge), next_cursor: nextCursor })),
    },
  },
  errors: [404],
});

export const readPurgeRoute = route({
  method: "get",
  path: "/v1/purges/{id}",
  operationId: "readPurge",
  summary: "Read a purge",
  tags: ["Purge"],
  scope: "purge",
  request: { params: z.object({ id: z.string().describe("The purge's id.") }) },
  responses: {
    200: { description: "The purge", ...jsonContent(wholePurge) },
  },
});

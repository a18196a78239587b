import { z } from "@hono/zod-openapi";
import { jsonContent } from "../rest/json-content.ts";
import { nextCursor, pageQuery } from "./pages.ts";
import { purgedNames } from "./purged-names.ts";
import { route } from "./route.ts";

const purge = z.object({
  id: z.string(),
  zone: z.string().describe("The zone's id. The zone may be gone by now."),
  zone_name: z.string(),
  key: z.string().describe("Id of the key that asked."),
  key_name: z.string().nullable().describe("Null: the key ended long ago."),
  created: z.iso.datetime(),
  state: z.enum(["pending", "published"]).describe("`published` when the zone table, which the edge reads, holds it."),
  count: z.int().describe("How many paths, prefixes and tags it named; 1 for everything."),
  ...purgedNames,
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
      description: "Purges, newest first, each with the first 10 things that it named, of 256 characters each",
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
    200: { description: "The purge with all that it named", ...jsonContent(purge) },
  },
});

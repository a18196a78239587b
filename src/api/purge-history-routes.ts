import { z } from "@hono/zod-openapi";
import { jsonContent } from "../rest/json-content.ts";
import { nextCursor, pageQuery } from "./pages.ts";
import { purgedNames } from "./purged-names.ts";
import { route } from "./route.ts";

const purge = z
  .object({
    id: z.string().openapi({ example: "purge_abc123" }),
    zone: z.string().openapi({ example: "zone_abc123" }).describe("The zone's id. The zone may be gone by now."),
    zone_name: z.string().openapi({ example: "my-assets" }),
    key: z.string().openapi({ example: "key_abc123" }).describe("Id of the key that asked."),
    key_name: z.string().nullable().openapi({ example: "CI" }).describe("Null: the key ended long ago."),
    created: z.iso.datetime(),
    state: z
      .enum(["pending", "published"])
      .openapi({ example: "published" })
      .describe("`published` once KV, which the edge reads, has it."),
    count: z.int().openapi({ example: 3 }).describe("How many paths, prefixes and tags it named; 1 for everything."),
    ...purgedNames,
  })
  .openapi("Purge");

export const listPurgesRoute = route({
  method: "get",
  path: "/v1/purges",
  operationId: "listPurges",
  summary: "List the purges of the last 32 days",
  description: "What was purged, how and by which key, newest first, including those of zones that are gone.",
  tags: ["Purge"],
  scope: "purge",
  request: { query: z.object({ ...pageQuery, zone: z.string().min(1).optional().describe("A zone's id or name.") }) },
  responses: {
    200: {
      description: "Purges, newest first, each with the first 10 things that it named, cut to 256 characters",
      ...jsonContent(z.object({ purges: z.array(purge), next_cursor: nextCursor }).openapi("PurgeList")),
    },
  },
  errors: [404],
});

export const readPurgeRoute = route({
  method: "get",
  path: "/v1/purges/{id}",
  operationId: "readPurge",
  summary: "Read a purge",
  description: "With all that it named, however much that was.",
  tags: ["Purge"],
  scope: "purge",
  request: { params: z.object({ id: z.string().describe("The purge's id.") }) },
  responses: {
    200: { description: "The purge with all that it named", ...jsonContent(purge) },
  },
});

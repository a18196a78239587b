import { z } from "@hono/zod-openapi";
import { MOST_PATHS } from "../prefetch/job.ts";
import { counting } from "../rest/counting.ts";
import { jsonContent, requiredJson } from "../rest/json-content.ts";
import { knownNames, refusedNames } from "../rest/known-names.ts";
import { nextCursor } from "./pages.ts";
import { route } from "./route.ts";

const path = z.string().min(1).max(2_048).openapi({ example: "/assets/v2/site.css" });

const job = {
  id: z.string().openapi({ example: "pre_abc123_def456" }),
  zone: z.string().openapi({ example: "zone_abc123" }),
  state: z.enum(["waiting", "running", "done", "failed"]),
  created: z.iso.datetime(),
  finished: z.iso.datetime().nullable(),
  total: z.int().nullable().openapi({ example: 2 }).describe("Null: the sitemap has not been read yet."),
  done: z.int().openapi({ example: 2 }),
  left_out: z
    .int()
    .openapi({ example: 0 })
    .describe(`URLs of the sitemap that are on other hosts, or beyond the first ${MOST_PATHS}.`),
  reason: z.string().nullable().openapi({ example: null }).describe("Why it failed."),
  held: z.int().openapi({ example: 1 }).describe("How many were already stored."),
  stored: z.int().openapi({ example: 1 }).describe("How many are stored now."),
  not_stored: z.int().openapi({ example: 0 }).describe("How many were answered, but may not be stored."),
  failed: z.int().openapi({ example: 0 }).describe("How many were answered with an error, or not at all."),
};

export const prefetchRoute = route({
  method: "post",
  path: "/v1/prefetch",
  operationId: "prefetch",
  summary: "Bring files to the edge before clients ask",
  description: `Paths of a zone, or those of a sitemap on one of its hosts or its origin's: at most ${MOST_PATHS}, at 20 a second. The edge is asked as by a client, so rules and access apply, and usage counts it. This fills the cache of the location that works on it, and the upper tier if there is one. Five prefetches of a zone may wait at a time.`,
  tags: ["Purge"],
  scope: "purge",
  request: {
    body: requiredJson(
      knownNames(
        {
          zone: z.string().min(1).describe("The zone's id or name."),
          paths: z
            .array(path)
            .min(1)
            .max(MOST_PATHS)
            .optional()
            .describe("With their queries; or URLs of the zone as browsers show them."),
          sitemap: path
            .optional()
            .describe("Path or URL of a sitemap, or of an index of sitemaps; it may be compressed with gzip."),
          purge: z.boolean().optional().describe("Whether the paths are purged first."),
        },
        { ...refusedNames("is called paths here, and is a list", "path", "urls", "url", "files") },
      )
        .refine(({ paths, sitemap }) => (paths === undefined) !== (sitemap === undefined), {
          error: "must name either paths or a sitemap",
        })
        .openapi("PrefetchOrder", { example: { zone: "my-assets", paths: ["/assets/v2/site.css"], purge: true } }),
    ),
  },
  responses: {
    202: {
      description: "Taken",
      headers: z.object({ Location: z.string().describe("Where its results are read.") }),
      ...jsonContent(z.object(job).openapi("Prefetch")),
    },
  },
  errors: [404, 503],
});

export const readPrefetchRoute = route({
  method: "get",
  path: "/v1/prefetch/{id}",
  operationId: "readPrefetch",
  summary: "Read the results of a prefetch",
  description: "Kept for seven days, the newest 20 of a zone.",
  tags: ["Purge"],
  scope: "zones:read",
  request: {
    params: z.object({ id: z.string().openapi({ description: "The prefetch's id.", example: "pre_abc123_def456" }) }),
    query: z.object({
      limit: counting(1_000, 100, "How many results a page holds."),
      cursor: z
        .string()
        .regex(/^\d{1,4}$/, "is not a cursor of this list")
        .optional()
        .describe("The `next_cursor` of the previous page."),
    }),
  },
  responses: {
    200: {
      description: "The prefetch, with the result for each path",
      ...jsonContent(
        z
          .object({
            ...job,
            results: z.array(
              z
                .object({
                  path: z.string().openapi({ example: "/assets/v2/site.css" }),
                  outcome: z.enum(["held", "stored", "not_stored", "failed"]),
                  status: z.int().nullable().openapi({ example: 200 }).describe("Null: there was no answer."),
                  cache_status: z
                    .string()
                    .nullable()
                    .openapi({ example: "ResCDN; fwd=uri-miss; fwd-status=200; ttl=86400; stored" }),
                  bytes: z.int().openapi({ example: 1_024 }),
                  milliseconds: z.int().openapi({ example: 42 }),
                })
                .openapi("PrefetchResult"),
            ),
            next_cursor: nextCursor,
          })
          .openapi("PrefetchWithResults"),
      ),
    },
  },
});

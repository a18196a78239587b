import { z } from "@hono/zod-openapi";
import { jsonContent } from "../rest/json-content.ts";
import { dateOf, endOf, NO_TIME, startOf } from "../usage/period.ts";
import { route } from "./route.ts";

const zone = z.string().min(1).describe("The zone's id or name.");
const time = (isTime: (text: string) => boolean, sentence: string) => z.string().refine(isTime, sentence).optional();

const figures = {
  requests: z.int().openapi({ example: 1_000 }),
  bandwidth_bytes: z
    .int()
    .openapi({ example: 52_428_800 })
    .describe("Bytes of the bodies sent; for a download that broke off, what was handed over."),
  cache_hit_rate: z
    .number()
    .min(0)
    .max(1)
    .openapi({ example: 0.97 })
    .describe(
      "The share of requests that were answered from the cache (X-Cache: HIT, STALE or REVALIDATED), rounded down; 0 without requests.",
    ),
};

const wholeFigures = {
  ...figures,
  cached_bytes: z
    .int()
    .openapi({ example: 50_331_648 })
    .describe("Those of `bandwidth_bytes` that came from the cache (X-Cache: HIT, STALE or REVALIDATED)."),
  uncached_bytes: z.int().openapi({ example: 2_097_152 }).describe("All other bytes."),
  byte_hit_rate: z
    .number()
    .min(0)
    .max(1)
    .openapi({ example: 0.96 })
    .describe("`cached_bytes` divided by `bandwidth_bytes`, rounded down; 0 without bytes."),
  origin_requests: z
    .int()
    .openapi({ example: 30 })
    .describe(
      "Requests to origins, including validations and requests that failed, but not those of checks and `/v1/why`. Counted since November 2026.",
    ),
  origin_bytes: z
    .int()
    .openapi({ example: 2_097_152 })
    .describe("Bytes of bodies received from origins, in the coding that they arrived in."),
  origin_first_byte_ms: z
    .object({ p50: z.int().openapi({ example: 42 }), p95: z.int().openapi({ example: 180 }) })
    .openapi("OriginFirstByte")
    .nullable()
    .describe(
      "Milliseconds from asking an origin to the beginning of its answer: 50 % and 95 % of the answers began within this time, give or take 5 %. Null: no origin answered.",
    ),
};

const usage = z
  .object({
    period_start: z.string().openapi({ example: "2026-03-01" }),
    period_end: z
      .string()
      .describe("The last day of the period; if it does not begin and end at midnight UTC, the time at which it ends.")
      .openapi({ example: "2026-03-31" }),
    ...wholeFigures,
    by_cache_status: z.array(
      z
        .object({ cache_status: z.enum(["HIT", "MISS", "STALE", "REVALIDATED", "BYPASS"]), ...figures })
        .openapi("UsageByCacheStatus"),
    ),
    by_status_class: z.array(
      z.object({ status_class: z.string().openapi({ example: "2xx" }), ...figures }).openapi("UsageByStatusClass"),
    ),
    by_pop: z.array(
      z
        .object({ pop: z.string().openapi({ example: "FRA" }).describe("IATA code of the location."), ...wholeFigures })
        .openapi("UsageByPop"),
    ),
    by_zone: z
      .array(
        z
          .object({
            zone: z
              .string()
              .openapi({ example: "zone_abc123" })
              .describe("The zone's id. Zones deleted since are included."),
            name: z
              .string()
              .nullable()
              .openapi({ example: "my-assets" })
              .describe("Null: the zone was deleted long ago."),
            ...wholeFigures,
          })
          .openapi("UsageByZone"),
      )
      .describe("At most the 1,000 zones with the most requests."),
    origin_errors: z
      .array(
        z
          .object({ reason: z.string().openapi({ example: "origin-timeout" }), count: z.int().openapi({ example: 2 }) })
          .openapi("OriginErrors"),
      )
      .describe(
        "How often origins failed, by the words of `Cache-Status` and of error bodies. This includes failures for which a stale answer or one of the fallback origin was served, and bodies that broke off (`origin-body-…`).",
      ),
    refusals: z
      .array(
        z
          .object({ reason: z.string().openapi({ example: "access-referer" }), count: z.int().openapi({ example: 2 }) })
          .openapi("Refusals"),
      )
      .describe("Answers that a zone's policy gave instead of what was asked for, by the words of `Cache-Status`."),
    series: z
      .array(
        z
          .object({
            start: z.iso.datetime(),
            ...wholeFigures,
            status_classes: z
              .record(z.string(), z.int())
              .openapi({ example: { "2xx": 980, "4xx": 20 } })
              .describe("Requests by class of status; classes without requests are left out."),
          })
          .openapi("UsageInTime"),
      )
      .optional()
      .describe("With `granularity`: each hour or day up to now."),
  })
  .openapi("Usage");

export const usageRoute = route({
  method: "get",
  path: "/v1/usage",
  operationId: "readUsage",
  summary: "Bandwidth and request counts for the current billing period",
  tags: ["Usage"],
  description: "Answers are counted within seconds. A test key sees the usage of test zones.",
  scope: "usage:read",
  request: {
    query: z.object({
      zone: zone.optional(),
      from: time((text) => startOf(text) !== null, NO_TIME).describe(
        "A date, or a time at a whole hour (RFC 3339). Default: the first day of the month in which the period ends.",
      ),
      to: time((text) => endOf(text) !== null, NO_TIME).describe(
        "A date, which is included, or a time, which is not. Default: the last day of this month in UTC.",
      ),
      granularity: z
        .enum(["hour", "day"])
        .optional()
        .describe(
          "Adds `series`. Hours are kept for 92 days, and you can ask for 31 days of them at once; days are kept for 400.",
        ),
    }),
  },
  responses: {
    200: { description: "The usage", ...jsonContent(usage) },
  },
  errors: [404],
});

export const pathsRoute = route({
  method: "get",
  path: "/v1/usage/paths",
  operationId: "listTopPaths",
  summary: "The most requested paths of a zone on a day",
  tags: ["Usage"],
  description:
    "Counted in bounded memory (Space-Saving): rare paths may be missing, and counts may be too high, by no more than `error` says. Paths are listed without their queries, and long ones with their first 256 characters.",
  scope: "usage:read",
  request: {
    query: z.object({
      zone,
      day: time((text) => dateOf(text) !== null, "must be a date (2026-03-01)").describe(
        "A date in UTC. Default: today. Paths are kept for 92 days.",
      ),
    }),
  },
  responses: {
    200: {
      description: "The paths, those with the most requests first",
      ...jsonContent(
        z
          .object({
            zone: z.string().openapi({ example: "zone_abc123" }).describe("The zone's id."),
            name: z.string().openapi({ example: "my-assets" }),
            day: z.iso.date().openapi({ example: "2026-03-01" }),
            paths: z.array(
              z
                .object({
                  path: z.string().openapi({ example: "/assets/v2/reset.css" }),
                  requests: z.int().openapi({ example: 120 }).describe("At most this many."),
                  error: z.int().describe("By how much `requests` may be too high."),
                })
                .openapi("TopPath"),
            ),
            others_at_most: z.int().describe("No path that is missing here was requested more often than this."),
          })
          .openapi("TopPaths"),
      ),
    },
  },
  errors: [404],
});

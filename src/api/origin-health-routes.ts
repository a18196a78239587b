import { z } from "@hono/zod-openapi";
import { jsonContent } from "../rest/json-content.ts";
import { route } from "./route.ts";
import { whyWord } from "./why-json.ts";

const params = z.object({ id: z.string().openapi({ description: "The zone's id or name.", example: "zone_abc123" }) });
const time = z.iso.datetime().openapi({ example: "2026-01-14T10:00:00Z" });

const reason = {
  status: z.int().nullable().openapi({ example: null }).describe("What it answered with; null: nothing, or it is up."),
  word: whyWord.nullable().describe("Its last failure; null: it is up, or `status` says it all."),
};

const byRequests = z
  .object({
    down: z.boolean().openapi({ example: true }),
    since: time.describe("Since when it has been down, or up again."),
    at: time.describe("When this was last confirmed: an origin that is down is tried again every ten seconds."),
    ...reason,
  })
  .openapi("OriginHealthByRequests");

const byChecks = z
  .object({
    down: z.boolean().openapi({ example: true }).describe("After two failed checks in a row."),
    failures: z.int().openapi({ example: 4 }).describe("Checks that have failed in a row, up to 1,000."),
    since: time.nullable().describe("The first of these; null: there is none."),
    ...reason,
  })
  .openapi("OriginHealthByChecks");

const origin = z
  .object({
    name: z.string().nullable().openapi({ example: "main" }).describe("Null: the zone has just one."),
    url: z.string().openapi({ example: "https://your-origin.com" }),
    weight: z.int().openapi({ example: 1 }).describe("Its share of the URLs."),
    down: z.boolean().openapi({ example: true }).describe("Whether it is down, by requests or by checks."),
    asked: z
      .enum(["first", "next", "last", "never"])
      .openapi({ example: "last" })
      .describe(
        "`first`: for its share of the URLs. `next`: when the one before it has failed. `last`: it is down. `never`: it is drained. A rule may name another origin.",
      ),
    by_requests: byRequests
      .nullable()
      .describe("What this location's requests have shown; null: it has not been down there within ten minutes."),
    by_checks: byChecks
      .nullable()
      .describe("What the checks of `failover.check_path` have shown; null: there is none."),
  })
  .openapi("OriginHealth");

export const originHealthRoute = route({
  method: "get",
  path: "/v1/zones/{id}/origins/health",
  operationId: "readOriginHealth",
  summary: "Which of a zone's origins is asked, and why",
  description:
    "As seen by the location that answers this call, the one nearest to you: each location learns from its own requests, and all of them from the checks.",
  tags: ["Zones"],
  scope: "zones:read",
  request: { params },
  responses: {
    200: {
      description: "The origins in the zone's order",
      ...jsonContent(
        z
          .object({
            zone: z.string().openapi({ example: "zone_abc123" }),
            location: z
              .string()
              .openapi({ example: "FRA" })
              .describe("The location that says so; `LOCAL`: a server on one machine."),
            at: time.describe("When it said so."),
            upper_tier: z
              .boolean()
              .describe(
                "Whether the upper tier asks the origins on a miss. On Cloudflare it runs in locations of its own, which learn for themselves; on one machine, the processes tell each other.",
              ),
            checked: time.nullable().openapi({ example: null }).describe("The newest check; null: there is none."),
            origins: z.array(origin),
          })
          .openapi("OriginHealthList"),
      ),
    },
  },
});

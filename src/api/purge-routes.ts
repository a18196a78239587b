import { z } from "@hono/zod-openapi";
import { flag } from "../rest/flag.ts";
import { jsonContent, requiredJson } from "../rest/json-content.ts";
import { knownNames, refusedNames } from "../rest/known-names.ts";
import { TAG } from "../zones/purge/purge-target.ts";
import { requireKey } from "./guards.ts";
import { purgedNames } from "./purged-names.ts";
import { route } from "./route.ts";

const zone = z.string().min(1).openapi({ description: "The zone's id or name.", example: "zone_abc123" });
const path = z.string().min(1).max(8_192).openapi({
  description:
    "A path, or a URL of the zone as a browser shows it. With a query it purges that one object, without one every query of the path; with * at its end, everything that begins with it. In the query of this API, `&`, `+`, `#` and `%` must be written `%26`, `%2B`, `%23`, `%25`.",
  example: "/assets/v2/reset.css",
});
const prefix = z.string().min(1).max(1_024);
const tag = z.string().min(1).max(TAG.largest).regex(TAG.pattern, TAG.reason);
const SOFT = "Makes it stale instead of removing it: it is still served where stale answers are allowed.";

const purged = {
  description: "Purged: no PoP that knows of it answers with what it had stored before",
  ...jsonContent(
    z
      .object({
        purged: z.literal(true),
        nodes: z
          .int()
          .openapi({ example: 12 })
          .describe(
            "PoPs that have served the network in the last 30 days: the purge applies to all of them. At least 1, the one that answers.",
          ),
        id: z.string().openapi({ example: "purge_abc123" }),
        feed: z
          .literal("pending")
          .optional()
          .openapi({ example: "pending" })
          .describe(
            "Present if the PoPs could not be told within seconds: they then learn of the purge within a minute.",
          ),
        ...purgedNames,
      })
      .openapi("Purged"),
  ),
};

/** Changes state although it is a GET; this is documented. The key is sent in a header, so no link can trigger it. */
export const purgePathRoute = route({
  method: "get",
  path: "/v1/purge",
  operationId: "purgePath",
  summary: "Purge a path",
  description: "Changes state, although it is a GET. HEAD is refused.",
  tags: ["Purge"],
  scope: "purge",
  guards: [requireKey],
  request: { query: z.object({ zone, path, soft: flag.optional().describe(SOFT) }) },
  responses: { 200: purged },
  errors: [404, 503],
});

export const purgeRoute = route({
  method: "post",
  path: "/v1/purge",
  operationId: "purge",
  summary: "Purge paths, prefixes, tags or everything of a zone",
  description:
    "Everything that is named is purged at once. Answered when KV has it; other locations follow within about three seconds, or within a minute if `feed` is pending. What could match nothing is refused.",
  tags: ["Purge"],
  scope: "purge",
  request: {
    body: requiredJson(
      knownNames(
        {
          zone,
          path: path.optional(),
          paths: z.array(path).max(1_000).optional(),
          prefixes: z.array(prefix).max(100).optional(),
          tags: z.array(tag).max(100).optional(),
          everything: z.boolean().optional(),
          soft: z.boolean().optional().describe(SOFT),
        },
        {
          ...refusedNames("is called paths here", "files", "urls", "url"),
          prefix: "is called prefixes here, and is a list",
          tag: "is called tags here, and is a list",
          purge_everything: "is called everything here",
        },
      )
        .refine(
          ({ path, paths, prefixes, tags, everything }) =>
            everything ||
            path !== undefined ||
            [paths, prefixes, tags].some((named) => named !== undefined && named.length > 0),
          { error: "must name a path, paths, prefixes, tags or everything" },
        )
        .openapi("PurgeOrder", {
          example: { zone: "my-assets", paths: ["/assets/v2/reset.css"], tags: ["release-41"], soft: true },
        }),
    ),
  },
  responses: { 200: purged },
  errors: [404, 503],
});

import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { NEWEST_MIGRATION, whyNotMigrated } from "../db/newest-migration.ts";
import { log } from "../log/log.ts";
import type { RestEnv } from "../rest/context.ts";
import { jsonContent } from "../rest/json-content.ts";
import { knownParameters } from "../rest/known-parameters.ts";
import { documentedErrors } from "./documented-errors.ts";

const VERSION_EXAMPLE = "0155c2e1-8a02-404f-96b6-f280096fe836";

const health = createRoute({
  method: "get",
  path: "/health",
  operationId: "health",
  summary: "Whether the API can be used",
  description:
    "For load balancers, and for whoever waits until it has started. It needs no key, and is 200 when `npm run serve` prints `ready`.",
  tags: ["Service"],
  security: [],
  request: { query: knownParameters(undefined) },
  responses: {
    200: {
      description: "It can",
      ...jsonContent(
        z
          .object({
            status: z.literal("ok"),
            version: z
              .string()
              .optional()
              .openapi({ description: "On Cloudflare, the version of the Worker", example: VERSION_EXAMPLE }),
          })
          .openapi("Ready"),
      ),
    },
    503: {
      description: "Not now: the database has an older or a newer version, or cannot be read",
      ...jsonContent(
        z
          .object({
            status: z.literal("not ready"),
            reason: z.string().openapi({ example: `the database needs the migrations up to ${NEWEST_MIGRATION}` }),
          })
          .openapi("NotReady"),
      ),
    },
    ...documentedErrors(422),
  },
});

const live = createRoute({
  method: "get",
  path: "/health/live",
  operationId: "live",
  summary: "Whether the server answers at all",
  description:
    "For supervisors, which restart a server that does not answer. It is 200 even while the database cannot be used.",
  tags: ["Service"],
  security: [],
  request: { query: knownParameters(undefined) },
  responses: {
    200: { description: "It does", ...jsonContent(z.object({ status: z.literal("live") }).openapi("Live")) },
    ...documentedErrors(422),
  },
});

/** The databases that fit this code. Each is asked until it does. */
const migrated = new WeakSet<D1Database>();

/** Adds `/health` to the API, which answers what `ready` reports for `npm run serve`, and `/health/live`. */
export function addHealth(app: OpenAPIHono<RestEnv>): void {
  app.openapi(live, (c) => c.json({ status: "live" as const }, 200));
  app.openapi(health, async (c) => {
    const reason = await whyNotReady(c.env.DB);
    const version = c.env.VERSION?.id;
    if (reason === null) return c.json({ status: "ok" as const, ...(version !== undefined && { version }) }, 200);
    return c.json({ status: "not ready" as const, reason }, 503, { "retry-after": "1" });
  });
}

async function whyNotReady(db: D1Database): Promise<string | null> {
  if (migrated.has(db)) return null;
  try {
    const reason = await whyNotMigrated(db);
    if (reason === null) migrated.add(db);
    return reason;
  } catch (error) {
    // Before the first migration there is nothing to read.
    if (!String(error).includes("no such table")) log("not_ready", { error });
    return "the database cannot be read, or was never migrated";
  }
}

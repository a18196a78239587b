import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { NEWEST_MIGRATION, whyNotMigrated } from "../db/newest-migration.ts";
import { log } from "../log/log.ts";
import type { RestEnv } from "../rest/context.ts";
import { jsonContent } from "../rest/json-content.ts";
import { knownParameters } from "../rest/known-parameters.ts";
import { documentedErrors } from "./documented-errors.ts";

const health = createRoute({
  method: "get",
  path: "/health",
  operationId: "health",
  summary: "Whether the API can be used",
  description:
    "For load balancers and whoever waits for a start. Needs no key, and says what `ready` says of `npm run serve`.",
  tags: ["Service"],
  security: [],
  request: { query: knownParameters(undefined) },
  responses: {
    200: { description: "It can", ...jsonContent(z.object({ status: z.literal("ok") }).openapi("Ready")) },
    503: {
      description: "Not now: the database is of an older or a newer version, or cannot be read",
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

/** The databases that this code fits. Each is asked until it does. */
const migrated = new WeakSet<D1Database>();

/** Adds `/health` to the API: it says what `ready` says of `npm run serve`. */
export function addHealth(app: OpenAPIHono<RestEnv>): void {
  app.openapi(health, async (c) => {
    const reason = await whyNotReady(c.env.DB);
    if (reason === null) return c.json({ status: "ok" as const }, 200);
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
    // Before the first migration there is nothing to ask.
    if (!String(error).includes("no such table")) log("not_ready", { error });
    return "the database cannot be read, or was never migrated";
  }
}

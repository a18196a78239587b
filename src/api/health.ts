import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { isMigrated } from "../db/newest-migration.ts";
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
      description: "Not yet: the database is not migrated, or cannot be read",
      ...jsonContent(z.object({ status: z.literal("not ready") }).openapi("NotReady")),
    },
    ...documentedErrors(422),
  },
});

/** The databases that have everything. No migration is ever taken back, so each is asked until then. */
const migrated = new WeakSet<D1Database>();

/** Adds `/health` to the API: it says what `ready` says of `npm run serve`. */
export function addHealth(app: OpenAPIHono<RestEnv>): void {
  app.openapi(health, async (c) => {
    if (await isReady(c.env.DB)) return c.json({ status: "ok" as const }, 200);
    return c.json({ status: "not ready" as const }, 503, { "retry-after": "1" });
  });
}

async function isReady(db: D1Database): Promise<boolean> {
  if (migrated.has(db)) return true;
  try {
    if (!(await isMigrated(db))) return false;
  } catch (error) {
    // Before the first migration there is nothing to ask.
    if (!String(error).includes("no such table")) log("not_ready", { error });
    return false;
  }
  migrated.add(db);
  return true;
}

import { type OpenAPIHono, z } from "@hono/zod-openapi";
import { whyNotMigrated } from "../db/newest-migration.ts";
import { versionFloor } from "../db/version-floor.ts";
import { log } from "../log/log.ts";
import type { RestContext, RestEnv } from "../rest/context.ts";
import { beginRestore, NotRestored, type RestorePlace, restorePage } from "../restore/restore-page.ts";
import { RESTORED_KINDS } from "../restore/restored-kinds.ts";
import { Problem } from "./errors.ts";
import { operatorRequest } from "./operator-request.ts";
import { restoreRoute } from "./restore-routes.ts";
import { invalidField } from "./validation.ts";

/** Adds `/admin/restore` to the API. */
export function addRestore(app: OpenAPIHono<RestEnv>): void {
  app.openapi(restoreRoute, async (c) => {
    const { cursor } = c.req.valid("json");
    // Restoring earlier data also restores an earlier schema.
    const reason = await whyNotMigrated(c.env.DB);
    if (reason !== null) throw new Problem("conflict", { sentence: `the restore cannot begin: ${reason}` });
    const place = cursor === null ? await beginRestore(c.env, c.var.now) : await placeOf(c, cursor);
    const done = await restorePage(c.env, place, operatorRequest(c), c.var.now).catch((error: unknown) => {
      if (!(error instanceof NotRestored)) throw error;
      log("restore_failed", { request_id: c.var.requestId, reason: error.message });
      throw new Problem("not_published", {
        sentence: "not everything could be published: send the same cursor again",
      });
    });
    const { table: kind, published, changes, next } = done;
    return c.json({ kind, published, changes, cursor: next && JSON.stringify(next) }, 200);
  });
}

const cursorSchema = z.strictObject({
  kind: z
    .int()
    .min(0)
    .max(RESTORED_KINDS.length - 1),
  pass: z.enum(["database", "table"]),
  after: z.string(),
});

async function placeOf(c: RestContext, cursor: string): Promise<RestorePlace> {
  const place = cursorSchema.safeParse(parsed(cursor));
  if (!place.success) throw invalidField("cursor", "must be one that an earlier call has given");
  if ((await versionFloor(c.env.DB)) === 0)
    throw new Problem("conflict", {
      sentence: "the database does not know of this restore: start again, without a cursor",
    });
  return place.data;
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(cursor);
  } catch {
    return null;
  }
}

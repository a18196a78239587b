import type { OpenAPIHono } from "@hono/zod-openapi";
import { isoSeconds } from "../db/iso-seconds.ts";
import type { RestEnv } from "../rest/context.ts";
import { findPurge, listPurges, type NamedPurge } from "../zones/purge/purge-history.ts";
import { Problem } from "./errors.ts";
import { cutPage, requestedPage } from "./pages.ts";
import { listPurgesRoute, readPurgeRoute } from "./purge-history-routes.ts";
import { namesOf } from "./purged-names.ts";
import { scopeOf, zoneInScope } from "./zone-in-scope.ts";

/** Adds `/v1/purges` to the API. */
export function addPurgeHistory(app: OpenAPIHono<RestEnv>): void {
  app.openapi(listPurgesRoute, async (c) => {
    const query = c.req.valid("query");
    const page = requestedPage("purge", query);
    const zone = query.zone === undefined ? null : (await zoneInScope(c, query.zone)).id;
    const { rows, next_cursor } = cutPage(await listPurges(c.env.DB, scopeOf(c), zone, page), query.limit);
    return c.json({ purges: rows.map(shown), next_cursor }, 200);
  });

  app.openapi(readPurgeRoute, async (c) => {
    const purge = await findPurge(c.env.DB, scopeOf(c), c.req.valid("param").id);
    if (purge === null) throw new Problem("not_found", { sentence: "purge not found" });
    return c.json(shown(purge), 200);
  });
}

function shown(purge: NamedPurge) {
  const { id, zone, zoneName, key, keyName, soft, count, createdAt, isPublished, targets } = purge;
  const state: "published" | "pending" = isPublished ? "published" : "pending";
  const names = { zone_name: zoneName, key, key_name: keyName };
  return { id, zone, ...names, created: isoSeconds(createdAt), state, count, soft, ...namesOf(targets) };
}

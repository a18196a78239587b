import type { OpenAPIHono } from "@hono/zod-openapi";
import { newId } from "../db/new-id.ts";
import { settingsOf } from "../env.ts";
import { changeZone } from "../zones/change-zone.ts";
import { originPolicy } from "../zones/origin-guard.ts";
import { deleteZone, insertZone, listZones, type ZoneRow } from "../zones/rows.ts";
import { changedSettings } from "./changed-settings.ts";
import { checkedOrigin } from "./checked-origin.ts";
import { commit } from "./commit.ts";
import type { ApiContext, ApiEnv } from "./context.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { Problem } from "./errors.ts";
import { invalidField } from "./validation.ts";
import { scopeOf, zoneInScope, zoneNotFound } from "./zone-in-scope.ts";
import { zoneJson } from "./zone-json.ts";
import { changeRoute, createZoneRoute, listRoute, readRoute, removeRoute } from "./zone-routes.ts";

/** Adds `/v1/zones` to the API. */
export function addZones(app: OpenAPIHono<ApiEnv>): void {
  app.openapi(listRoute, async (c) => {
    const { limit, cursor } = c.req.valid("query");
    const after = cursor === undefined ? null : decodeCursor(cursor);
    if (cursor !== undefined && after === null) throw invalidField("cursor", "is not a cursor of this API");
    const found = await listZones(c.env.DB, scopeOf(c), { limit: limit + 1, after });
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    return c.json({ zones: page.map((zone) => shown(c, zone)), next_cursor: last ? encodeCursor(last) : null }, 200);
  });

  app.openapi(createZoneRoute, async (c) => {
    const { name, origin, settings = {} } = c.req.valid("json");
    const { account, mode, zones } = c.var.caller;
    if (zones !== null)
      throw new Problem("forbidden", { sentence: "this key is restricted to certain zones and cannot create others" });
    const zone = {
      account,
      mode,
      id: newId("zone"),
      name,
      origin: checkedOrigin("origin", origin, policyOf(c)),
      settings: changedSettings({}, settings, policyOf(c)),
    };
    const created = await insertZone(c.env.DB, zone, c.var.now);
    if (created === null) throw new Problem("name_taken");
    await commit(c, name);
    return c.json(shown(c, created), 201, { location: `/v1/zones/${created.id}` });
  });

  app.openapi(readRoute, async (c) => {
    return c.json(shown(c, await zoneInScope(c, c.req.valid("param").id)), 200);
  });

  app.openapi(changeRoute, async (c) => {
    const { origin, settings, active } = c.req.valid("json");
    const checked = origin === undefined ? undefined : checkedOrigin("origin", origin, policyOf(c));
    const result = await changeZone(
      c.env.DB,
      scopeOf(c),
      c.req.valid("param").id,
      (zone) => ({
        ...zone,
        origin: checked ?? zone.origin,
        settings: settings ? changedSettings(zone.settings, settings, policyOf(c)) : zone.settings,
        state: active === undefined ? zone.state : active ? "active" : "paused",
      }),
      c.var.now,
    );
    if (result.kind === "missing") throw zoneNotFound();
    if (result.kind === "busy") throw new Problem("conflict");
    await commit(c, result.zone.name);
    return c.json(shown(c, result.zone), 200);
  });

  app.openapi(removeRoute, async (c) => {
    const zone = await zoneInScope(c, c.req.valid("param").id);
    if (!(await deleteZone(c.env.DB, zone.id, c.var.now))) throw zoneNotFound();
    await commit(c, zone.name);
    return c.body(null, 204);
  });
}

function shown(c: ApiContext, zone: ZoneRow) {
  return zoneJson(zone, settingsOf(c.env).edgeDomains[0]!);
}

function policyOf(c: ApiContext) {
  return originPolicy(settingsOf(c.env));
}

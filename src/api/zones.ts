import type { OpenAPIHono } from "@hono/zod-openapi";
import { PLANS } from "../accounts/plans.ts";
import { BOUNDS, rowsOf } from "../db/bounds.ts";
import { newId } from "../db/new-id.ts";
import { publishHosts } from "../hostnames/host-publication.ts";
import { hostTableOf } from "../hostnames/host-table.ts";
import { hostnamesOf } from "../hostnames/published-hosts.ts";
import { zoneHosts } from "../hosts.ts";
import { originPolicy } from "../origin-guard/origin-policy.ts";
import type { RestContext, RestEnv } from "../rest/context.ts";
import { settingsOf } from "../settings.ts";
import { changeZone } from "../zones/change-zone.ts";
import { insertZone } from "../zones/insert-zone.ts";
import { isSameZone } from "../zones/is-same-zone.ts";
import { listZones, type ZoneRow } from "../zones/rows.ts";
import { bringToEdge } from "./bring-to-edge.ts";
import type { ChangingOrigins } from "./changed-origins.ts";
import { changedSettings } from "./changed-settings.ts";
import { checkedZoneOrigin } from "./checked-origin.ts";
import { Problem } from "./errors.ts";
import { refuseOwnHostnames } from "./origin-hosts.ts";
import { cutPage, requestedPage } from "./pages.ts";
import { purgeAll } from "./purge.ts";
import { keyringOf } from "./signing-keys.ts";
import { zoneAudit } from "./zone-audit.ts";
import { scopeOf, zoneInScope, zoneNotFound } from "./zone-in-scope.ts";
import { shownZone } from "./zone-json.ts";
import { checkPreconditions, isNotModified, zoneEtag } from "./zone-preconditions.ts";
import { refuseWrongZone } from "./zone-problems.ts";
import { changeRoute, createZoneRoute, listRoute, readRoute, removeRoute } from "./zone-routes.ts";

/** Adds `/v1/zones` to the API. */
export function addZones(app: OpenAPIHono<RestEnv>): void {
  app.openapi(listRoute, async (c) => {
    const query = c.req.valid("query");
    const found = await listZones(
      c.env.DB,
      scopeOf(c),
      query.name?.toLowerCase() ?? null,
      requestedPage("zone", query),
    );
    const { rows, next_cursor } = cutPage(found, query.limit);
    return c.json({ zones: rows.map((zone) => shownZone(c, zone)), next_cursor }, 200);
  });

  app.openapi(
    createZoneRoute,
    async (c) => {
      const { name, origin, settings = {} } = c.req.valid("json");
      const { account, mode, plan, zones } = c.var.caller;
      if (zones !== null)
        throw new Problem("forbidden", {
          sentence: "this key is restricted to certain zones and cannot create others",
        });
      const limit = PLANS[plan].rescdn.zones;
      const deletedLimit = rowsOf(BOUNDS.zones.over.rows, plan)!;
      const id = newId("zone");
      const checked = origin === undefined ? undefined : checkedZoneOrigin("origin", origin, policyOf(c), c.env);
      const made = changedSettings({ id, origin: checked, settings: {} }, checked, settings, changingOf(c, name));
      const zone = { account, mode, id, name, ...made };
      const asCreated = { ...zone, state: "active" as const, version: 1, revision: 1, createdAt: c.var.now };
      const result = await insertZone(
        c.env.DB,
        { ...zone, limit, deletedLimit },
        zoneAudit(c, null, asCreated),
        c.var.now,
      );
      if (result.kind === "taken") throw new Problem("name_taken");
      if (result.kind === "limit") {
        throw new Problem("limit_reached", {
          sentence:
            result.of === "zones"
              ? `the plan ${plan} allows ${limit} zones: delete one that is not needed, or ask for a larger plan`
              : `the account has deleted ${deletedLimit} zones within ${BOUNDS.zones.over.days} days, and their names are still kept for it: wait until the first of them are free, or ask for a larger plan`,
        });
      }
      await bringToEdge(c, name);
      return c.json(shownZone(c, result.zone), 201, {
        etag: zoneEtag(c, result.zone),
        location: `/v1/zones/${result.zone.id}`,
      });
    },
    (result, c) => refuseWrongZone(result, c),
  );

  app.openapi(readRoute, async (c) => {
    const zone = await zoneInScope(c, c.req.valid("param").id);
    const etag = zoneEtag(c, zone);
    checkPreconditions(c, zone);
    if (isNotModified(c, zone)) return c.body(null, 304, { etag });
    return c.json(shownZone(c, zone), 200, { etag });
  });

  app.openapi(
    changeRoute,
    async (c) => {
      const { origin, settings, active, purge: purged = false } = c.req.valid("json");
      if (purged && !c.var.caller.scopes.includes("purge"))
        throw new Problem("forbidden", { sentence: "this key lacks the scope purge, which `purge` needs" });
      const checked = origin === undefined ? undefined : checkedZoneOrigin("origin", origin, policyOf(c), c.env);
      await refuseOwnHostnames(c, c.req.valid("param").id, {
        origin: checked,
        "settings.fallback_origin": settings?.fallback_origin,
        ...Object.fromEntries(
          (settings?.origins ?? []).map(({ url }, index) => [`settings.origins.${index}.url`, url]),
        ),
      });
      let former: ZoneRow | null = null;
      const zone = await changed(c, c.req.valid("param").id, (before) => {
        former = before;
        const servers =
          settings === undefined && checked === undefined
            ? {}
            : changedSettings(before, checked, settings ?? {}, changingOf(c, before.name));
        return {
          ...before,
          ...servers,
          state: active === undefined ? before.state : active ? "active" : "paused",
        };
      });
      const shown = shownZone(c, zone);
      const headers = { etag: zoneEtag(c, zone) };
      if (purged) return c.json({ ...shown, purge: await purgeAll(c, zone) }, 200, headers);
      const warnings = [...(shown.warnings ?? []), ...keptOf(former, zone)];
      return c.json(warnings.length === 0 ? shown : { ...shown, warnings }, 200, headers);
    },
    (result, c) => refuseWrongZone(result, c),
  );

  app.openapi(removeRoute, async (c) => {
    const { id } = await zoneInScope(c, c.req.valid("param").id);
    const hostnames = await hostnamesOf(c.env.DB, id);
    await changed(c, id, (before) => ({ ...before, state: "deleted" }));
    if (!(await publishHosts(c.env.HOST_PUBLISHER, hostTableOf(c.env.ZONES), hostnames)))
      throw new Problem("not_published");
    return c.body(null, 204);
  });
}

/** The zone after a change that its preconditions allow, once the zone table has it. */
async function changed(c: RestContext, idOrName: string, change: (before: ZoneRow) => ZoneRow): Promise<ZoneRow> {
  const apply = (before: ZoneRow) => {
    checkPreconditions(c, before);
    const after = change(before);
    return isSameZone(before, after) ? before : after;
  };
  const audit = (before: ZoneRow, after: ZoneRow) => zoneAudit(c, before, after.state === "deleted" ? null : after);
  const result = await changeZone(c.env.DB, scopeOf(c), idOrName, { apply, audit }, c.var.now);
  if (result.kind === "missing") throw zoneNotFound();
  if (result.kind === "busy") throw new Problem("conflict");
  await bringToEdge(c, result.changed.name);
  return result.changed;
}

/** The notice about a change that leaves answers of another server in the caches. */
function keptOf(before: ZoneRow | null, after: ZoneRow): string[] {
  const serversOf = ({ origin, settings }: ZoneRow) =>
    JSON.stringify([origin, (settings.origins ?? []).map(({ url }) => url)]);
  if (before === null || serversOf(before) === serversOf(after)) return [];
  return [
    'what is stored from the former origin is served until it expires: to have the new one asked at once, send "purge": true with the change, or purge everything',
  ];
}

function policyOf(c: RestContext) {
  return originPolicy(settingsOf(c.env));
}

function changingOf(c: RestContext, zoneName: string): ChangingOrigins {
  const zoneHostnames = zoneHosts(zoneName, settingsOf(c.env));
  return { policy: policyOf(c), zoneHosts: zoneHostnames, keyring: () => keyringOf(c), now: c.var.now };
}

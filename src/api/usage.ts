import type { OpenAPIHono } from "@hono/zod-openapi";
import type { RestEnv } from "../rest/context.ts";
import { ownerOf } from "../usage/batch.ts";
import { DAY_MS, dayOf } from "../usage/hours.ts";
import { HOURS_KEPT_DAYS } from "../usage/kept-days.ts";
import { dateOf, periodOf } from "../usage/period.ts";
import { readTopPaths, readUsage } from "../usage/read-usage.ts";
import { reportOf } from "../usage/report.ts";
import { zoneNames } from "../zones/find-zones.ts";
import { pathsRoute, usageRoute } from "./usage-routes.ts";
import { invalidField } from "./validation.ts";
import { zoneInScope } from "./zone-in-scope.ts";

/** Adds `/v1/usage` to the API. */
export function addUsage(app: OpenAPIHono<RestEnv>): void {
  app.openapi(usageRoute, async (c) => {
    const { zone, ...asked } = c.req.valid("query");
    const verdict = periodOf(asked, c.var.now);
    if (!verdict.ok) throw invalidField(verdict.field, verdict.reason);
    const zones = zone === undefined ? c.var.caller.zones : [(await zoneInScope(c, zone)).id];
    const sums = await readUsage(c.env, ownerOf(c.var.caller), { ...verdict.period, zones });
    const names = await zoneNames(
      c.env.DB,
      c.var.caller.account,
      sums.zone.map(({ value }) => value),
    );
    return c.json(reportOf(verdict.period, sums, names, c.var.now), 200);
  });

  app.openapi(pathsRoute, async (c) => {
    const { zone, day } = c.req.valid("query");
    const today = dayOf(c.var.now);
    const time = day === undefined ? today : dateOf(day)!;
    if (time < today - HOURS_KEPT_DAYS * DAY_MS) {
      throw invalidField("day", `is too long ago: paths are kept for ${HOURS_KEPT_DAYS} days`);
    }
    const { id, name } = await zoneInScope(c, zone);
    const { paths, floor } = await readTopPaths(c.env, ownerOf(c.var.caller), id, time);
    const shown = paths.map(([path, requests, error]) => ({ path, requests, error }));
    return c.json(
      { zone: id, name, day: new Date(time).toISOString().slice(0, 10), paths: shown, others_at_most: floor },
      200,
    );
  });
}

import type { OpenAPIHono, z } from "@hono/zod-openapi";
import { BOUNDS } from "../db/bounds.ts";
import { isoSeconds } from "../db/iso-seconds.ts";
import { newId } from "../db/new-id.ts";
import { zoneOfHost } from "../hostnames/published-hosts.ts";
import { surfaceOf } from "../hosts.ts";
import type { RestContext, RestEnv } from "../rest/context.ts";
import { settingsOf } from "../settings.ts";
import { pathTarget } from "../zones/purge/purge-target.ts";
import { insertTakedown, liftTakedown, listTakedowns, type Takedown, zoneOfName } from "../zones/takedown-rows.ts";
import { bringToEdge } from "./bring-to-edge.ts";
import { Problem } from "./errors.ts";
import { operatorRequest } from "./operator-request.ts";
import { cutPage, requestedPage } from "./pages.ts";
import { liftTakedownRoute, listTakedownsRoute, takeDownRoute, type takedownSchema } from "./takedown-routes.ts";
import { invalidField } from "./validation.ts";
import { zoneNotFound } from "./zone-in-scope.ts";

/** Adds `/admin/takedowns` to the API. */
export function addTakedowns(app: OpenAPIHono<RestEnv>): void {
  app.openapi(listTakedownsRoute, async (c) => {
    const { limit, cursor, ...filter } = c.req.valid("query");
    const found = await listTakedowns(c.env.DB, filter, requestedPage("take", { limit, cursor }));
    const { rows, next_cursor } = cutPage(found, limit);
    return c.json({ takedowns: rows.map((row) => takedownJson(c, row)), next_cursor }, 200);
  });

  app.openapi(takeDownRoute, async (c) => {
    const { url, reference } = c.req.valid("json");
    const { name, kind, value } = await readUrl(c, url);
    const zone = await zoneOfName(c.env.DB, name);
    if (zone === null) throw zoneNotFound();
    const takedown = { id: newId("take"), kind, value, reference };
    const made = await insertTakedown(c.env.DB, zone, takedown, operatorRequest(c), c.var.now);
    if (made.kind === "missing") throw zoneNotFound();
    if (made.kind === "full")
      throw new Problem("limit_reached", {
        sentence: `a zone has at most ${BOUNDS.takedowns.rows} takedowns: block a prefix, or suspend the account`,
      });
    await bringToEdge(c, zone.name);
    return c.json({ takedown: takedownJson(c, made.takedown) }, 201);
  });

  app.openapi(liftTakedownRoute, async (c) => {
    const lifted = await liftTakedown(c.env.DB, c.req.valid("param").id, operatorRequest(c), c.var.now);
    if (lifted === null) throw new Problem("not_found", { sentence: "there is no such takedown" });
    await bringToEdge(c, lifted.zone);
    return c.body(null, 204);
  });
}

/** The zone that a URL belongs to, and what it names there, read as the edge reads a request. */
async function readUrl(c: RestContext, text: string): Promise<Pick<Takedown, "kind" | "value"> & { name: string }> {
  const url = URL.parse(text);
  const isWeb = url?.protocol === "https:" || url?.protocol === "http:";
  const name = url === null || !isWeb ? null : await zoneAt(c, url);
  if (url === null || name === null)
    throw invalidField(
      "url",
      `must be a URL of a zone, such as https://my-assets.${settingsOf(c.env).edgeDomains[0]}/a`,
    );
  // The whole query is kept: the zone decides which part of it counts, and may change that.
  const read = pathTarget(url.pathname + url.search, { query: "keep", hosts: [] });
  if (!read.ok) {
    const hasStar = url.pathname.includes("*") || url.search.includes("*");
    throw invalidField("url", hasStar ? "may have a * only at the end of its path" : read.reason);
  }
  return { name, kind: read.target.kind as Takedown["kind"], value: read.target.value };
}

/** The name of the zone that answers a URL; null: there is none. */
async function zoneAt(c: RestContext, url: URL): Promise<string | null> {
  const surface = surfaceOf(url, settingsOf(c.env));
  if (surface.kind === "edge") return surface.zone;
  return surface.kind === "hostname" ? zoneOfHost(c.env.DB, surface.hostname) : null;
}

function takedownJson(c: RestContext, row: Takedown): z.input<typeof takedownSchema> {
  const { id, account, zone, kind, value, reference, createdAt } = row;
  const url = `https://${zone}.${settingsOf(c.env).edgeDomains[0]}${value}${kind === "prefix" ? "*" : ""}`;
  return { id, account, zone, url, reference, created: isoSeconds(createdAt) };
}

import type { OpenAPIHono } from "@hono/zod-openapi";
import { auditStatement } from "../accounts/audit-log.ts";
import { BOUNDS, rowsOf } from "../db/bounds.ts";
import { newId } from "../db/new-id.ts";
import { actorOf } from "../rest/actor-of.ts";
import type { RestContext, RestEnv } from "../rest/context.ts";
import { settingsOf } from "../settings.ts";
import { accelerate } from "../zones/purge/purge-acceleration.ts";
import { type PurgeOrder, type PurgeTarget, recordPurge } from "../zones/purge/purges.ts";
import type { ZoneRow } from "../zones/rows.ts";
import { bringToEdge } from "./bring-to-edge.ts";
import { Problem } from "./errors.ts";
import { namedPaths, refuseWrongPurge } from "./purge-problems.ts";
import { purgePathRoute, purgeRoute } from "./purge-routes.ts";
import { namesOf } from "./purged-names.ts";
import { invalidField } from "./validation.ts";
import { zoneInScope, zoneNotFound } from "./zone-in-scope.ts";

const MAX_PREFIXES = 100;
const MAX_PREFIX_CHARACTERS = 1_024;

/** What a purge names, as in the request. */
interface PurgeRequest {
  path?: string | undefined;
  paths?: string[] | undefined;
  prefixes?: string[] | undefined;
  tags?: string[] | undefined;
  everything?: boolean | undefined;
  soft?: boolean | undefined;
}

/** Adds `/v1/purge` to the API. */
export function addPurge(app: OpenAPIHono<RestEnv>): void {
  app.openapi(
    purgePathRoute,
    async (c) => {
      // RFC 9110 §9.2.1: HEAD is safe, so it must not do what this GET does.
      if (c.req.method === "HEAD") throw new Problem("method_not_allowed", { headers: { allow: "GET, POST" } });
      const { zone, ...request } = c.req.valid("query");
      return c.json(await purge(c, zone, request), 200);
    },
    (result, c) => (result.success ? undefined : refuseWrongPurge(result, c)),
  );

  app.openapi(
    purgeRoute,
    async (c) => {
      const { zone, ...request } = c.req.valid("json");
      return c.json(await purge(c, zone, request), 200);
    },
    (result, c) => (result.success ? undefined : refuseWrongPurge(result, c)),
  );
}

/** Purges everything that is stored for a zone. */
export async function purgeAll(c: RestContext, zone: ZoneRow): Promise<{ id: string; nodes: number }> {
  const { id, nodes } = await purge(c, zone.id, { everything: true });
  return { id, nodes };
}

/** Purges what a request names in a zone, and answers when the edge knows. */
export async function purge(c: RestContext, idOrName: string, request: PurgeRequest) {
  const zone = await zoneInScope(c, idOrName);
  const order = {
    id: newId("purge"),
    zone: zone.id,
    soft: request.soft ?? false,
    targets: onceEach(await targetsOf(c, request, zone)),
    createdBy: c.var.caller.keyId,
  };
  const limit = rowsOf(BOUNDS.purges.rows, c.var.caller.plan);
  const nodes = await recordPurge(c.env.DB, order, auditOf(c, order), c.var.now, limit);
  if (nodes === null) throw zoneNotFound();
  if (settingsOf(c.env).cloudflare !== null) c.executionCtx.waitUntil(accelerate(c.env.PURGE_ACCELERATOR, order));
  const { isTold } = await bringToEdge(c, zone.name);
  const feed = isTold ? {} : { feed: "pending" as const };
  return { purged: true as const, nodes, id: order.id, soft: order.soft, ...feed, ...namesOf(order.targets) };
}

/** The history of purges has everything that a purge named; the audit log, which is kept longer, has the numbers. */
function auditOf(c: RestContext, { id, zone, soft, targets }: PurgeOrder): D1PreparedStatement {
  const { everything, paths, prefixes, tags } = namesOf(targets);
  const after = { id, soft, everything, paths: paths.length, prefixes: prefixes.length, tags: tags.length };
  return auditStatement(c.env.DB, actorOf(c), { action: "zone.purge", target: zone, before: null, after }, c.var.now);
}

/** Without targets that are named twice, perhaps in another spelling. */
function onceEach(targets: readonly PurgeTarget[]): PurgeTarget[] {
  return [...new Map(targets.map((target) => [`${target.kind} ${target.value}`, target])).values()];
}

/** The targets that a request names, or a 422 with all that could match nothing. */
async function targetsOf(c: RestContext, request: PurgeRequest, zone: ZoneRow): Promise<PurgeTarget[]> {
  const named = await namedPaths(c, request, zone);
  if (named.problems.length > 0) throw new Problem("invalid_request", { details: named.problems });
  if (request.everything) return [{ kind: "everything", value: "" }];
  const tags = (request.tags ?? []).map((tag): PurgeTarget => ({ kind: "tag", value: tag }));
  const prefixes = named.targets.filter(({ kind }) => kind === "prefix");
  // The edge compares every prefix with every request.
  if (prefixes.length > MAX_PREFIXES) throw invalidField("paths", `must hold at most ${MAX_PREFIXES} prefixes in all`);
  const long = prefixes.find(({ value }) => value.length > MAX_PREFIX_CHARACTERS);
  if (long !== undefined)
    throw invalidField("paths", `must not hold a prefix above ${MAX_PREFIX_CHARACTERS} characters`);
  return [...named.targets, ...tags];
}

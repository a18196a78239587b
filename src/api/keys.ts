import type { OpenAPIHono } from "@hono/zod-openapi";
import { findKey, listKeys } from "../accounts/key-rows.ts";
import { createKey, type NewKey, renameKey, revokeKey, rotateKey } from "../accounts/keys.ts";
import { isoSeconds } from "../db/iso-seconds.ts";
import { actorOf } from "../rest/actor-of.ts";
import type { RestContext, RestEnv } from "../rest/context.ts";
import { Problem } from "./errors.ts";
import { keyJson } from "./key-json.ts";
import { checkedKey, refuseWrongKey } from "./key-problems.ts";
import {
  createKeyRoute,
  listKeysRoute,
  readKeyRoute,
  renameKeyRoute,
  revokeKeyRoute,
  rotateKeyRoute,
} from "./key-routes.ts";
import { cutPage, requestedPage } from "./pages.ts";
import { invalidField } from "./validation.ts";

/** Adds `/v1/keys` to the API. */
export function addKeys(app: OpenAPIHono<RestEnv>): void {
  app.openapi(listKeysRoute, async (c) => {
    const query = c.req.valid("query");
    const found = await listKeys(c.env.DB, c.var.caller, requestedPage("key", query), c.var.now);
    const { rows, next_cursor } = cutPage(found, query.limit);
    return c.json({ keys: rows.map(keyJson), next_cursor }, 200);
  });

  app.openapi(
    createKeyRoute,
    async (c) => {
      const { name, scopes, zones, expires } = c.req.valid("json");
      const { zoneIds, problems } = await checkedKey(c, { zones, expires });
      if (problems.length > 0) throw new Problem("invalid_request", { details: problems });
      const request = {
        name,
        scopes,
        zones: zones && zoneIds,
        expiresAt: typeof expires === "string" ? Date.parse(expires) : expires,
      };
      const result = await createKey(c.env.DB, c.var.caller, request, actorOf(c), c.var.now);
      switch (result.kind) {
        case "created":
          return c.json(newKeyJson(result), 201, { location: `/v1/keys/${result.key.id}` });
        case "lacks-scopes":
          throw new Problem("forbidden", {
            sentence: `this key lacks the scope ${result.scopes.join(", ")}, so it cannot grant it`,
            details: [{ field: "scopes", message: `must be some of ${c.var.caller.scopes.join(", ")}` }],
          });
        case "lacks-zones":
          throw invalidField("zones", "must be some of the zones that this key is itself restricted to");
        case "outlives":
          throw invalidField("expires", `must not be after ${isoSeconds(result.until)}, when this key itself expires`);
        case "in-the-past":
          throw invalidField("expires", "must be in the future");
        case "limit":
          throw limitReached(c, result.limit);
        default:
          return result satisfies never;
      }
    },
    (result, c) => (result.success ? undefined : refuseWrongKey(result, c)),
  );

  app.openapi(readKeyRoute, async (c) => {
    const key = await findKey(c.env.DB, c.var.caller, c.req.valid("param").id, c.var.now);
    if (key === null) throw keyNotFound();
    return c.json(keyJson(key), 200);
  });

  app.openapi(renameKeyRoute, async (c) => {
    const { name } = c.req.valid("json");
    const key = await renameKey(c.env.DB, c.var.caller, c.req.valid("param").id, name, actorOf(c), c.var.now);
    if (key === null) throw keyNotFound();
    return c.json(keyJson(key), 200);
  });

  app.openapi(revokeKeyRoute, async (c) => {
    const { id } = c.req.valid("param");
    if (!(await revokeKey(c.env.DB, c.var.caller, id, actorOf(c), c.var.now))) throw keyNotFound();
    return c.body(null, 204);
  });

  app.openapi(rotateKeyRoute, async (c) => {
    const { id } = c.req.valid("param");
    const grace = c.req.valid("json").grace_seconds ?? 0;
    const result = await rotateKey(c.env.DB, c.var.caller, id, grace, actorOf(c), c.var.now);
    switch (result.kind) {
      case "rotated":
        return c.json(newKeyJson(result), 201, { location: `/v1/keys/${result.key.id}` });
      case "missing":
        throw keyNotFound();
      case "expired":
        throw new Problem("key_expired");
      case "rotated-before":
        throw new Problem("key_rotated");
      case "limit":
        throw limitReached(c, result.limit, ", or rotate without grace_seconds");
      default:
        return result satisfies never;
    }
  });
}

function newKeyJson({ key, token }: NewKey) {
  return { ...keyJson(key), token };
}

function keyNotFound(): Problem {
  return new Problem("not_found", { sentence: "key not found" });
}

function limitReached(c: RestContext, limit: number, otherwise = ""): Problem {
  return new Problem("limit_reached", {
    sentence: `the plan ${c.var.caller.plan} allows ${limit} keys: revoke one that is not needed${otherwise}, or ask for a larger plan`,
  });
}

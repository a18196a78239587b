import type { OpenAPIHono } from "@hono/zod-openapi";
import { listKeys } from "../../accounts/key-rows.ts";
import { type CreatedKey, createKey, revokeKey } from "../../accounts/keys.ts";
import { SCOPES } from "../../accounts/scopes.ts";
import { isoSeconds } from "../../db/iso-seconds.ts";
import { actorOf } from "../../rest/actor-of.ts";
import type { RestContext, RestEnv } from "../../rest/context.ts";
import {
  apiKeyJson,
  createApiKeyRoute,
  createdKeyJson,
  listApiKeysRoute,
  revokeApiKeyRoute,
} from "./api-key-routes.ts";
import { invalidField, RestProblem } from "./errors.ts";

/** Above what any plan allows, since the contract's list has no pages. */
const LONGEST_LIST = 10_000;

/** Adds `/api/v1/api_keys` to the API. */
export function addApiKeys(app: OpenAPIHono<RestEnv>): void {
  app.openapi(listApiKeysRoute, async (c) => {
    requireOwner(c);
    const keys = await listKeys(c.env.DB, c.var.caller, { limit: LONGEST_LIST, after: null }, c.var.now);
    return c.json({ api_keys: keys.map(apiKeyJson) }, 200);
  });

  app.openapi(createApiKeyRoute, async (c) => {
    requireOwner(c);
    const { name, scopes = SCOPES.resolvedb, expires_at } = c.req.valid("json").api_key;
    const expiresAt = typeof expires_at === "string" ? Date.parse(expires_at) : expires_at;
    const result = await createKey(c.env.DB, c.var.caller, { name, scopes, expiresAt }, actorOf(c), c.var.now);
    if (result.kind !== "created") throw refusal(result);
    const { id, name: shownName, ...shown } = createdKeyJson(result.key);
    return c.json({ api_key: { id, name: shownName, token: result.token, ...shown } }, 201);
  });

  app.openapi(revokeApiKeyRoute, async (c) => {
    requireOwner(c);
    const { id } = c.req.valid("param");
    if (!(await revokeKey(c.env.DB, c.var.caller, id, actorOf(c), c.var.now))) throw new RestProblem("not_found");
    return c.body(null, 204);
  });
}

/** Keys outlive a membership, so of signed-in people only owners can see, make and end them, as with ResCDN's keys. */
function requireOwner({ var: { caller } }: RestContext): void {
  const role = caller.person?.role;
  if (role === undefined || role === "owner") return;
  throw new RestProblem("forbidden", {
    sentence: `Only owners can see and create keys: your role in this account is ${role}`,
  });
}

function refusal(result: Exclude<CreatedKey, { kind: "created" }>): RestProblem {
  switch (result.kind) {
    case "lacks-scopes":
      return new RestProblem("forbidden", {
        sentence: `The API key cannot grant what it lacks: the scope ${result.scopes.join(" and ")}`,
      });
    case "lacks-zones":
      return new RestProblem("forbidden", { sentence: "The API key cannot grant more than it has" });
    case "outlives":
      return invalidField(
        "api_key.expires_at",
        `must not be after ${isoSeconds(result.until)}, when the calling key expires`,
      );
    case "in-the-past":
      return invalidField("api_key.expires_at", "must be in the future");
    case "limit":
      return new RestProblem("quota_exceeded", {
        sentence: `The account has ${result.limit} API keys: revoke one first`,
      });
    default:
      return result satisfies never;
  }
}

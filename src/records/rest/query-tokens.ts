import type { OpenAPIHono } from "@hono/zod-openapi";
import { newId } from "../../db/new-id.ts";
import { actorOf } from "../../rest/actor-of.ts";
import type { RestEnv } from "../../rest/context.ts";
import { newQueryToken, queryTokenLabel } from "../query-token.ts";
import { insertQueryToken, listQueryTokens, QUERY_TOKEN_LIMIT, revokeQueryToken } from "../query-token-rows.ts";
import { invalidField, RestProblem } from "./errors.ts";
import { namespaceOf } from "./namespaces.ts";
import {
  createQueryTokenRoute,
  listQueryTokensRoute,
  queryTokenJson,
  revokeQueryTokenRoute,
} from "./query-token-routes.ts";

/** Adds `/api/v1/namespaces/:name/query_tokens` to the API. */
export function addQueryTokens(app: OpenAPIHono<RestEnv>): void {
  app.openapi(listQueryTokensRoute, async (c) => {
    const { name } = await namespaceOf(c, c.req.valid("param").name);
    return c.json({ query_tokens: (await listQueryTokens(c.env.DB, name)).map(queryTokenJson) }, 200);
  });

  app.openapi(createQueryTokenRoute, async (c) => {
    const namespace = await namespaceOf(c, c.req.valid("param").name);
    const { name, expires_at } = c.req.valid("json").query_token;
    const expiresAt = expires_at === null ? null : Date.parse(expires_at);
    if (expiresAt !== null && expiresAt <= c.var.now)
      throw invalidField("query_token.expires_at", "must be in the future");
    const token = newQueryToken();
    const order = { id: newId("qtok"), token, name, expiresAt };
    const row = await insertQueryToken(c.env.DB, actorOf(c), namespace.name, order, c.var.now);
    if (row === null) {
      await namespaceOf(c, namespace.name);
      throw new RestProblem("quota_exceeded", {
        sentence: `The namespace has ${QUERY_TOKEN_LIMIT} query tokens: revoke one first`,
      });
    }
    return c.json({ query_token: { ...queryTokenJson(row), token, label: queryTokenLabel(token) } }, 201);
  });

  app.openapi(revokeQueryTokenRoute, async (c) => {
    const { name, id } = c.req.valid("param");
    if (!(await revokeQueryToken(c.env.DB, actorOf(c), name.toLowerCase(), id, c.var.now)))
      throw new RestProblem("not_found");
    return c.body(null, 204);
  });
}

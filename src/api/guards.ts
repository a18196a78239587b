import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { authenticate } from "../accounts/authenticate.ts";
import { isOperator } from "../accounts/operator.ts";
import type { Scope } from "../accounts/scopes.ts";
import { newId } from "../db/new-id.ts";
import { settingsOf } from "../env.ts";
import type { ApiEnv } from "./context.ts";
import { Problem } from "./errors.ts";

type Guard = MiddlewareHandler<ApiEnv>;

const ANSWER_HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "strict-transport-security": "max-age=31536000",
  "x-content-type-options": "nosniff",
};

/** Gives each request its id and time, and each answer the headers that all of them have. */
export const everyAnswer: Guard = async (c, next) => {
  c.set("requestId", newId("req"));
  c.set("now", Date.now());
  await next();
  for (const [name, value] of Object.entries(ANSWER_HEADERS)) c.res.headers.set(name, value);
  c.res.headers.set("x-request-id", c.var.requestId);
};

/** Lets in who shows a key with a scope; all who do not show a valid key get the same answer. */
export function requireScope(scope: Scope): Guard {
  return async (c, next) => {
    const authentication = await authenticate(c.env.DB, c.req.header("x-rescdn-key") ?? null, "rescdn", c.var.now);
    if (authentication.kind === "refused") throw unauthenticated('X-ResCDN-Key realm="ResCDN"');
    const { caller } = authentication;
    if (!caller.scopes.includes(scope))
      throw new Problem("forbidden", { sentence: `this key lacks the scope ${scope}` });
    c.set("caller", caller);
    await next();
  };
}

/** Lets in the operator. Without an operator's token in the environment there is nothing here. */
export const requireOperator: Guard = async (c, next) => {
  const { adminToken } = settingsOf(c.env);
  if (adminToken === null) throw new Problem("not_found");
  const operator = await isOperator(c.req.header("authorization") ?? null, adminToken);
  if (!operator) throw unauthenticated('Bearer realm="ResCDN"');
  await next();
};

/** Refuses a body above 64 KiB as soon as that much has arrived, announced or not. */
export const limitBody: Guard = bodyLimit({
  maxSize: 64 * 1024,
  onError: () => {
    throw new Problem("body_too_large");
  },
});

/** RFC 9110 §15.5.2: a 401 "MUST send a WWW-Authenticate header field". */
function unauthenticated(challenge: string): Problem {
  return new Problem("unauthenticated", { headers: { "www-authenticate": challenge } });
}

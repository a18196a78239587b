import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { routePath } from "hono/route";
import { type Admission, admit, countFailure } from "../accounts/admit.ts";
import type { Caller } from "../accounts/authenticate.ts";
import { clientAddress } from "../accounts/client-address.ts";
import { isOperator } from "../accounts/operator.ts";
import { rateLimitHeaders } from "../accounts/rate-limit-headers.ts";
import type { Scope } from "../accounts/scopes.ts";
import { newId } from "../db/new-id.ts";
import { settingsOf } from "../env.ts";
import { ANSWER_HEADERS } from "../rest/answer-headers.ts";
import { logRequest } from "../rest/log-request.ts";
import type { ApiContext, ApiEnv } from "./context.ts";
import { Problem } from "./errors.ts";

type Guard = MiddlewareHandler<ApiEnv>;

/** Gives each request its id and time, and each answer the headers that all of them have and a line in the log. */
export const everyAnswer: Guard = async (c, next) => {
  c.set("requestId", newId("req"));
  c.set("now", Date.now());
  await next();
  const { headers } = c.res;
  for (const [name, value] of Object.entries(ANSWER_HEADERS)) if (!headers.has(name)) headers.set(name, value);
  for (const [name, value] of Object.entries(c.var.rateLimit ?? {})) headers.set(name, value);
  headers.set("x-request-id", c.var.requestId);
  const { requestId, now, caller } = c.var;
  logRequest({ requestId, method: c.req.method, route: routePath(c, -1), status: c.res.status, now, caller });
};

/** What a customer authenticates with. */
export const KEY_CHALLENGE = 'X-ResCDN-Key realm="ResCDN"';

/**
 * Lets in who shows a key with a scope, within its rate limit; all who do not show a valid key get the same answer.
 *
 * @param scope null: any valid key
 */
export function requireScope(scope: Scope | null): Guard {
  return async (c, next) => {
    const { headers } = c.req.raw;
    const admission = await admit(c.env, headers.get("x-rescdn-key"), "rescdn", clientAddress(headers), c.var.now);
    const caller = callerOf(c, admission, KEY_CHALLENGE);
    c.set("caller", caller);
    if (scope !== null && !caller.scopes.includes(scope))
      throw new Problem("forbidden", { sentence: `this key lacks the scope ${scope}` });
    await next();
  };
}

/** Lets in the operator. Without an operator's token in the environment there is nothing here. */
export const requireOperator: Guard = async (c, next) => {
  const { adminToken } = settingsOf(c.env);
  if (adminToken === null) throw new Problem("not_found");
  const { headers } = c.req.raw;
  if (!(await isOperator(headers.get("authorization"), adminToken)))
    callerOf(c, await countFailure(c.env.RATE_LIMITER, clientAddress(headers)), 'Bearer realm="ResCDN"');
  await next();
};

/** The caller that was admitted. RFC 9110 §15.5.2: a 401 "MUST send a WWW-Authenticate header field". */
function callerOf(c: ApiContext, admission: Admission, challenge: string): Caller {
  if (admission.window !== null) c.set("rateLimit", rateLimitHeaders(admission.window, c.var.now));
  switch (admission.kind) {
    case "admitted":
      return admission.caller;
    case "unauthenticated":
      throw new Problem("unauthenticated", { headers: { "www-authenticate": challenge } });
    case "limited":
      throw new Problem("rate_limited");
    default:
      return admission satisfies never;
  }
}

/** Refuses a body above 64 KiB as soon as that much has arrived, announced or not. */
export const limitBody: Guard = bodyLimit({
  maxSize: 64 * 1024,
  onError: () => {
    throw new Problem("body_too_large");
  },
});

/** Where a body may be left out, one of another type than JSON would be passed over in silence: refuses it. */
export const refuseOtherBodies: Guard = async (c, next) => {
  const isJson = /^application\/([\w!#$%&*.^`~-]+\+)?json(\s*;|$)/i.test(c.req.header("content-type") ?? "");
  if (!isJson && (await c.req.arrayBuffer()).byteLength > 0) throw new Problem("unsupported_media_type");
  await next();
};

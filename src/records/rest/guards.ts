import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { routePath } from "hono/route";
import { type Admission, admit } from "../../accounts/admit.ts";
import type { Caller } from "../../accounts/authenticate.ts";
import { clientAddress } from "../../accounts/client-address.ts";
import { PLANS } from "../../accounts/plans.ts";
import { rateLimitHeaders } from "../../accounts/rate-limit-headers.ts";
import type { SCOPES } from "../../accounts/scopes.ts";
import { WINDOW_MS } from "../../accounts/sliding-window.ts";
import { newId } from "../../db/new-id.ts";
import { ANSWER_HEADERS } from "../../rest/answer-headers.ts";
import { logRequest } from "../../rest/log-request.ts";
import { bearerToken } from "./bearer-token.ts";
import type { RestContext, RestEnv } from "./context.ts";
import { RestProblem } from "./errors.ts";

type Guard = MiddlewareHandler<RestEnv>;

/** Gives each request its id and time, and each answer the headers that all of them have and a line in the log. */
export const everyAnswer: Guard = async (c, next) => {
  c.set("requestId", newId("req"));
  c.set("now", Date.now());
  await next();
  const headers = { ...ANSWER_HEADERS, ...(c.var.rateLimit ?? uncounted(c.var.now)) };
  for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, value);
  c.res.headers.set("x-request-id", c.var.requestId);
  const { requestId, now, caller } = c.var;
  logRequest({ requestId, method: c.req.method, route: routePath(c, -1), status: c.res.status, now, caller });
};

/** What an answer says that no limit has counted, such as a 401 to an unknown address: what a first call would see. */
function uncounted(now: number): Readonly<Record<string, string>> {
  const limit = PLANS.free.resolvedb.requests;
  return rateLimitHeaders({ allowed: true, limit, remaining: limit, resetAt: now + WINDOW_MS }, now);
}

/** Lets in who shows a key, within its rate limit; all who do not show a valid one get the same answer. */
export const requireKey: Guard = async (c, next) => {
  const { headers } = c.req.raw;
  const admission = await admit(c.env, bearerToken(headers), "resolvedb", clientAddress(headers), c.var.now);
  c.set("caller", callerOf(c, admission));
  await next();
};

/** Lets in keys with a scope. Comes after {@link requireKey}. */
export function requireScope(scope: (typeof SCOPES)["resolvedb"][number]): Guard {
  return async (c, next) => {
    if (!c.var.caller.scopes.includes(scope))
      throw new RestProblem("forbidden", { sentence: `The API key lacks the scope ${scope}` });
    await next();
  };
}

/** The caller that was admitted. RFC 9110 §15.5.2: a 401 "MUST send a WWW-Authenticate header field". */
function callerOf(c: RestContext, admission: Admission): Caller {
  if (admission.window !== null) c.set("rateLimit", rateLimitHeaders(admission.window, c.var.now));
  switch (admission.kind) {
    case "admitted":
      return admission.caller;
    case "unauthenticated":
      throw new RestProblem("unauthenticated", { headers: { "www-authenticate": 'Bearer realm="ResolveDB"' } });
    case "limited":
      throw new RestProblem("rate_limited");
    default:
      return admission satisfies never;
  }
}

/** Refuses a body above 64 KiB as soon as that much has arrived, announced or not. */
export const limitBody: Guard = bodyLimit({
  maxSize: 64 * 1024,
  onError: () => {
    throw new RestProblem("body_too_large");
  },
});

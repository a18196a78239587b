import type { MiddlewareHandler } from "hono";
import { admit } from "../../accounts/admit.ts";
import { PLANS } from "../../accounts/plans.ts";
import { rateLimitHeaders } from "../../accounts/rate-limit-headers.ts";
import type { SCOPES } from "../../accounts/scopes.ts";
import { WINDOW_MS } from "../../accounts/sliding-window.ts";
import { addressOf } from "../../rest/actor-of.ts";
import { admitted, changes, type Refusals } from "../../rest/admitted.ts";
import type { RestEnv } from "../../rest/context.ts";
import { limitBodyBy, refuseBodyBy } from "../../rest/limit-body.ts";
import { sessionAdmission } from "../../rest/session-admission.ts";
import { bearerToken } from "./bearer-token.ts";
import { invalidField, RestProblem } from "./errors.ts";

type Guard = MiddlewareHandler<RestEnv>;

/** The rate limit headers for answers that no limit has counted, such as the document: what a first call would get. */
export function uncounted(now: number): Readonly<Record<string, string>> {
  const limit = PLANS.free.resolvedb.requests;
  return rateLimitHeaders({ allowed: true, limit, remaining: limit, resetAt: now + WINDOW_MS }, now);
}

const refusals: Refusals = {
  unauthenticated: (headers) => new RestProblem("unauthenticated", { headers }),
  limited: () => new RestProblem("rate_limited"),
};

const noAccount = (sentence: string) => new RestProblem("forbidden", { sentence });

/** Lets in calls with a valid key, within its rate limit. All without one get the same answer. */
export const requireKey: Guard = async (c, next) => {
  const token = bearerToken(c.req.raw.headers);
  const bySession = token === null ? await sessionAdmission(c, "resolvedb", noAccount) : null;
  const admission = bySession ?? (await admit(c.env, token, "resolvedb", addressOf(c), c.var.now));
  const caller = admitted(c, admission, 'Bearer realm="ResolveDB"', refusals);
  c.set("caller", caller);
  if (caller.suspended && changes(c.req.method)) throw new RestProblem("account_suspended");
  await next();
};

/** Lets in keys that have a scope. Comes after {@link requireKey}. */
export function requireScope(scope: (typeof SCOPES)["resolvedb"][number]): Guard {
  return async (c, next) => {
    const { scopes, person } = c.var.caller;
    if (!scopes.includes(scope)) {
      const who = person === undefined ? "The API key" : `Your role in this account, ${person.role},`;
      throw new RestProblem("forbidden", { sentence: `${who} lacks the scope ${scope}` });
    }
    await next();
  };
}

/** For calls that take no body: one would otherwise be ignored in silence. */
export const refuseBody = refuseBodyBy(() => invalidField("body", "must be left out: this call takes none"));

export const limitBody = limitBodyBy({
  tooLarge: () => new RestProblem("body_too_large"),
  broken: () => new RestProblem("invalid_json", { sentence: "The request body broke off before its end" }),
});

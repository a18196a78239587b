import type { MiddlewareHandler } from "hono";
import { admit, admitOperator, takePersonsTurn } from "../accounts/admit.ts";
import type { Caller } from "../accounts/authenticate.ts";
import { isOperator } from "../accounts/operator.ts";
import { rateLimitHeaders } from "../accounts/rate-limit-headers.ts";
import type { Scope } from "../accounts/scopes.ts";
import { addressOf } from "../rest/actor-of.ts";
import { admitted, changes, type Refusals } from "../rest/admitted.ts";
import type { RestContext, RestEnv } from "../rest/context.ts";
import { limitBodyBy, refuseBodyBy } from "../rest/limit-body.ts";
import { personOf, sessionAdmission } from "../rest/session-admission.ts";
import { settingsOf } from "../settings.ts";
import { Problem } from "./errors.ts";

type Guard = MiddlewareHandler<RestEnv>;

/** How customers authenticate. */
export const KEY_CHALLENGE = 'X-ResCDN-Key realm="ResCDN"';

/**
 * Lets in calls with a valid key that has a scope, within its rate limit. All without a valid key get the same answer.
 *
 * @param scope null: any valid key
 * @param aboutItself whether a key that the path names by its id needs no scope
 */
export function requireScope(scope: Scope | null, aboutItself: boolean): Guard {
  return async (c, next) => {
    const token = c.req.raw.headers.get("x-rescdn-key");
    const bySession = token === null ? await sessionAdmission(c, "rescdn", noAccount) : null;
    const admission = bySession ?? (await admit(c.env, token, "rescdn", addressOf(c), c.var.now));
    const caller = admitted(c, admission, KEY_CHALLENGE, refusals);
    c.set("caller", caller);
    const isItself = aboutItself && c.req.param("id") === caller.keyId;
    if (scope !== null && !isItself && !caller.scopes.includes(scope))
      throw new Problem("forbidden", { sentence: lacks(scope, caller) });
    // Even a GET may purge.
    if (caller.suspended && (scope === "purge" || changes(c.req.method))) throw new Problem("account_suspended");
    await next();
  };
}

function lacks(scope: Scope, { person }: Caller): string {
  if (person === undefined) return `this key lacks the scope ${scope}`;
  return `your role in this account is ${person.role}, which lacks the scope ${scope}: an owner can change that`;
}

/** Lets in signed-in people; what they ask for concerns themselves. */
export const requirePerson: Guard = async (c, next) => {
  const person = await personOf(c);
  if (person === null)
    throw new Problem("unauthenticated", { sentence: SIGN_IN, headers: { "www-authenticate": SESSION_CHALLENGE } });
  const window = await takePersonsTurn(c.env.RATE_LIMITER, person.id);
  c.set("rateLimit", rateLimitHeaders(window, c.var.now));
  if (!window.allowed) throw refusals.limited();
  c.set("person", person);
  await next();
};

/** Lets in people who act for an account. */
export const requireMember: Guard = async (c, next) => {
  const admission = await sessionAdmission(c, "rescdn", noAccount);
  if (admission === null)
    throw new Problem("unauthenticated", { sentence: SIGN_IN, headers: { "www-authenticate": SESSION_CHALLENGE } });
  const caller = admitted(c, admission, SESSION_CHALLENGE, refusals);
  c.set("caller", caller);
  c.set("person", caller.person);
  if (caller.suspended && changes(c.req.method)) throw new Problem("account_suspended");
  await next();
};

const noAccount = (sentence: string) => new Problem("forbidden", { sentence });

const SIGN_IN = "this is for people: sign in at the dashboard";
const SESSION_CHALLENGE = 'Session realm="ResCDN"';

/** Lets in keys only: a page elsewhere could make a browser send a session's cookie with a GET. */
export const requireKey: Guard = async (c, next) => {
  if (c.var.caller.person !== undefined)
    throw new Problem("forbidden", { sentence: "only keys may purge by GET: if you are signed in, use POST" });
  await next();
};

/** Lets in the operator. If the environment has no operator's token, the operator's calls do not exist. */
export const requireOperator: Guard = async (c, next) => {
  const { adminToken } = settingsOf(c.env);
  const shown = c.req.raw.headers.get("authorization");
  if (shown === null && (await isOperatorsSession(c))) return next();
  if (adminToken === null) throw new Problem("not_found");
  const admission = await admitOperator(c.env.RATE_LIMITER, addressOf(c), () => isOperator(shown, adminToken));
  if (admission.kind !== "operator") admitted(c, admission, 'Bearer realm="ResCDN"', refusals);
  await next();
};

/** Whether a signed-in person is an operator. */
async function isOperatorsSession(c: RestContext): Promise<boolean> {
  const person = await personOf(c);
  if (person === null || !person.isOperator) return false;
  c.set("operator", person.id);
  return true;
}

const refusals: Refusals = {
  unauthenticated: (headers) => new Problem("unauthenticated", { headers }),
  limited: () => new Problem("rate_limited"),
};

export const limitBody = limitBodyBy({
  tooLarge: () => new Problem("body_too_large"),
  broken: () => new Problem("invalid_json", { sentence: "the request body broke off before its end" }),
});

/** For calls that take no body: one would otherwise be ignored in silence. */
export const refuseBody = refuseBodyBy(
  () =>
    new Problem("invalid_request", { details: [{ field: "body", message: "must be left out: this call takes none" }] }),
);

/** For calls whose body is optional: a body of another type than JSON would otherwise be ignored in silence. */
export const refuseOtherBodies: Guard = async (c, next) => {
  const isJson = /^application\/([\w!#$%&*.^`~-]+\+)?json(\s*;|$)/i.test(c.req.header("content-type") ?? "");
  if (!isJson && (await c.req.arrayBuffer()).byteLength > 0) throw new Problem("unsupported_media_type");
  await next();
};

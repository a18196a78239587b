import type { MiddlewareHandler } from "hono";
import { routePath } from "hono/route";
import { newId } from "../db/new-id.ts";
import { ANSWER_HEADERS } from "./answer-headers.ts";
import type { RestEnv } from "./context.ts";
import { logRequest } from "./log-request.ts";

/**
 * Gives each request its id and time, and each answer the common headers and a line in the log.
 *
 * @param uncounted the rate limit's headers for calls that were not counted; `now` in ms since the epoch
 */
export function everyAnswer(
  uncounted: (now: number) => Readonly<Record<string, string>> = () => ({}),
): MiddlewareHandler<RestEnv> {
  return async (c, next) => {
    c.set("requestId", newId("req"));
    c.set("now", Date.now());
    await next();
    const { requestId, now, caller, rateLimit } = c.var;
    const { headers } = c.res;
    for (const [name, value] of Object.entries(ANSWER_HEADERS)) if (!headers.has(name)) headers.set(name, value);
    for (const [name, value] of Object.entries(rateLimit ?? uncounted(now))) headers.set(name, value);
    headers.set("x-request-id", requestId);
    logRequest({ requestId, method: c.req.method, route: routePath(c, -1), status: c.res.status, now, caller });
  };
}

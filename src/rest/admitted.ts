import type { Admission } from "../accounts/admit.ts";
import type { Caller } from "../accounts/authenticate.ts";
import { rateLimitHeaders } from "../accounts/rate-limit-headers.ts";
import type { RestContext } from "./context.ts";

/** How an API refuses a call that is not admitted. */
export interface Refusals {
  /** RFC 9110 §15.5.2: a 401 "MUST send a WWW-Authenticate header field". */
  unauthenticated(headers: { "www-authenticate": string }): Error;
  limited(): Error;
}

/**
 * The caller that was admitted. Stores the rate limit's headers for the answer.
 *
 * @param challenge how to authenticate, for a 401
 */
export function admitted(c: RestContext, admission: Admission, challenge: string, refusals: Refusals): Caller {
  c.set("rateLimit", rateLimitHeaders(admission.window, c.var.now));
  switch (admission.kind) {
    case "admitted":
      return admission.caller;
    case "unauthenticated":
      throw refusals.unauthenticated({ "www-authenticate": challenge });
    case "limited":
      throw refusals.limited();
    default:
      return admission satisfies never;
  }
}

/** Whether a call with a method may change something, which a suspended account cannot. */
export function changes(method: string): boolean {
  return method !== "GET" && method !== "HEAD";
}

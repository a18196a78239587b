import type { Context } from "hono";
import type { Caller } from "../accounts/authenticate.ts";
import type { Env } from "../env.ts";

/** What the API's handlers find in their context. */
export interface ApiEnv {
  Bindings: Env;
  Variables: {
    requestId: string;
    /** When the request arrived, in ms since the epoch. */
    now: number;
    /** What the answer says of the rate limit, once a guard has asked it. */
    rateLimit: Readonly<Record<string, string>> | undefined;
    /** Set by `requireScope`. */
    caller: Caller;
  };
}

export type ApiContext = Context<ApiEnv>;

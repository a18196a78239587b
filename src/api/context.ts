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
    /** Set by `requireScope`. */
    caller: Caller;
  };
}

export type ApiContext = Context<ApiEnv>;

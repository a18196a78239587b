import type { Context } from "hono";
import type { Caller } from "../accounts/authenticate.ts";
import type { Env } from "../env.ts";
import type { Person } from "../people/person.ts";

/** What the handlers of both REST APIs find in their context. */
export interface RestEnv {
  Bindings: Env;
  Variables: {
    requestId: string;
    /** When the request arrived, in ms since the epoch. */
    now: number;
    /** The rate limit's headers for the answer, once a guard has counted the call. */
    rateLimit: Readonly<Record<string, string>> | undefined;
    /** Set by the guard that checks the key. */
    caller: Caller;
    /** Set by the guard of calls for people. */
    person: Person | undefined;
    /** Id of the person who operates the network; absent: it is somebody with the operator's token. */
    operator: string | undefined;
  };
}

export type RestContext = Context<RestEnv>;

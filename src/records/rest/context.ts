import type { Context } from "hono";
import type { Actor } from "../../accounts/audit-log.ts";
import type { Caller } from "../../accounts/authenticate.ts";
import { clientAddress } from "../../accounts/client-address.ts";
import type { Env } from "../../env.ts";

/** What the handlers of ResolveDB's REST API find in their context. */
export interface RestEnv {
  Bindings: Env;
  Variables: {
    requestId: string;
    /** When the request arrived, in ms since the epoch. */
    now: number;
    /** What the answer says of the rate limit, once a guard has asked it. */
    rateLimit: Readonly<Record<string, string>> | undefined;
    /** Set by `requireKey`. */
    caller: Caller;
  };
}

export type RestContext = Context<RestEnv>;

/** The caller, as the audit log names it. */
export function actorOf(c: RestContext): Actor {
  const { account, mode, keyId } = c.var.caller;
  return { account, mode, actor: keyId, address: clientAddress(c.req.raw.headers), requestId: c.var.requestId };
}

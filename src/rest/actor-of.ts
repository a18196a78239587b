import type { Actor } from "../accounts/audit-log.ts";
import { clientAddress } from "../accounts/client-address.ts";
import type { RestContext } from "./context.ts";

/** The caller, as the audit log names it. */
export function actorOf(c: RestContext): Actor {
  const { account, mode, keyId } = c.var.caller;
  return { account, mode, actor: keyId, address: clientAddress(c.req.raw.headers), requestId: c.var.requestId };
}

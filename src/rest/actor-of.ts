import type { Actor } from "../accounts/audit-log.ts";
import { clientAddress } from "../accounts/client-address.ts";
import { settingsOf } from "../settings.ts";
import type { RestContext } from "./context.ts";

/** The caller, as named in the audit log. */
export function actorOf(c: RestContext): Actor {
  const { account, mode, keyId } = c.var.caller;
  return { account, mode, actor: keyId, address: addressOf(c), requestId: c.var.requestId };
}

/** Where a call comes from, as {@link clientAddress} gives it. */
export function addressOf(c: RestContext): string | null {
  return clientAddress(c.req.raw, settingsOf(c.env).trustedProxies);
}

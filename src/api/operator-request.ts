import type { OperatorRequest } from "../accounts/operated-accounts.ts";
import { addressOf } from "../rest/actor-of.ts";
import type { RestContext } from "../rest/context.ts";

/** The operator's request, as named in the audit log of the account concerned. */
export function operatorRequest(c: RestContext): OperatorRequest {
  return { actor: c.var.operator ?? "operator", address: addressOf(c), requestId: c.var.requestId };
}

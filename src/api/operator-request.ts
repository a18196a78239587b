import type { OperatorRequest } from "../accounts/operated-accounts.ts";
import { addressOf } from "../rest/actor-of.ts";
import type { RestContext } from "../rest/context.ts";

/** The operator's request, as the audit log of whom it concerns names it. */
export function operatorRequest(c: RestContext): OperatorRequest {
  return { actor: c.var.operator ?? "operator", address: addressOf(c), requestId: c.var.requestId };
}

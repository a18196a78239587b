import { checkEndpoint } from "../origin-guard/origin-guard.ts";
import type { OriginPolicy } from "../origin-guard/origin-policy.ts";
import type { LogTarget } from "../zones/log-settings.ts";
import { checkedOrigin } from "./checked-origin.ts";
import { invalidField } from "./validation.ts";

const FIELD = "settings.logs.target";

/** A log target in the form that will be used, or a 422 that names the field and says why. */
export function checkedLogTarget(target: LogTarget | undefined, policy: OriginPolicy): LogTarget {
  if (target === undefined) throw invalidField(FIELD, "is required");
  if (target.type === "s3") return { ...target, endpoint: checkedOrigin(`${FIELD}.endpoint`, target.endpoint, policy) };
  const verdict = checkEndpoint(target.url, policy);
  if (!verdict.ok) throw invalidField(`${FIELD}.url`, verdict.reason);
  return { ...target, url: verdict.url };
}

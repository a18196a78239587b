import { checkHost, checkOrigin } from "../origin-guard/origin-guard.ts";
import type { OriginPolicy } from "../origin-guard/origin-policy.ts";
import { invalidField } from "./validation.ts";

/** An origin as it will be asked, or a 422 that names the field and says why. */
export function checkedOrigin(field: string, origin: string, policy: OriginPolicy): string {
  const verdict = checkOrigin(origin, policy);
  if (!verdict.ok) throw invalidField(field, verdict.reason);
  return verdict.origin;
}

/** A host as the origin will be asked for it, or a 422 that names the field and says why. */
export function checkedHost(field: string, host: string, policy: OriginPolicy, zoneHosts: readonly string[]): string {
  const verdict = checkHost(host, policy, zoneHosts);
  if (!verdict.ok) throw invalidField(field, verdict.reason);
  return verdict.host;
}

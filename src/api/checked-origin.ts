import { bucketName, bucketOf, bucketOrigins } from "../files/buckets.ts";
import { checkHost, checkOrigin, type OriginVerdict } from "../origin-guard/origin-guard.ts";
import type { OriginPolicy } from "../origin-guard/origin-policy.ts";
import { invalidField } from "./validation.ts";

/** An origin in the form that will be used, or a 422 that names the field and says why. */
export function checkedOrigin(field: string, origin: string, policy: OriginPolicy): string {
  const verdict = checkOrigin(origin, policy);
  if (!verdict.ok) throw invalidField(field, verdict.reason);
  return verdict.origin;
}

/** Whether a zone's origin may be used: a server, or a bucket of the deployment's. */
export function zoneOriginVerdict(origin: string, policy: OriginPolicy, env: object): OriginVerdict {
  if (!/^r2:/i.test(origin)) return checkOrigin(origin, policy);
  const name = bucketName(origin);
  if (name !== null && bucketOf(env, name) !== null) return { ok: true, origin: `r2://${name}` };
  const known = bucketOrigins(env);
  if (known.length === 0) return { ok: false, reason: "is a bucket, but this deployment has none" };
  return { ok: false, reason: `is not a bucket of this deployment, which has ${known.join(", ")}` };
}

/** A zone's origin in the form that will be used, or a 422 that names the field and says why. */
export function checkedZoneOrigin(field: string, origin: string, policy: OriginPolicy, env: object): string {
  const verdict = zoneOriginVerdict(origin, policy, env);
  if (!verdict.ok) throw invalidField(field, verdict.reason);
  return verdict.origin;
}

/** A host in the form that will be sent to the origin, or a 422 that names the field and says why. */
export function checkedHost(field: string, host: string, policy: OriginPolicy, zoneHosts: readonly string[]): string {
  const verdict = checkHost(host, policy, zoneHosts);
  if (!verdict.ok) throw invalidField(field, verdict.reason);
  return verdict.host;
}

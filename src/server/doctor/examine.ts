import { probe } from "../probe.ts";
import { checkClock, checkHealth, checkLimits } from "./api-checks.ts";
import { checkAssetHeaders, checkHit, checkPurge } from "./asset-checks.ts";
import { checkFigures } from "./figure-checks.ts";
import { type Finding, notChecked } from "./finding.ts";
import { checkCertificate, checkNames } from "./name-checks.ts";
import type { Patient } from "./patient.ts";

/** Looks at a deployment, or a server on one machine, from outside. */
export async function examine(patient: Patient): Promise<Finding[]> {
  const { api, asset, at, key, adminToken } = patient;
  const health = await probe(`${api}/health`, { at });
  const findings = [...(await checkNames(patient)), ...checkHealth(health, api), ...checkCertificate("API", health)];
  if (health.kind === "unreachable") return findings;
  const metrics =
    adminToken === null
      ? null
      : await probe(`${api}/metrics`, { at, headers: { authorization: `Bearer ${adminToken}` } });
  findings.push(...checkClock(health, metrics));
  if (asset === null)
    findings.push(notChecked("asset", "headers, cache and purge: add --asset with a URL of a zone's asset"));
  else {
    const first = await probe(asset, { at });
    findings.push(...checkCertificate("zones", first), ...checkAssetHeaders(first, asset));
    if (first.kind === "answer" && first.status === 200) {
      findings.push(await checkHit(asset, at));
      findings.push(
        key === null
          ? notChecked("purge", "set RESCDN_KEY to a key that may purge")
          : await checkPurge(patient, asset, key),
      );
    }
  }
  findings.push(await checkLimits(patient));
  if (metrics === null)
    findings.push(
      notChecked("bindings", "set ADMIN_TOKEN to see what is bound, what lags and how full the database is"),
    );
  else findings.push(...checkFigures(metrics));
  return findings;
}

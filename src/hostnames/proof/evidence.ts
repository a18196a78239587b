import { zoneHosts } from "../../hosts.ts";
import { originPolicy } from "../../origin-guard/origin-policy.ts";
import type { Settings } from "../../settings.ts";
import type { Claim } from "../claim.ts";
import { httpProof } from "./http-proof.ts";
import { lookUp } from "./look-up.ts";
import { ownershipToken, proofName } from "./ownership-token.ts";
import { whereItLeads } from "./where-it-leads.ts";

/** What was found of a claim's proof. Reasons are sentences without their full stop. */
export type Evidence =
  | { kind: "proven"; by: "dns" | "http" }
  | { kind: "absent"; reason: string }
  /** Unknown: it counts neither as a proof nor as a missing one. */
  | { kind: "unknown"; reason: string };

/**
 * Looks for the proof of a claim: the TXT record, or else the file if the hostname does not lead to this network yet. A
 * hostname that was proven by the file stays proven while an alias in DNS names its zone, because then the file can no longer
 * be seen.
 *
 * @param secret the account's
 * @param what whether only the record counts
 */
export async function evidenceOf(
  claim: Pick<Claim, "hostname" | "zoneName" | "state" | "provenBy">,
  secret: string,
  settings: Pick<Settings, "dohResolver" | "edgeDomains" | "apiHosts" | "recordsHosts" | "dashboardHost" | "origins">,
  what: "record" | "record or file" = "record or file",
): Promise<Evidence> {
  const { hostname, zoneName } = claim;
  const { dohResolver, edgeDomains } = settings;
  const token = ownershipToken(secret, hostname);
  const record = await lookUp(dohResolver, proofName(hostname), "TXT");
  if (record.kind === "unknown") return record;
  if (record.values.some((value) => value.trim() === token)) return { kind: "proven", by: "dns" };
  const missing =
    record.values.length === 0
      ? `there is no TXT record at ${proofName(hostname)}`
      : `the TXT record at ${proofName(hostname)} has another value`;
  if (what === "record") return { kind: "absent", reason: missing };
  const lead = await whereItLeads(dohResolver, hostname, zoneHosts(zoneName, settings), edgeDomains);
  if (lead.kind === "unknown") return lead;
  if (lead.toUs) {
    if (claim.state === "active" && claim.provenBy === "http" && lead.toZone) return { kind: "proven", by: "http" };
    return { kind: "absent", reason: `${missing}; the file no longer counts, since ${hostname} already leads here` };
  }
  const file = await httpProof(hostname, token, lead.addresses, originPolicy(settings));
  return file.ok ? { kind: "proven", by: "http" } : { kind: "absent", reason: `${missing}, and ${file.reason}` };
}

import type { Actor } from "../accounts/audit-log.ts";
import type { Settings } from "../settings.ts";
import { changeClaim } from "./change-claim.ts";
import type { Claim } from "./claim.ts";
import { holderBeside } from "./claim-rows.ts";
import { displaced, judgeClaim, unproven } from "./judge-claim.ts";
import { type Evidence, evidenceOf } from "./proof/evidence.ts";
import { secretOf } from "./proof/ownership-token.ts";

/** What a check needs. */
export interface Checking {
  db: D1Database;
  settings: Parameters<typeof evidenceOf>[2] & Pick<Settings, "edgeDomains">;
  now: number;
}

/** What a check changed that the edge has to know: the hostname leads elsewhere, and these zones gained or lost it. */
export interface Moved {
  hostname: string;
  zones: readonly string[];
}

/**
 * Looks for a claim's proof and records the result. If the hostname is served for another account, this claim gets it only if
 * the other's proof is gone, or can no longer be checked while this one's proof is in DNS.
 *
 * @param by who asked; null: the cron
 * @returns null: nothing changes for the edge
 */
export async function checkClaim(checking: Checking, claim: Claim, by: Actor | null = null): Promise<Moved | null> {
  const { db, now } = checking;
  const evidence = await lookFor(checking, claim);
  const verdict = judgeClaim(claim, evidence, now);
  const holder = verdict.state === "active" && claim.state !== "active" ? await holderBeside(db, claim) : null;
  if (holder === null || evidence.kind !== "proven") {
    const isWritten = await changeClaim(db, { claim, verdict }, null, by, now);
    const moves = isWritten && (verdict.state === "active") !== (claim.state === "active");
    return moves ? { hostname: claim.hostname, zones: [claim.zoneName] } : null;
  }
  const refusal = await whyHolderStays(checking, holder, evidence.by);
  if (refusal !== null) {
    await changeClaim(db, { claim, verdict: unproven(claim, refusal, now) }, null, by, now);
    return null;
  }
  const giveWay = { claim: holder, verdict: displaced(holder, now) };
  const isWritten = await changeClaim(db, { claim, verdict }, giveWay, by, now);
  return isWritten ? { hostname: claim.hostname, zones: [claim.zoneName, holder.zoneName] } : null;
}

async function whyHolderStays(checking: Checking, holder: Claim, by: "dns" | "http"): Promise<string | null> {
  // The holder's file was seen once, but whoever controls DNS now has the name. To keep it, the holder needs a record of its
  // own.
  if (by === "dns" && holder.provenBy === "http") return null;
  const evidence = await lookFor(checking, holder, by === "dns" ? "record" : undefined);
  switch (evidence.kind) {
    case "absent":
      return null;
    case "proven":
      return "the hostname is served for another account, whose proof is still there: have it removed";
    case "unknown":
      return `the hostname is served for another account, and whether its proof is still there is not known: ${evidence.reason}`;
    default:
      return evidence satisfies never;
  }
}

async function lookFor(
  { db, settings }: Checking,
  claim: Claim,
  what?: Parameters<typeof evidenceOf>[3],
): Promise<Evidence> {
  return evidenceOf(claim, await secretOf(db, claim.account), settings, what);
}

import { type Actor, auditStatement } from "../accounts/audit-log.ts";
import { newId } from "../db/new-id.ts";
import type { Claim } from "./claim.ts";
import type { Verdict } from "./judge-claim.ts";
import { followClaims } from "./served-hosts.ts";

/** A verdict, with the claim as it was read. */
export interface Judged {
  claim: Claim;
  verdict: Verdict;
}

/**
 * Writes a verdict, if nobody has changed the claim since it was read. A verdict that makes the hostname active is written only
 * if nobody else is served at it. A claim that has to give way does so in the same transaction. False: something changed
 * meanwhile.
 *
 * @param by who asked; null: the cron
 */
export async function changeClaim(
  db: D1Database,
  judged: Judged,
  displaced: Judged | null,
  by: Actor | null,
  now: number,
): Promise<boolean> {
  const { claim } = judged;
  const results = await db.batch([
    ...(displaced === null ? [] : [update(db, displaced, claim), audit(db, displaced, null, now)]),
    update(db, judged),
    audit(db, judged, by, now),
    ...followClaims(db, claim.hostname, now),
  ]);
  return results[displaced === null ? 0 : 2]!.meta.changes > 0;
}

/** @param heir a claim that this one gives way to, as it was read: if that has changed, nothing gives way */
function update(db: D1Database, { claim, verdict }: Judged, heir: Claim | null = null): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE hostnames SET state = ?3, since = ?4, reason = ?5, proven_by = ?6, proven_at = ?7, gone_since = ?8, checks = ?9,
                            checked_at = ?10, next_check_at = ?11, revision = revision + 1
       WHERE id = ?1 AND revision = ?2
         AND (?3 <> 'active' OR NOT EXISTS (SELECT 1 FROM hostnames AS other
              WHERE other.hostname = hostnames.hostname AND other.state = 'active' AND other.id <> ?1))
         AND (?12 IS NULL OR EXISTS (SELECT 1 FROM hostnames AS heir WHERE heir.id = ?12 AND heir.revision = ?13))`,
    )
    .bind(
      claim.id,
      claim.revision,
      verdict.state,
      verdict.since,
      verdict.reason,
      verdict.provenBy,
      verdict.provenAt,
      verdict.goneSince,
      verdict.checks,
      verdict.checkedAt,
      verdict.nextCheckAt,
      heir?.id ?? null,
      heir?.revision ?? null,
    );
}

const ACTIONS = {
  active: { action: "hostname.activate" },
  lapsed: { action: "hostname.lapse" },
  failed: { action: "hostname.fail" },
} as const;

/** A check that leaves the state as it was is not a change that anybody looks for later. */
function audit(db: D1Database, { claim, verdict }: Judged, by: Actor | null, now: number): D1PreparedStatement {
  if (claim.state === verdict.state || verdict.state === "pending") return db.prepare("SELECT 1");
  const { account, mode, hostname, zone } = claim;
  const actor: Actor = by ?? { account, mode, actor: "checker", address: null, requestId: newId("req") };
  const change = {
    ...ACTIONS[verdict.state],
    target: zone,
    before: { hostname, state: claim.state },
    after: { hostname, state: verdict.state, proven_by: verdict.provenBy, reason: verdict.reason },
  };
  return auditStatement(db, actor, change, now);
}

/** Gives up a claim, whatever its state, in one transaction with its entry in the audit log. False: it was already gone. */
export async function removeClaim(db: D1Database, claim: Claim, by: Actor, now: number): Promise<boolean> {
  const { id, hostname, state, zone } = claim;
  const change = { action: "hostname.delete", target: zone, before: { hostname, state }, after: null };
  const [removed] = await db.batch([
    db.prepare("DELETE FROM hostnames WHERE id = ?1").bind(id),
    auditStatement(db, by, change, now),
    ...followClaims(db, hostname, now),
  ]);
  return removed!.meta.changes > 0;
}

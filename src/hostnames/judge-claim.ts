import type { Claim } from "./claim.ts";
import type { Evidence } from "./proof/evidence.ts";

/** What a check changes in a claim. */
export type Verdict = Pick<
  Claim,
  "state" | "since" | "reason" | "provenBy" | "provenAt" | "goneSince" | "checks" | "checkedAt" | "nextCheckAt"
>;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The pauses between checks without a proof, ms. The last one repeats. */
const PAUSES = [1, 1, 2, 5, 10, 20, 30, 60, 120, 240, 360].map((minutes) => minutes * MINUTE);
/** How long a claim without a proof is checked. */
export const GIVE_UP_DAYS = 14;
/** How long a proof may be gone before its hostname is no longer served. */
export const GONE_DAYS = 7;
/** How often active claims are checked: while the proof is there, while it is gone, and after a check without a result. */
const KEPT_MS = DAY;
const GONE_MS = 6 * HOUR;
const UNKNOWN_MS = HOUR;

/** Judges the result of a check. */
export function judgeClaim(claim: Claim, evidence: Evidence, now: number): Verdict {
  if (evidence.kind === "proven") return proven(claim, evidence.by, now);
  if (claim.state === "active") return judgeActive(claim, evidence, now);
  return unproven(claim, evidence.reason, now);
}

/** The verdict on a claim whose hostname now goes to another account, which can prove it better. */
export function displaced(claim: Claim, now: number): Verdict {
  return lapsed(claim, "another account has proven that the hostname is theirs", now);
}

function proven(claim: Claim, by: "dns" | "http", now: number): Verdict {
  return {
    state: "active",
    since: claim.state === "active" ? claim.since : now,
    reason: null,
    provenBy: by,
    provenAt: now,
    goneSince: null,
    checks: 0,
    checkedAt: now,
    nextCheckAt: now + KEPT_MS,
  };
}

function judgeActive(claim: Claim, evidence: Exclude<Evidence, { kind: "proven" }>, now: number): Verdict {
  const { reason } = evidence;
  const checked = { ...verdictOf(claim), reason, checkedAt: now };
  // A failing resolver says nothing about the proof.
  if (evidence.kind === "unknown") return { ...checked, nextCheckAt: now + UNKNOWN_MS };
  const goneSince = claim.goneSince ?? now;
  if (now - goneSince >= GONE_DAYS * DAY) return { ...lapsed(claim, reason, now), goneSince };
  return { ...checked, goneSince, checks: claim.checks + 1, nextCheckAt: now + GONE_MS };
}

/** The verdict on a claim that was neither proven nor served. */
export function unproven(claim: Claim, reason: string, now: number): Verdict {
  const checks = claim.checks + 1;
  const checked = { ...verdictOf(claim), reason, checks, checkedAt: now };
  // The claim has failed before, and is checked only this once, because its owner asks.
  if (claim.state === "failed") return { ...checked, nextCheckAt: null };
  if (now - claim.since >= GIVE_UP_DAYS * DAY) return { ...checked, state: "failed", since: now, nextCheckAt: null };
  return { ...checked, nextCheckAt: now + (PAUSES[checks - 1] ?? PAUSES.at(-1)!) };
}

function lapsed(claim: Claim, reason: string, now: number): Verdict {
  return {
    ...verdictOf(claim),
    state: "lapsed",
    since: now,
    reason,
    checks: 0,
    checkedAt: now,
    nextCheckAt: now + PAUSES[0]!,
  };
}

function verdictOf(claim: Claim): Verdict {
  const { state, since, reason, provenBy, provenAt, goneSince, checks, checkedAt, nextCheckAt } = claim;
  return { state, since, reason, provenBy, provenAt, goneSince, checks, checkedAt, nextCheckAt };
}

import type { MonthlyQuota } from "../accounts/plans.ts";
import { NEAR, type Used } from "./quota.ts";

/** How much of an account's usage a meter may hold back before it reports; null: any amount. */
export interface Slack {
  requests: number | null;
  bytes: number | null;
}

/** Nothing may be held back: each batch is reported. */
export const NO_SLACK: Slack = { requests: 0, bytes: 0 };

/**
 * All meters of an account together may hold back a fiftieth of what is left to the next level of its quota (80 %, or all of
 * it). So a level is noticed exactly if only one meter holds something back, or if the allowances are recent. At worst it is
 * noticed 2 % of the quota late: if hundreds of locations hold back what they were allowed at the month's beginning, and one
 * uses all the rest.
 */
const HELD_BACK = 1 / 50;

/** What each of this many meters of an account may hold back. */
export function slackOf(used: Used, quota: MonthlyQuota, meters: number): Slack {
  return {
    requests: share(used.requests, quota.requests, meters),
    bytes: share(used.bytes, quota.bytes, meters),
  };
}

function share(used: number, quota: number | null, meters: number): number | null {
  if (quota === null || used >= quota) return null;
  const next = used < NEAR * quota ? NEAR * quota : quota;
  return Math.floor(((next - used) * HELD_BACK) / meters);
}

/** Whether a meter has to report that an account has used this much more. */
export function exceeds(untold: Used, slack: Slack): boolean {
  return isMore(untold.requests, slack.requests) || isMore(untold.bytes, slack.bytes);
}

function isMore(untold: number, slack: number | null): boolean {
  return slack !== null && untold > slack;
}

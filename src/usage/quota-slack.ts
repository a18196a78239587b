import type { MonthlyQuota } from "../accounts/plans.ts";
import { NEAR, type Used } from "./quota.ts";

/** How much of an account's usage a meter may keep to itself until it tells; null: any amount. */
export interface Slack {
  requests: number | null;
  bytes: number | null;
}

/** Of nothing may be kept silent: each batch is told. */
export const NO_SLACK: Slack = { requests: 0, bytes: 0 };

/**
 * All meters of an account together may hold back a fiftieth of what is missing to the next level of its quota (80 %, all of
 * it). So that is noticed exactly where what is held back is of one meter, or was allowed lately, and after 2 % of the quota
 * more at most: where hundreds of locations hold back what they were allowed at the month's beginning, and one uses all the rest.
 */
const HELD_BACK = 1 / 50;

/** What each of so many meters of an account may keep to itself. */
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

/** Whether a meter has to tell that an account has used so much more. */
export function exceeds(untold: Used, slack: Slack): boolean {
  return isMore(untold.requests, slack.requests) || isMore(untold.bytes, slack.bytes);
}

function isMore(untold: number, slack: number | null): boolean {
  return slack !== null && untold > slack;
}

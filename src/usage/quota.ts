import type { MonthlyQuota } from "../accounts/plans.ts";

/** How much of a month's quota is used: `near`: 80 % of it. */
export type QuotaLevel = "within" | "near" | "reached";

/** What an account has used in a month: requests, and bytes of bodies. */
export interface Used {
  requests: number;
  bytes: number;
}

/** The share of a quota at which its account is notified. */
export const NEAR = 0.8;

/** The quota that applies: the plan's, or the customer's own cap if that is lower. */
export function quotaOf(plan: MonthlyQuota, cap: MonthlyQuota): MonthlyQuota {
  return { requests: least(plan.requests, cap.requests), bytes: least(plan.bytes, cap.bytes) };
}

/** The level of whichever is used up most. */
export function levelOf(used: Used, quota: MonthlyQuota): QuotaLevel {
  const shares = [share(used.requests, quota.requests), share(used.bytes, quota.bytes)];
  const most = Math.max(...shares);
  return most >= 1 ? "reached" : most >= NEAR ? "near" : "within";
}

function least(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}

function share(used: number, quota: number | null): number {
  if (quota === null) return 0;
  // A cap of zero is reached before anything is used.
  return quota === 0 ? 1 : used / quota;
}

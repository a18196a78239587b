/** What a plan allows. Requests are counted over any 60 seconds, per key; see also `callLimits`. */
export interface PlanLimits {
  rescdn: { requests: number; zones: number; keys: number; hostnames: number; monthly: MonthlyQuota };
  /** `records: null`: no limit. */
  resolvedb: { requests: number; records: number | null; namespaces: number; keys: number; webhooks: number };
}

/** How much live zones may answer in a calendar month (UTC): requests, and bytes of bodies. Null: no limit. */
export interface MonthlyQuota {
  requests: number | null;
  bytes: number | null;
}

/**
 * The plans and their limits. Requests and records are part of the contracts; the other limits keep one customer from filling a
 * table.
 */
export const PLANS = {
  free: {
    rescdn: { requests: 100, zones: 100, keys: 50, hostnames: 5, monthly: { requests: 10_000_000, bytes: 1e12 } },
    resolvedb: { requests: 60, records: 100, namespaces: 100, keys: 50, webhooks: 0 },
  },
  pro: {
    rescdn: {
      requests: 100,
      zones: 1_000,
      keys: 200,
      hostnames: 100,
      monthly: { requests: 1_000_000_000, bytes: 1e14 },
    },
    resolvedb: { requests: 600, records: 10_000, namespaces: 10_000, keys: 200, webhooks: 10 },
  },
  enterprise: {
    rescdn: {
      requests: 1_000,
      zones: 10_000,
      keys: 1_000,
      hostnames: 10_000,
      monthly: { requests: null, bytes: null },
    },
    resolvedb: { requests: 6_000, records: null, namespaces: 100_000, keys: 1_000, webhooks: 100 },
  },
} as const satisfies Record<string, PlanLimits>;

export type Plan = keyof typeof PLANS;

export const PLAN_NAMES = Object.keys(PLANS) as [Plan, ...Plan[]];

import type { CallLimits } from "./account-windows.ts";
import { PLANS, type Plan } from "./plans.ts";
import type { Product } from "./token.ts";

/**
 * All keys of an account together have as many calls as this number of keys at the full rate: room for a key for people, one
 * for tests and some for programs, however many keys there are.
 */
const KEYS_AT_FULL_RATE = 5;

/** The calls that a plan allows in any 60 seconds. */
export function callLimits(plan: Plan, product: Product): CallLimits {
  const { requests } = PLANS[plan][product];
  return { key: requests, account: requests * KEYS_AT_FULL_RATE };
}

import { PLANS, type Plan } from "../accounts/plans.ts";
import { BOUNDS, rowsOf } from "../db/bounds.ts";
import type { NamespaceLimits } from "./claim-namespace.ts";

/** How much of ResolveDB's tables an account with a plan may fill. */
export function namespaceLimits(plan: Plan): NamespaceLimits {
  const { records, namespaces } = PLANS[plan].resolvedb;
  return {
    records,
    namespaces,
    deletedRecords: rowsOf(BOUNDS.records.over.rows, plan),
    deletedNamespaces: rowsOf(BOUNDS.namespaces.over.rows, plan)!,
  };
}

import { PLANS, type Plan } from "../accounts/plans.ts";
import { BOUNDS, rowsOf } from "../db/bounds.ts";
import type { NamespaceLimits } from "./claim-namespace.ts";

/** How much of the tables of ResolveDB a plan lets an account fill. */
export function namespaceLimits(plan: Plan): NamespaceLimits {
  const { records, namespaces } = PLANS[plan].resolvedb;
  return {
    records,
    namespaces,
    deletedRecords: rowsOf(BOUNDS.records.over.rows, plan),
    deletedNamespaces: rowsOf(BOUNDS.namespaces.over.rows, plan)!,
  };
}

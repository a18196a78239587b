import type { FieldProblem } from "../rest/field-problems.ts";
import { ORIGIN_NAME } from "../zones/origin-schema.ts";

/**
 * Adds to each problem with an edge rule which rule it is, counted from one, and its name.
 *
 * @param settings as received
 */
export function withRuleNames(
  problems: readonly FieldProblem[],
  settings: Readonly<Record<string, unknown>>,
): FieldProblem[] {
  const { rules } = settings;
  return problems.map(({ field, message }) => {
    const index = /^settings\.rules\.(\d+)(?:\.|$)/.exec(field)?.[1];
    if (index === undefined) return { field, message };
    const rule: unknown = Array.isArray(rules) ? rules[Number(index)] : undefined;
    const name = typeof rule === "object" && rule !== null && "name" in rule ? rule.name : undefined;
    const known = typeof name === "string" && name.length <= 100 ? `, ${JSON.stringify(name)}` : "";
    return { field, message: `${message} (rule ${Number(index) + 1}${known})` };
  });
}

/** The origins that edge rules name, as received, each with its field. */
export function originsOfRules(rules: unknown): { index: number; field: string; origin: unknown }[] {
  if (!Array.isArray(rules)) return [];
  return rules.flatMap((rule: unknown, index) => {
    const actions = typeof rule === "object" && rule !== null && "do" in rule ? rule.do : null;
    if (typeof actions !== "object" || actions === null || !("origin" in actions)) return [];
    // A name of one of the zone's own origins is checked later, when these are known.
    if (typeof actions.origin === "string" && ORIGIN_NAME.test(actions.origin)) return [];
    return [{ index, field: `settings.rules.${index}.do.origin`, origin: actions.origin }];
  });
}

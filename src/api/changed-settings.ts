import type { OriginPolicy } from "../origin-guard/origin-policy.ts";
import { fieldProblems } from "../rest/field-problems.ts";
import { hstsProblem } from "../zones/hsts-problems.ts";
import { mergeSettings } from "../zones/merge-settings.ts";
import type { EdgeRule } from "../zones/rules/edge-rule.ts";
import type { StoredSettings } from "../zones/settings.ts";
import { type SettingsPatch, settingsSchema } from "../zones/settings-schema.ts";
import { checkedHost, checkedOrigin } from "./checked-origin.ts";
import { Problem } from "./errors.ts";
import { withRuleNames } from "./rule-problems.ts";
import { invalidField } from "./validation.ts";

/**
 * Settings after a change, or a 422: the limits hold for the whole, not just for what one request brings.
 *
 * @param zoneHosts the zone's hostnames
 */
export function changedSettings(
  stored: StoredSettings,
  patch: SettingsPatch,
  policy: OriginPolicy,
  zoneHosts: readonly string[],
): StoredSettings {
  const merged = mergeSettings(stored, patch);
  const checked = settingsSchema.safeParse(merged);
  if (!checked.success) {
    const details = withRuleNames(fieldProblems(checked.error, ["settings"]), merged);
    throw new Problem("invalid_request", { details });
  }
  const problem = hstsProblem(merged);
  if (problem !== null) throw invalidField(problem.field, problem.message);
  const { fallback_origin: fallback, origin_host: host, rules } = patch;
  return {
    ...merged,
    ...(fallback != null && { fallback_origin: checkedOrigin("settings.fallback_origin", fallback, policy) }),
    ...(rules != null && { rules: rules.map((rule, index) => withCheckedOrigin(rule, index, policy)) }),
    ...(host != null && { origin_host: checkedHost("settings.origin_host", host, policy, zoneHosts) }),
  };
}

function withCheckedOrigin(rule: EdgeRule, index: number, policy: OriginPolicy): EdgeRule {
  const { origin } = rule.do;
  if (origin === undefined) return rule;
  return { ...rule, do: { ...rule.do, origin: checkedOrigin(`settings.rules.${index}.do.origin`, origin, policy) } };
}

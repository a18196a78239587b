import { LARGEST } from "../db/bounds.ts";
import type { OriginPolicy } from "../origin-guard/origin-policy.ts";
import { fieldProblems } from "../rest/field-problems.ts";
import { hstsProblem } from "../zones/hsts-problems.ts";
import { mergeSettings } from "../zones/merge-settings.ts";
import { ORIGIN_NAME } from "../zones/origin-schema.ts";
import type { ZoneRow } from "../zones/rows.ts";
import type { EdgeRule } from "../zones/rules/edge-rule.ts";
import type { StoredSettings } from "../zones/settings.ts";
import { type SettingsPatch, settingsSchema } from "../zones/settings-schema.ts";
import { type ChangingOrigins, changedOrigins, refuseContradictions } from "./changed-origins.ts";
import { checkedLogTarget } from "./checked-log-target.ts";
import { checkedHost, checkedOrigin } from "./checked-origin.ts";
import { Problem } from "./errors.ts";
import { withRuleNames } from "./rule-problems.ts";
import { invalidField } from "./validation.ts";

/**
 * A zone's origin and settings after a change, or a 422: the limits apply to the whole, not just to what one request changes.
 *
 * @param before the zone as it is; for a new one, `origin` is the future one, if given
 * @param origin as checked; undefined: not to be changed
 */
export function changedSettings(
  before: Pick<ZoneRow, "id" | "settings"> & { origin: string | undefined },
  origin: string | undefined,
  patch: SettingsPatch,
  changing: ChangingOrigins,
): Pick<ZoneRow, "origin" | "settings"> {
  const { policy, zoneHosts } = changing;
  const merged = mergeSettings(without(before.settings, ORIGINS), without(patch, ORIGINS) as SettingsPatch);
  const checked = settingsSchema.safeParse(merged);
  if (!checked.success) {
    const details = withRuleNames(fieldProblems(checked.error, ["settings"]), merged);
    throw new Problem("invalid_request", { details });
  }
  const problem = hstsProblem(merged);
  if (problem !== null) throw invalidField(problem.field, problem.message);
  const limited = merged.origin_limit as { concurrent?: number } | undefined;
  if (limited != null && limited.concurrent === undefined)
    throw invalidField("settings.origin_limit.concurrent", "is required");
  const { fallback_origin: fallback, origin_host: host, rules } = patch;
  const origins = changedOrigins(before, origin, patch, changing);
  refuseContradictions(origins, merged);
  const { logs } = merged;
  const settings = {
    ...merged,
    ...(origins.origins !== undefined && { origins: origins.origins }),
    ...(origins.origin_auth !== undefined && { origin_auth: origins.origin_auth }),
    ...(fallback != null && { fallback_origin: checkedOrigin("settings.fallback_origin", fallback, policy) }),
    ...(rules != null && { rules: rules.map((rule, index) => withCheckedOrigin(rule, index, policy)) }),
    ...(host != null && { origin_host: checkedHost("settings.origin_host", host, policy, zoneHosts) }),
    ...(logs != null && { logs: { ...logs, target: checkedLogTarget(logs.target, policy) } }),
  };
  if (new TextEncoder().encode(JSON.stringify(settings)).length > LARGEST.settings)
    throw invalidField("settings", `must have at most ${LARGEST.settings} bytes in all, written as JSON`);
  return { origin: origins.origin, settings };
}

/** Changed together with the zone's origin, and partly stored sealed. */
const ORIGINS: readonly string[] = ["origins", "origin_auth"] satisfies (keyof StoredSettings)[];

function without<Settings extends object>(settings: Settings, names: readonly string[]): Partial<Settings> {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !names.includes(name))) as Partial<Settings>;
}

function withCheckedOrigin(rule: EdgeRule, index: number, policy: OriginPolicy): EdgeRule {
  const { origin } = rule.do;
  // One of the zone's own origins is given by its name.
  if (origin === undefined || ORIGIN_NAME.test(origin)) return rule;
  return { ...rule, do: { ...rule.do, origin: checkedOrigin(`settings.rules.${index}.do.origin`, origin, policy) } };
}

import type { OriginPolicy } from "../origin-guard/origin-policy.ts";
import { mergeSettings } from "../zones/merge-settings.ts";
import type { StoredSettings } from "../zones/settings.ts";
import { type SettingsPatch, settingsSchema } from "../zones/settings-schema.ts";
import { checkedHost, checkedOrigin } from "./checked-origin.ts";
import { invalidRequest } from "./validation.ts";

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
  if (!checked.success) throw invalidRequest(checked.error, ["settings"]);
  const { fallback_origin: fallback, origin_host: host } = patch;
  return {
    ...merged,
    ...(fallback != null && { fallback_origin: checkedOrigin("settings.fallback_origin", fallback, policy) }),
    ...(host != null && { origin_host: checkedHost("settings.origin_host", host, policy, zoneHosts) }),
  };
}

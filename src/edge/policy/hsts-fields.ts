import type { FieldChanges } from "../../zones/rules/edge-rule.ts";
import type { HstsSettings } from "../../zones/settings.ts";

/**
 * A zone's HSTS field. RFC 6797 §7.2: a host "MUST NOT include" it over http, where anybody could have written it.
 *
 * @param hsts null: the zone says nothing, and the origin's field stays
 */
export function hstsFields(hsts: HstsSettings | null, isHttps: boolean): FieldChanges {
  if (hsts === null) return {};
  if (!isHttps) return { "strict-transport-security": null };
  const { max_age, include_subdomains = false, preload = false } = hsts;
  const parts = [`max-age=${max_age}`, include_subdomains && "includeSubDomains", preload && "preload"];
  return { "strict-transport-security": parts.filter(Boolean).join("; ") };
}

import type { StoredResponse } from "../cache/stored-response.ts";
import type { Asked } from "../request/asked.ts";

/** Whether a whole is asked for through the tier, or why not. */
export type ThroughTier =
  | "through"
  /** The zone does not want it. */
  | "off"
  /** Other edges and the tier would not learn what an unsafe method changed at one edge. */
  | "methods"
  /** The origin sees something of the client that is not in the key. */
  | "forwarded"
  | "no-store"
  /** Each answer is validated at the origin: RFC 9111 §5.2.2.4. */
  | "no-cache"
  /** It is stale as soon as it arrives. */
  | "without-lifetime";

/**
 * Decides it. Requests that are never fills (unsafe methods, bypasses, HEADs and ranges of what is not stored) do not come
 * here.
 *
 * @param stale what to validate; null: nothing
 */
export function throughTier(
  { zone, directives }: Pick<Asked, "zone" | "directives">,
  stale: Pick<StoredResponse, "lifetime" | "reuse"> | null,
): ThroughTier {
  const { shield, methods, forward } = zone.settings;
  if (!shield) return "off";
  if (methods === "all") return "methods";
  const { headers, cookies, authorization, client_ip } = forward;
  if (headers === "all" || cookies || authorization || client_ip) return "forwarded";
  if (directives.noStore) return "no-store";
  if (stale?.reuse?.noCache) return "no-cache";
  if (stale !== null && stale.lifetime <= 0) return "without-lifetime";
  return "through";
}

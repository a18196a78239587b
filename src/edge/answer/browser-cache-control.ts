import { type CacheControl, parseCacheControl } from "../../http/cache-control.ts";
import type { ZoneSettings } from "../../zones/settings.ts";
import type { StoredResponse } from "../cache/stored-response.ts";

/**
 * The `Cache-Control` that a client sees; null: the origin's own is left as it is.
 *
 * If the edge's own TTL decided, the client gets it as `max-age`, and `Age` tells how much of it has passed. With a
 * `browser_ttl`, that TTL is the freshness left at the client: `max-age` minus `Age`, as clients count by RFC 9111 §4.2.
 *
 * @param age seconds, as sent in `Age`
 */
export function browserCacheControl(
  stored: Pick<StoredResponse, "lifetime" | "source">,
  origin: string | null,
  age: number,
  settings: Pick<ZoneSettings, "browser_ttl" | "ttl_mode">,
): string | null {
  const said = parseCacheControl(origin);
  const mayLoosen = !said.noStore && said.private === false;
  if (settings.browser_ttl !== null && mayLoosen && (said.noCache === false || settings.ttl_mode === "override")) {
    return lifetimeOf(settings.browser_ttl + age, said);
  }
  const ours = stored.source === "policy" || stored.source === "negative";
  if (!ours) return null;
  if (origin === null || settings.ttl_mode === "override") return mayLoosen ? lifetimeOf(stored.lifetime, said) : null;
  // The origin sends directives but no lifetime: its directives stay, and our lifetime is added.
  const isSilent = said.maxAge === undefined && said.noCache === false;
  return mayLoosen && isSilent ? `${origin}, max-age=${stored.lifetime}` : null;
}

/** RFC 9110 §7.7: caches behind this one may transform no more than this one may. */
function lifetimeOf(seconds: number, { noTransform }: CacheControl): string {
  return `public, max-age=${seconds}${noTransform ? ", no-transform" : ""}`;
}

import { type CacheControl, parseCacheControl } from "../../http/cache-control.ts";
import type { ZoneSettings } from "../../zones/settings.ts";
import type { StoredResponse } from "../cache/stored-response.ts";

/**
 * The `Cache-Control` that a client sees; null: none is added to what the origin said.
 *
 * Where the edge's own TTL decided, the client gets it as `max-age`, and `Age` tells how much of it has passed. With a
 * `browser_ttl` the client's remaining freshness is that TTL: `max-age` less `Age`, as RFC 9111 §4.2 has clients count.
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
  // The origin has directives but no lifetime: it keeps its word, and gets ours added.
  const isSilent = said.maxAge === undefined && said.noCache === false;
  return mayLoosen && isSilent ? `${origin}, max-age=${stored.lifetime}` : null;
}

/** RFC 9110 §7.7: who comes after this cache may transform no more than it may. */
function lifetimeOf(seconds: number, { noTransform }: CacheControl): string {
  return `public, max-age=${seconds}${noTransform ? ", no-transform" : ""}`;
}

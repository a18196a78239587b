import { claimedBy } from "../hostnames/claim-rows.ts";
import type { RestContext } from "../rest/context.ts";
import { findZone, type ZoneRow } from "../zones/rows.ts";
import { invalidField } from "./validation.ts";
import { scopeOf } from "./zone-in-scope.ts";

/** The hosts that a zone asks. None of its own hostnames may be among them. */
export function hostsOfOrigins({ origin, settings }: Pick<ZoneRow, "origin" | "settings">): string[] {
  const urls = [origin, settings.fallback_origin ?? null, ...(settings.origins ?? []).map(({ url }) => url)];
  return urls.flatMap((url) => (url === null ? [] : [new URL(url).hostname]));
}

/**
 * Refuses new origins of a zone that are its own hostnames: the zone would ask itself.
 *
 * @param origins by field, as checked; null and undefined: not to be changed
 */
export async function refuseOwnHostnames(
  c: RestContext,
  idOrName: string,
  origins: Readonly<Record<string, string | null | undefined>>,
): Promise<void> {
  const named = Object.entries(origins).filter((entry): entry is [string, string] => entry[1] != null);
  if (named.length === 0) return;
  const zone = await findZone(c.env.DB, scopeOf(c), idOrName);
  const hostnames = zone === null ? [] : await claimedBy(c.env.DB, zone.id);
  for (const [field, origin] of named) {
    const { hostname = "" } = URL.parse(origin) ?? {};
    if (hostnames.includes(hostname.replace(/\.$/, "")))
      throw invalidField(field, "is a hostname of this zone, so the zone would ask itself");
  }
}

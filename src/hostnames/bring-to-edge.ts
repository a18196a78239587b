import type { Env } from "../env.ts";
import { publishZone } from "../zones/publication.ts";
import { zoneTableOf } from "../zones/zone-table.ts";
import type { Moved } from "./check-claim.ts";
import { publishHost } from "./host-publication.ts";
import { hostTableOf } from "./host-table.ts";

/** Publishes where a hostname leads now, and the zones that gained or lost it. False: the cron has to do it again. */
export async function bringHostToEdge(
  env: Pick<Env, "ZONES" | "HOST_PUBLISHER" | "ZONE_PUBLISHER">,
  { hostname, zones }: Moved,
): Promise<boolean> {
  const results = await Promise.all([
    publishHost(env.HOST_PUBLISHER, hostTableOf(env.ZONES), hostname),
    ...zones.map((name) => publishZone(env.ZONE_PUBLISHER, zoneTableOf(env.ZONES), name)),
  ]);
  return results.every(({ kind }) => kind === "published");
}

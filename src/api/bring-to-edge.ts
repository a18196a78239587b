import type { RestContext } from "../rest/context.ts";
import { publishZone } from "../zones/publication.ts";
import { zoneTableOf } from "../zones/zone-table.ts";
import { Problem } from "./errors.ts";

/**
 * Brings a change that D1 holds to the edge. A change is acknowledged only after that.
 *
 * @returns whether the feed of changes tells every location of it; else KV does, within a minute
 */
export async function bringToEdge(c: RestContext, zoneName: string): Promise<{ isTold: boolean }> {
  const result = await publishZone(c.env.ZONE_PUBLISHER, zoneTableOf(c.env.ZONES), zoneName);
  if (result.kind === "pending") throw new Problem("not_published");
  return result;
}

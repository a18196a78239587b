import type { RestContext } from "../rest/context.ts";
import { publishZone } from "../zones/publication.ts";
import { zoneTableOf } from "../zones/zone-table.ts";
import { Problem } from "./errors.ts";

/**
 * Brings a change from D1 to the edge. A change is acknowledged only after that.
 *
 * @returns whether the feed of changes tells every location about it; otherwise KV does, within a minute
 */
export async function bringToEdge(c: RestContext, zoneName: string): Promise<{ isTold: boolean }> {
  const result = await publishZone(c.env.ZONE_PUBLISHER, zoneTableOf(c.env.ZONES), zoneName);
  if (result.kind === "pending") throw new Problem("not_published");
  return result;
}

import { publishZone } from "../zones/publication.ts";
import { zoneTableOf } from "../zones/zone-table.ts";
import type { ApiContext } from "./context.ts";
import { Problem } from "./errors.ts";

/** Brings a change that D1 holds to the edge. A change is acknowledged only after that. */
export async function commit(c: ApiContext, zoneName: string): Promise<void> {
  const result = await publishZone(c.env.ZONE_PUBLISHER, zoneTableOf(c.env.ZONES), zoneName);
  if (result.kind === "pending") throw new Problem("not_published");
}

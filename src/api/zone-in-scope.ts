import type { RestContext } from "../rest/context.ts";
import { findZone, type ZoneRow, type ZoneScope } from "../zones/rows.ts";
import { Problem } from "./errors.ts";

/** The zones that the caller may see. */
export function scopeOf(c: RestContext): ZoneScope {
  const { account, mode, zones } = c.var.caller;
  return { account, mode, zones };
}

/** The caller's zone with an id or name; a missing one and somebody else's give the same 404. */
export async function zoneInScope(c: RestContext, idOrName: string): Promise<ZoneRow> {
  const zone = await findZone(c.env.DB, scopeOf(c), idOrName);
  if (zone === null) throw zoneNotFound();
  return zone;
}

export function zoneNotFound(): Problem {
  return new Problem("not_found", { sentence: "zone not found" });
}

import { findZone, updateZone, type ZoneRow, type ZoneScope } from "./rows.ts";

/** What became of a change. `busy`: others changed the zone each time in between. */
export type ChangeResult = { kind: "changed"; zone: ZoneRow } | { kind: "missing" } | { kind: "busy" };

const ATTEMPTS = 5;

/** Changes the zone that has an id or a name: reads it, applies the change, writes it if nobody else has since. */
export async function changeZone(
  db: D1Database,
  scope: ZoneScope,
  idOrName: string,
  change: (zone: ZoneRow) => ZoneRow,
  now: number,
): Promise<ChangeResult> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const zone = await findZone(db, scope, idOrName);
    if (zone === null) return { kind: "missing" };
    const changed = await updateZone(db, change(zone), now);
    if (changed !== null) return { kind: "changed", zone: changed };
  }
  return { kind: "busy" };
}

import { auditStatement } from "../accounts/audit-log.ts";
import { type Difference, difference } from "../accounts/difference.ts";
import { actorOf } from "../rest/actor-of.ts";
import type { RestContext } from "../rest/context.ts";
import type { ZoneRow } from "../zones/rows.ts";
import { DEFAULT_SETTINGS } from "../zones/settings.ts";
import { redactedSettings, wholeZone } from "./zone-json.ts";

/**
 * The audit log's entry for a change of a zone: the difference between before and after. Null means that the zone does not
 * exist; then the settings of the other state are recorded unless they are defaults.
 */
export function zoneAudit(c: RestContext, before: ZoneRow | null, after: ZoneRow | null): D1PreparedStatement {
  const states = differenceOf(before && wholeZone(c, before), after && wholeZone(c, after));
  const change = {
    action: actionOf(before, after),
    target: (after ?? before)!.id,
    before: before && redacted(states.before),
    after: after && redacted(states.after),
  };
  return auditStatement(c.env.DB, actorOf(c), change, c.var.now);
}

type Zone = ReturnType<typeof wholeZone>;

function differenceOf(before: Zone | null, after: Zone | null): Difference {
  if (before !== null && after !== null) return difference(before, after);
  const own = (zone: Zone | null) =>
    zone === null ? {} : { ...zone, settings: difference(DEFAULT_SETTINGS, zone.settings).after };
  return { before: own(before), after: own(after) };
}

/** Values of headers to the origin are compared, but not shown. */
function redacted(state: object): object {
  if (!("settings" in state)) return state;
  return { ...state, settings: redactedSettings(state.settings as object) };
}

function actionOf(before: ZoneRow | null, after: ZoneRow | null): string {
  if (before === null) return "zone.create";
  if (after === null) return "zone.delete";
  if (before.state === after.state) return "zone.update";
  return after.state === "paused" ? "zone.pause" : "zone.resume";
}

import { auditStatement } from "../accounts/audit-log.ts";
import { actorOf } from "../rest/actor-of.ts";
import type { RestContext } from "../rest/context.ts";
import type { ZoneRow } from "../zones/rows.ts";
import { redactedZone } from "./zone-json.ts";

/** The audit log's entry for a change of a zone; null stands for a zone that is not there before or after. */
export function zoneAudit(c: RestContext, before: ZoneRow | null, after: ZoneRow | null): D1PreparedStatement {
  const change = {
    action: actionOf(before, after),
    target: (after ?? before)!.id,
    before: before && redactedZone(c, before),
    after: after && redactedZone(c, after),
  };
  return auditStatement(c.env.DB, actorOf(c), change, c.var.now);
}

function actionOf(before: ZoneRow | null, after: ZoneRow | null): string {
  if (before === null) return "zone.create";
  if (after === null) return "zone.delete";
  if (before.state === after.state) return "zone.update";
  return after.state === "paused" ? "zone.pause" : "zone.resume";
}

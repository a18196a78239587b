import { evaluatePreconditions } from "../http/conditional.ts";
import type { RestContext } from "../rest/context.ts";
import { purgeHash } from "../zones/purge/purge-log.ts";
import type { ZoneRow } from "../zones/rows.ts";
import { Problem } from "./errors.ts";
import { redactedZone } from "./zone-json.ts";

/**
 * A zone's entity tag, the same for every key. It is another one whenever the representation is, so also after a deployment
 * that changes a default; the values that it leaves out change with the revision.
 */
export function zoneEtag(c: RestContext, zone: ZoneRow): string {
  return `"${zone.revision}-${purgeHash(JSON.stringify(redactedZone(c, zone)))}"`;
}

/**
 * Evaluates a request's preconditions against a zone (RFC 9110 §13.2.2): whether it shall be answered by a 304. Where one
 * fails it throws the 412.
 */
export function isNotModified(c: RestContext, zone: ZoneRow): boolean {
  const selected = { etag: zoneEtag(c, zone), lastModified: null, date: null };
  const verdict = evaluatePreconditions(c.req.method, c.req.raw.headers, selected, c.var.now);
  if (verdict === "failed") throw new Problem("precondition_failed");
  return verdict === "not-modified";
}

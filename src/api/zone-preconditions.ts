import { evaluatePreconditions } from "../http/conditional.ts";
import type { RestContext } from "../rest/context.ts";
import { textHash } from "../text-hash.ts";
import type { ZoneRow } from "../zones/rows.ts";
import { Problem } from "./errors.ts";
import { redactedZone } from "./zone-json.ts";

/**
 * A zone's entity tag, the same for every key. It is another one whenever the representation is, so also after a deployment
 * that changes a default; the values that it leaves out change with the revision.
 */
export function zoneEtag(c: RestContext, zone: ZoneRow): string {
  return `"${zone.revision}-${textHash(JSON.stringify(redactedZone(c, zone)))}"`;
}

/** Refuses a request whose preconditions a zone does not meet (RFC 9110 §13.2.2) with a 412. */
export function checkPreconditions(c: RestContext, zone: ZoneRow): void {
  if (verdictOn(c, zone) === "failed") throw new Problem("precondition_failed");
}

/** Whether a read is to be answered by a 304. */
export function isNotModified(c: RestContext, zone: ZoneRow): boolean {
  return verdictOn(c, zone) === "not-modified";
}

function verdictOn(c: RestContext, zone: ZoneRow) {
  const selected = { etag: zoneEtag(c, zone), lastModified: null, date: null };
  return evaluatePreconditions(c.req.method, c.req.raw.headers, selected, c.var.now);
}

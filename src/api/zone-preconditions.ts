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
  return evaluatePreconditions(c.req.method, withStrongTags(c.req.raw.headers), selected, c.var.now);
}

/**
 * RFC 9110 §13.1.1 has `If-Match` compared strongly. Whatever compresses an answer on its way to the client marks the tag as weak,
 * as Cloudflare's network does: it still names one version of the zone, and no other.
 */
function withStrongTags(sent: Headers): Headers {
  const ifMatch = sent.get("if-match");
  if (ifMatch === null) return sent;
  const headers = new Headers(sent);
  headers.set("if-match", ifMatch.replace(/(?<![^\s,])W\/(?=")/g, ""));
  return headers;
}

import { evaluatePreconditions } from "../http/conditional.ts";
import type { RestContext } from "../rest/context.ts";
import { textHash } from "../text-hash.ts";
import type { ZoneRow } from "../zones/rows.ts";
import { Problem } from "./errors.ts";
import { redactedZone } from "./zone-json.ts";

/**
 * A zone's entity tag, the same for every key. It changes whenever the representation does, so also after a deployment that
 * changes a default. Values that it leaves out change with the revision.
 */
export function zoneEtag(c: RestContext, zone: ZoneRow): string {
  return `"${zone.revision}-${textHash(JSON.stringify(redactedZone(c, zone)))}"`;
}

/** Answers with a 412 if a zone does not meet the preconditions of a request (RFC 9110 §13.2.2). */
export function checkPreconditions(c: RestContext, zone: ZoneRow): void {
  if (verdictOn(c, zone) === "failed") throw new Problem("precondition_failed");
}

/** Whether to answer a read with a 304. */
export function isNotModified(c: RestContext, zone: ZoneRow): boolean {
  return verdictOn(c, zone) === "not-modified";
}

function verdictOn(c: RestContext, zone: ZoneRow) {
  const selected = { etag: zoneEtag(c, zone), lastModified: null, date: null };
  return evaluatePreconditions(c.req.method, withStrongTags(c.req.raw.headers), selected, c.var.now);
}

/**
 * RFC 9110 §13.1.1 requires strong comparison for `If-Match`. Whatever compresses an answer on its way to the client marks the
 * tag as weak, as Cloudflare's network does: it still names exactly one version of the zone.
 */
function withStrongTags(sent: Headers): Headers {
  const ifMatch = sent.get("if-match");
  if (ifMatch === null) return sent;
  const headers = new Headers(sent);
  headers.set("if-match", ifMatch.replace(/(?<![^\s,])W\/(?=")/g, ""));
  return headers;
}

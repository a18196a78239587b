import { evaluatePreconditions } from "../http/conditional.ts";
import { contentRange, requestedRange, unsatisfiedRange } from "../http/range.ts";
import { isWithoutContent } from "../http/statuses.ts";
import { varyFields } from "../http/vary.ts";
import { stampAge } from "./age-fields.ts";
import { type BodySource, codedBody, discard, partOfBody, wholeBody } from "./body-source.ts";
import { type CodingChoice, chooseCoding, codedEtag } from "./coding.ts";
import { addEdgeHeaders } from "./edge-headers.ts";
import type { Exchange } from "./exchange.ts";
import type { Handed } from "./handed.ts";
import type { Provenance } from "./provenance.ts";
import { refuse } from "./refusal.ts";
import type { Answer } from "./send.ts";
import { type StoredResponse, selectedValidators } from "./stored-response.ts";

/** Fields of a 200 that a 304 repeats (RFC 9110 §15.4.5), beside those that the edge adds. */
const KEPT_BY_304 = new Set([
  "cache-control",
  "cdn-cache-control",
  "content-location",
  "date",
  "etag",
  "expires",
  "vary",
]);

/** Answers a client out of a response: preconditions, then range, then the whole (RFC 9110 §13.2.2). */
export async function answer(
  exchange: Exchange,
  stored: StoredResponse,
  source: BodySource,
  provenance: Provenance,
): Promise<Answer> {
  const { request, zone } = exchange;
  const { xCache } = provenance;
  const isOnTheWay = source.kind === "origin";
  let handed: Handed | null = null;
  const headers = new Headers(stored.headers);
  const isGetOrHead = request.method === "GET" || request.method === "HEAD";
  const coding = chooseCoding(stored, headers, request.headers, {
    enabled: zone.settings.compression && isGetOrHead,
    way: source.kind !== "origin" ? "at hand" : source.isKept ? "kept" : "passed",
  });
  describe(headers, exchange, stored, coding, provenance);

  if (stored.status === 200 && isGetOrHead) {
    const selected = selectedValidators(headers);
    const precondition = evaluatePreconditions(request.method, request.headers, selected, exchange.now);
    if (precondition !== "proceed") {
      await discard(source);
      if (precondition === "failed") return refuse("precondition-failed", request, zone);
      for (const name of [...headers.keys()]) if (isOnlyFor200(name, stored)) headers.delete(name);
      return { status: 304, headers, body: null, isOnTheWay: false, handed: null, xCache };
    }
    if (stored.size !== null && coding.kind === "as-stored") {
      headers.set("accept-ranges", "bytes");
      const range = requestedRange(request.method, request.headers, selected, stored.size);
      if (range.kind === "unsatisfiable") {
        await discard(source);
        headers.set("content-range", unsatisfiedRange(stored.size));
        headers.delete("content-length");
        headers.set("cache-control", "no-store");
        return { status: 416, headers, body: null, isOnTheWay: false, handed: null, xCache };
      }
      if (range.kind === "part") {
        const { first, last } = range;
        headers.set("content-range", contentRange(first, last, stored.size));
        headers.set("content-length", String(last - first + 1));
        const body = await partOfBody(exchange, stored, source, first, last);
        return { status: 206, headers, body, isOnTheWay, handed, xCache };
      }
    }
  }
  const { status } = stored;
  const isWithoutBody = request.method === "HEAD" || isWithoutContent(status);
  let body: Answer["body"] = null;
  if (coding.kind === "coded") {
    headers.delete("content-length");
    headers.set("content-encoding", coding.coding);
    // A HEAD tells the length that a GET would have, where that costs no more than it does.
    if (!isWithoutBody || source.kind === "memory") {
      const coded = await codedBody(exchange, stored, source, coding.coding);
      if (coded.size !== null) headers.set("content-length", String(coded.size));
      ({ body } = coded);
    }
  } else {
    if (stored.size !== null && status !== 204) headers.set("content-length", String(stored.size));
    body = wholeBody(source);
    if (source.kind === "origin") handed = source.handed;
  }
  if (isWithoutBody) {
    await discard(source);
    return { status, headers, body: null, isOnTheWay: false, handed: null, xCache };
  }
  return { status, headers, body, isOnTheWay, handed, xCache };
}

/** Adds to the stored fields what is said to this client. */
function describe(
  headers: Headers,
  { request, zone }: Exchange,
  stored: StoredResponse,
  coding: CodingChoice,
  provenance: Provenance,
): void {
  stampAge(headers, stored, provenance, zone.settings);
  const etag = headers.get("etag") ?? stored.computedEtag;
  if (etag !== null) headers.set("etag", coding.kind === "coded" ? codedEtag(etag, coding.coding) : etag);
  if (coding.kind === "coded" || (coding.kind === "as-stored" && coding.varies)) addVary(headers, "Accept-Encoding");
  headers.set("x-cache", provenance.xCache);
  // Said to this cache, as CDN-Cache-Control is said to each on the way (W3C Edge Architecture §2.3).
  headers.delete("surrogate-control");
  addEdgeHeaders(headers, request.headers, zone);
}

function addVary(headers: Headers, field: string): void {
  const named = varyFields(headers);
  if (named !== "*" && !named.includes(field.toLowerCase())) headers.append("vary", field);
}

function isOnlyFor200(name: string, stored: StoredResponse): boolean {
  if (KEPT_BY_304.has(name)) return false;
  if (name === "last-modified") return stored.headers.some(([field]) => field === "etag");
  return name.startsWith("content-") || name === "accept-ranges";
}

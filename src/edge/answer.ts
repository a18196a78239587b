import { appendCacheStatus, formatCacheStatus } from "../http/cache-status.ts";
import { evaluatePreconditions } from "../http/conditional.ts";
import { contentRange, requestedRange, unsatisfiedRange } from "../http/range.ts";
import { browserCacheControl } from "./browser-cache-control.ts";
import { type CodingChoice, chooseCoding, codedEtag, encode } from "./coding.ts";
import { addEdgeHeaders } from "./edge-headers.ts";
import type { Exchange } from "./exchange.ts";
import type { Provenance } from "./provenance.ts";
import { refuse } from "./refusal.ts";
import { reportStoreFailure } from "./report.ts";
import { sliceStream } from "./slice-stream.ts";
import { type StoredResponse, selectedValidators } from "./stored-response.ts";

/** Where the whole identity body of an answer comes from. */
export type BodySource =
  | { kind: "bytes"; bytes: Uint8Array }
  /** Stored; `stream` is its beginning, parts and codings can be read apart. */
  | { kind: "store"; stream: ReadableStream }
  /** On its way from the origin, to be read once. */
  | { kind: "origin"; stream: ReadableStream | null };

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
): Promise<Response> {
  const { request, zone } = exchange;
  const headers = new Headers(stored.headers);
  const coding = chooseCoding(stored, headers, request.headers, {
    enabled: zone.settings.compression,
    onTheWay: source.kind === "origin",
  });
  describe(headers, exchange, stored, coding, provenance);

  const isGetOrHead = request.method === "GET" || request.method === "HEAD";
  if (stored.status === 200 && isGetOrHead) {
    const selected = selectedValidators(headers);
    const precondition = evaluatePreconditions(request.method, request.headers, selected, exchange.now);
    if (precondition !== "proceed") {
      await discard(source);
      if (precondition === "failed") return refuse("precondition-failed", request, zone);
      for (const name of [...headers.keys()]) if (isOnlyFor200(name, stored)) headers.delete(name);
      return new Response(null, { status: 304, headers });
    }
    if (stored.size !== null && coding.kind === "as-stored") {
      headers.set("accept-ranges", "bytes");
      const range = requestedRange(request.method, request.headers, selected, stored.size);
      if (range.kind === "unsatisfiable") {
        await discard(source);
        headers.set("content-range", unsatisfiedRange(stored.size));
        headers.delete("content-length");
        return new Response(null, { status: 416, headers });
      }
      if (range.kind === "part") {
        const { first, last } = range;
        headers.set("content-range", contentRange(first, last, stored.size));
        headers.set("content-length", String(last - first + 1));
        return new Response(await partOf(exchange, stored, source, first, last), { status: 206, headers });
      }
    }
  }
  return coding.kind === "coded"
    ? wholeCoded(exchange, stored, source, headers, coding.coding)
    : whole(request, stored, source, headers);
}

/** Adds to the stored fields what is said to this client. */
function describe(
  headers: Headers,
  { request, zone }: Exchange,
  stored: StoredResponse,
  coding: CodingChoice,
  { cacheStatus, xCache, age }: Provenance,
): void {
  const cacheControl = browserCacheControl(stored, headers.get("cache-control"), age ?? 0, zone.settings);
  if (cacheControl !== null) {
    headers.set("cache-control", cacheControl);
    headers.delete("expires");
  }
  if (age !== null) headers.set("age", String(age));
  const etag = headers.get("etag") ?? stored.computedEtag;
  if (etag !== null) headers.set("etag", coding.kind === "coded" ? codedEtag(etag, coding.coding) : etag);
  if (coding.kind === "coded" || (coding.kind === "as-stored" && coding.varies)) addVary(headers, "Accept-Encoding");
  headers.set("cache-status", appendCacheStatus(headers.get("cache-status"), formatCacheStatus(cacheStatus)));
  headers.set("x-cache", xCache);
  // Said to this cache, as CDN-Cache-Control is said to each on the way (W3C Edge Architecture §2.3).
  headers.delete("surrogate-control");
  addEdgeHeaders(headers, request.headers, zone);
}

function addVary(headers: Headers, field: string): void {
  const vary = headers.get("vary");
  if (vary?.toLowerCase().includes(field.toLowerCase()) || vary?.includes("*")) return;
  headers.append("vary", field);
}

function isOnlyFor200(name: string, stored: StoredResponse): boolean {
  if (KEPT_BY_304.has(name)) return false;
  if (name === "last-modified") return stored.headers.some(([field]) => field === "etag");
  return name.startsWith("content-") || name === "accept-ranges";
}

async function partOf(
  { store, target, request }: Exchange,
  stored: StoredResponse,
  source: BodySource,
  first: number,
  last: number,
): Promise<Uint8Array | ReadableStream | null> {
  if (request.method === "HEAD") {
    await discard(source);
    return null;
  }
  switch (source.kind) {
    case "bytes":
      return source.bytes.subarray(first, last + 1);
    case "store": {
      const part = await store.readPart(target.key, stored, first, last);
      if (part === null) return sliceStream(source.stream, first, last);
      await discard(source);
      return part;
    }
    case "origin":
      return source.stream && sliceStream(source.stream, first, last);
    default:
      return source satisfies never;
  }
}

async function whole(
  request: Request,
  stored: StoredResponse,
  source: BodySource,
  headers: Headers,
): Promise<Response> {
  const { status } = stored;
  if (stored.size !== null && status !== 204) headers.set("content-length", String(stored.size));
  if (request.method === "HEAD" || isBodiless(status)) {
    await discard(source);
    return new Response(null, { status, headers });
  }
  const body = source.kind === "bytes" ? source.bytes : source.stream;
  // Bytes in a coding of the origin's are sent as they are.
  return new Response(body, { status, headers, encodeBody: headers.has("content-encoding") ? "manual" : "automatic" });
}

/** Codings are made once for each stored body, when first asked for. A body still on its way is coded as it goes. */
async function wholeCoded(
  { request, store, target, waitUntil }: Exchange,
  stored: StoredResponse,
  source: BodySource,
  headers: Headers,
  coding: "br" | "gzip",
): Promise<Response> {
  headers.delete("content-length");
  headers.set("content-encoding", coding);
  const respond = (body: ReadableStream | Uint8Array | null) =>
    new Response(body, { status: stored.status, headers, encodeBody: "manual" });
  if (request.method === "HEAD") {
    await discard(source);
    return respond(null);
  }
  if (source.kind === "origin") {
    // `chooseCoding` offers gzip only while a body is on its way.
    return respond(source.stream?.pipeThrough(new CompressionStream("gzip")) ?? null);
  }
  const existing = await store.readCoded(target.key, stored.bodyId, coding);
  if (existing !== null) {
    await discard(source);
    return respond(existing);
  }
  const identity =
    source.kind === "bytes" ? source.bytes : new Uint8Array(await new Response(source.stream).arrayBuffer());
  const coded = await encode(identity, coding);
  waitUntil(store.writeCoded(target.key, stored.bodyId, coding, coded).catch(reportStoreFailure(target.key)));
  return respond(coded);
}

function isBodiless(status: number): boolean {
  return status === 204 || status === 304;
}

async function discard(source: BodySource): Promise<void> {
  if (source.kind !== "bytes") await source.stream?.cancel();
}

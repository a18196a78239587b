import { acceptsCodings } from "../../http/accept-encoding.ts";
import { parseCdnLoop } from "../../http/cdn-loop.ts";
import { parseHttpDate } from "../../http/dates.ts";
import { isEntityTag } from "../../http/etag.ts";
import { headersOf } from "../../http/headers-of.ts";
import { invalidatedUris, isUnsafe } from "../../http/invalidation.ts";
import { parseContentRange, partHeld, rangeField, requestedRange } from "../../http/range.ts";
import type { CacheWord } from "../../why/words.ts";
import type { ByteTally } from "../body/byte-tally.ts";
import { dropBody } from "../body/drop-body.ts";
import { ownCookies } from "../cache/client-headers.ts";
import { reportStoreFailure } from "../cache/report.ts";
import { type StoreVerdict, storeVerdict } from "../cache/store-verdict.ts";
import {
  type OriginAnswer,
  type StoredResponse,
  selectedValidators,
  toStoredResponse,
} from "../cache/stored-response.ts";
import { decodedBody } from "../origin/decoded-body.ts";
import { decodingOf } from "../origin/decoding.ts";
import { askOrigin, type OriginFailure, type OriginOutcome, type OriginRequest } from "../origin/origin.ts";
import { originHeaders, PREFLIGHT_HEADERS, unsafeOriginHeaders } from "../origin/origin-request.ts";
import { targetsOf } from "../policy/judge.ts";
import { type Target, targetWithFields } from "../request/target.ts";
import { Leader } from "./coalescing.ts";
import type { Exchange } from "./exchange.ts";
import { keepAsItComes } from "./keep.ts";
import { decodingForOne, openAnswer } from "./open-answer.ts";
import { standsInForOne } from "./open-whole.ts";
import { given, type Outcome } from "./outcome.ts";
import { keepPart, passOn } from "./pass-on.ts";
import { answeredBy, bypassed } from "./provenance.ts";
import { ofDecoded } from "./transfer.ts";

/** Passes a GET or HEAD to the origin and its answer to the client. A range is passed as a range. Only a small part is kept. */
export function pass(exchange: Exchange, reason: CacheWord): Promise<Outcome> {
  const { request, target } = exchange;
  return passRequest(exchange, "bypass", reason, {
    method: request.method,
    pathAndQuery: target.path + target.query,
    headers: originHeaders(exchange, rangeFields(exchange)),
  });
}

/** Passes a CORS preflight to an origin that answers it itself. */
export function passPreflight(exchange: Exchange): Promise<Outcome> {
  const { request, target, url } = exchange;
  return passRequest(exchange, "method", null, {
    method: request.method,
    pathAndQuery: target.path + url.search,
    headers: originHeaders(exchange, present(request.headers, PREFLIGHT_HEADERS)),
  });
}

/** Passes an unsafe or unknown method to the origin and forgets what it may have changed (RFC 9111 §4.4). */
export function passUnsafe(exchange: Exchange): Promise<Outcome> {
  const { request, target, url } = exchange;
  return passRequest(exchange, "method", null, {
    method: request.method,
    pathAndQuery: target.path + url.search,
    headers: unsafeOriginHeaders(exchange),
    body: request.body,
  });
}

async function passRequest(
  exchange: Exchange,
  fwd: "bypass" | "method",
  reason: CacheWord | null,
  asked: OriginRequest,
): Promise<Outcome> {
  const { request, zone, target, coalescing } = exchange;
  const hasChanged = coalescing.watch(target.key);
  const outcome = await askForReadable(exchange, asked);
  if (outcome.kind === "failure") return refused(outcome.failure);
  const { response } = outcome;
  const isOutdated = isUnsafe(request.method) ? await invalidate(exchange, response, hasChanged) : hasChanged;
  const opened = await openAnswer(outcome, target, zone, exchange.noteFailure);
  if (opened.kind === "failure") return refused(opened.failure);
  const { answer, decoding } = opened;
  const asKept = toStoredResponse(answer, request.headers, target, zone, decoding);
  const verdict = standsInForOne(outcome, exchange) ? null : verdictOn(exchange, answer, asKept);
  const transferBody = howToTransfer(exchange, verdict);
  // A HEAD is answered as a GET would be.
  const isForOne = transferBody === passOn && !verdict?.store;
  const forThis = isForOne ? decodingForOne(decoding, request.headers) : decoding;
  const stored = forThis === decoding ? asKept : toStoredResponse(answer, request.headers, target, zone, forThis);
  const whole = await decodedBody(opened.body, forThis.decoded, zone, exchange.noteOrigin.received);
  const transferred = ofDecoded(exchange, forThis.decoded);
  const { source, done, over } = transferBody(transferred, stored, whole, request.method !== "HEAD", isOutdated);
  exchange.waitUntil(done);
  exchange.bodies.add(source.stream);
  if (verdict !== null && request.method !== "HEAD" && request.headers.has("range")) {
    exchange.waitUntil(over.then(() => noteRange(exchange, response, stored, verdict, source.tally)));
  }
  return {
    ...given(stored, source, answeredBy(outcome.origin, bypassed(stored, fwd, reason))),
    cookies: ownCookies(response.headers, zone.settings.forward, exchange.hosts),
  };
}

function refused({ reason, code }: OriginFailure): Outcome {
  return { kind: "refused", reason, code };
}

const NONSENSE: OriginOutcome = { kind: "failure", failure: { reason: "origin-nonsense", retryAfter: 0 } };

/** An answer that this client can read. If a part is not readable, the whole is asked for. */
async function askForReadable(exchange: Exchange, asked: OriginRequest): Promise<OriginOutcome> {
  const { request, target } = exchange;
  const outcome = await askOrigin(exchange, asked, exchange.noteFailure);
  if (outcome.kind === "failure" || isUnsafe(request.method)) return outcome;
  const { status } = outcome.response;
  if (status !== 206 && status !== 416) return outcome;
  if (asked.headers.has("range") && isReadablePart(outcome.response, request.headers, target)) return outcome;
  await dropBody(outcome.response.body);
  // RFC 9110 §15.3.7, §15.5.17: a 206 and a 416 both answer a request with a Range.
  if (!asked.headers.has("range")) return NONSENSE;
  const headers = originHeaders(exchange);
  const whole = await askOrigin(exchange, { ...asked, headers }, exchange.noteFailure);
  if (whole.kind === "failure" || (whole.response.status !== 206 && whole.response.status !== 416)) return whole;
  await dropBody(whole.response.body);
  return NONSENSE;
}

/**
 * Whether a client can use a part, or a 416: it says which part it is, and has no coding that would be removed from the whole
 * and that this client does not accept.
 */
function isReadablePart({ status, headers }: Response, request: Headers, target: Target): boolean {
  const { decoded } = decodingOf({ status: 200, headers }, target);
  if (!acceptsCodings(request.get("accept-encoding"), decoded)) return false;
  if (status === 416) return true;
  if (/^multipart\/byteranges\b/i.test(headers.get("content-type") ?? "")) return true;
  const label = parseContentRange(headers.get("content-range"));
  const length = headers.get("content-length");
  return label !== null && (length === null || partHeld(label, Number(length)) !== null);
}

/** Whether an answer may be kept; null if such an answer never is. */
function verdictOn(exchange: Exchange, answer: OriginAnswer, stored: StoredResponse) {
  const { request, zone, target, url } = exchange;
  const isPost = request.method === "POST";
  if (request.method !== "GET" && request.method !== "HEAD" && !isPost) return null;
  return storeVerdict(answer, stored, exchange, target, zone, isPost ? url : null);
}

/**
 * A part that was asked for is kept as a part, unless the client set a condition. The answer to a POST is kept if it says what
 * it represents (RFC 9110 §9.3.3), unless the origin saw more of the client than it would see with a GET.
 */
function howToTransfer(exchange: Exchange, verdict: StoreVerdict | null) {
  const isPost = exchange.request.method === "POST";
  if (isPost ? showsMoreThanGet(exchange) : exchange.request.headers.has("if-range")) return passOn;
  if (verdict?.store) return isPost ? keepAlone : passOn;
  return verdict?.asPart ? keepPart : passOn;
}

/** A POST is sent with its whole query, and with its Origin if all headers are forwarded. */
function showsMoreThanGet({ request, zone, target, url }: Exchange): boolean {
  return target.query !== url.search || (zone.settings.forward.headers === "all" && request.headers.has("origin"));
}

/** Keeps a body that no other request could wait for. */
function keepAlone(
  exchange: Exchange,
  stored: StoredResponse,
  body: ReadableStream | null,
  wantsBody: boolean,
  hasChanged: () => boolean,
) {
  const { fills, zone, now, target } = exchange;
  const permit = fills.begin(zone.id, now);
  const leader = new Leader(target.key, 0, hasChanged);
  const transfer = keepAsItComes(exchange, body, { stored, leader, permit, wantsBody, replaced: null });
  void Promise.all([transfer.done, transfer.over]).then(permit.end);
  return transfer;
}

/** Takes note of a range that its client has received, if its whole could be stored. */
function noteRange(
  { request, range: asked, ranges, target, zone }: Exchange,
  response: Response,
  stored: StoredResponse,
  verdict: StoreVerdict,
  tally: ByteTally,
): void {
  if (!verdict.store && verdict.reason !== "partial") return;
  // The whole is stored decoded, so a range of it would be one of another form.
  if (response.status === 206 && response.headers.has("content-encoding")) return;
  const size = response.status === 206 ? parseContentRange(response.headers.get("content-range"))?.size : stored.size;
  if (typeof size !== "number" || size > zone.settings.max_object_bytes) return;
  // A range that was cut out of a whole on its way to the client does not count as demand.
  const selected = selectedValidators(headersOf(stored.headers));
  const range = response.status === 206 ? null : requestedRange(request.method, request.headers, selected, size, asked);
  const cutOut = range?.kind === "part" ? range.last - range.first + 1 : tally.total;
  ranges.note(target.key, size, Math.min(cutOut, tally.total), Date.now());
}

/**
 * Forgets what an unsafe method has changed.
 *
 * @param hasChanged whether another request had changed the resource meanwhile
 * @returns whether its answer is outdated: by another change, not by its own
 */
async function invalidate(exchange: Exchange, response: Response, hasChanged: () => boolean): Promise<() => boolean> {
  const { request, zone, document, url, store, coalescing } = exchange;
  const hosts = [...exchange.hosts, ...(zone.hostnames ?? [])];
  const uris = invalidatedUris(request.method, response.status, url, response.headers, hosts);
  const loop = parseCdnLoop(request.headers.get("cdn-loop")) ?? [];
  const keys = new Set<string>();
  for (const uri of uris) {
    for (const target of targetsOf(uri, document)) {
      keys.add(target.key);
      // A client behind another CDN has keys of its own.
      keys.add(targetWithFields(target, request.headers, loop, zone).key);
    }
  }
  const wasOutdated = hasChanged();
  for (const key of keys) coalescing.outdate(key);
  const hasChangedAgain = wasOutdated ? () => true : coalescing.watch(exchange.target.key);
  // The origin has made the change, whatever becomes of the cache.
  for (const key of keys) await store.remove(key).catch(reportStoreFailure(key));
  return hasChangedAgain;
}

/**
 * The range fields for the origin, if the client asks for a valid range: in the edge's own spelling, and with a condition only
 * if that can hold. Otherwise the whole is asked for, as RFC 9110 §14.2 allows.
 */
function rangeFields({ request, range }: Exchange): Record<string, string> {
  const ifRange = request.headers.get("if-range");
  if (range === null || (ifRange !== null && !isEntityTag(ifRange) && parseHttpDate(ifRange) === null)) return {};
  return { range: rangeField(range), ...(ifRange !== null && { "if-range": ifRange }) };
}

function present(headers: Headers, names: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const value = headers.get(name);
    if (value !== null) found[name] = value;
  }
  return found;
}

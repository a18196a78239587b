import { evaluatePreconditions } from "../../http/conditional.ts";
import { headersOf } from "../../http/headers-of.ts";
import { contentRange, requestedRange, unsatisfiedRange } from "../../http/range.ts";
import { dropHostFields } from "../../http/response-fields.ts";
import { isWithoutContent } from "../../http/statuses.ts";
import { varyFields } from "../../http/vary.ts";
import type { BodySource } from "../cache/body-source.ts";
import type { Caches } from "../cache/caches.ts";
import { type StoredResponse, selectedValidators } from "../cache/stored-response.ts";
import type { ResponseOutcome } from "../fill/outcome.ts";
import type { Provenance } from "../fill/provenance.ts";
import type { Asked } from "../request/asked.ts";
import { stampAge } from "./age-fields.ts";
import { notModifiedHeaders } from "./answer-headers.ts";
import { type CodingChoice, chooseCoding, codedEtag } from "./coding.ts";
import { addEdgeHeaders } from "./edge-headers.ts";
import { codedBody, partOfBody, wholeBody } from "./read-body.ts";
import { refuse } from "./refusal.ts";
import { isReady, makeReady } from "./replay.ts";
import type { Answer } from "./send.ts";

/** What of a response a request gets. Positions and sizes in bytes. */
type Selection =
  | { kind: "precondition-failed" }
  | { kind: "not-modified" }
  | { kind: "unsatisfiable"; size: number }
  /** `first` to `last`, inclusive. */
  | { kind: "part"; first: number; last: number; size: number }
  | { kind: "whole" };

/**
 * A range of a whole that is not kept is cut out of it as far as this goes (bytes). Beyond, its client gets the whole (RFC 9110
 * §14.2: "A server MAY ignore the Range header field"): else the origin would send a lot for a little.
 */
const CUT_OUT_BYTES = 1_048_576;

const WITHOUT_BODY = { body: null, tally: null } as const;

/** Answers a client out of a response. What it leaves unread of the bodies that were opened is for its caller to close. */
export async function answer(exchange: Asked & Caches, outcome: ResponseOutcome): Promise<Answer> {
  const { request, zone } = exchange;
  const { stored, source } = outcome;
  await prepare(exchange, outcome);
  const headers = headersOf(stored.headers);
  const coding = chooseCoding(stored, headers, request.headers, {
    enabled: zone.settings.compression && isGetOrHead(request),
    way: source.kind !== "origin" ? "at hand" : source.isKept ? "kept" : "passed",
  });
  const answered = await answerIn(coding, headers, exchange, outcome);
  return answered ?? (await answerIn(UNCODED, headersOf(stored.headers), exchange, outcome))!;
}

/** What a client gets that would have it coded, while too much is being coded already. */
const UNCODED: CodingChoice = { kind: "as-stored", varies: true };

/** Null where the body cannot be had in the coding now. `headers` are the stored ones. */
async function answerIn(
  coding: CodingChoice,
  headers: Headers,
  exchange: Asked & Caches,
  { stored, source, provenance, cookies }: ResponseOutcome,
): Promise<Answer | null> {
  const { request, zone } = exchange;
  const { xCache } = provenance;
  describe(headers, exchange, stored, coding, provenance);
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  const isOnTheWay = source.kind === "origin";
  const selection = select(exchange, stored, headers, coding, source);
  switch (selection.kind) {
    case "precondition-failed":
      return refuse("precondition-failed", request, zone);
    case "not-modified":
      return { status: 304, headers: notModifiedHeaders(headers), ...WITHOUT_BODY, isOnTheWay, xCache };
    case "unsatisfiable":
      headers.set("content-range", unsatisfiedRange(selection.size));
      headers.delete("content-length");
      headers.set("cache-control", "no-store");
      return { status: 416, headers, ...WITHOUT_BODY, isOnTheWay, xCache };
    case "part": {
      const { first, last, size } = selection;
      headers.set("content-range", contentRange(first, last, size));
      headers.set("content-length", String(last - first + 1));
      const body = await partOfBody(exchange, stored, source, first, last);
      return { status: 206, headers, body, tally: null, isOnTheWay, xCache };
    }
    case "whole": {
      const whole = await wholeIn(coding, exchange, stored, source, headers);
      return whole && { status: stored.status, headers, ...whole, isOnTheWay, xCache };
    }
    default:
      return selection satisfies never;
  }
}

/**
 * Makes the answers that a request like this gets out of a response in memory ready, so that the next such request is
 * answered without a promise; see `replay`.
 */
async function prepare(exchange: Asked & Caches, { stored, source, provenance }: ResponseOutcome): Promise<void> {
  const { request, zone, memory, target } = exchange;
  const hot = source.kind === "memory" ? source.hot : null;
  if (hot === null || provenance.cacheStatus.hit !== true || provenance.age === null) return;
  if (isWithoutContent(stored.status) || isReady(hot, request, zone)) return;
  const headers = headersOf(stored.headers);
  const coding = chooseCoding(stored, headers, request.headers, { enabled: zone.settings.compression, way: "at hand" });
  describe(headers, exchange, stored, coding, provenance);
  const body = coding.kind === "coded" ? (await codedBody(exchange, stored, source, coding.coding))?.body : hot.body;
  if (!(body instanceof Blob)) return;
  if (coding.kind === "coded") headers.set("content-encoding", coding.coding);
  headers.set("content-length", String(body.size));
  const isOk = stored.status === 200;
  makeReady(hot, request, zone, {
    headers,
    age: provenance.age,
    body,
    size: body.size,
    hasRanges: isOk && coding.kind === "as-stored",
    selected: isOk ? selectedValidators(headers) : null,
  });
  memory?.recount(target.key);
}

/** Preconditions first, then the range (RFC 9110 §13.2.2). `headers` are those of the answer with the whole. */
function select(
  { request, now }: Asked,
  stored: StoredResponse,
  headers: Headers,
  coding: CodingChoice,
  source: BodySource,
): Selection {
  if (stored.status !== 200 || !isGetOrHead(request)) return { kind: "whole" };
  const selected = selectedValidators(headers);
  const precondition = evaluatePreconditions(request.method, request.headers, selected, now);
  if (precondition === "failed") return { kind: "precondition-failed" };
  if (precondition === "not-modified") return { kind: "not-modified" };
  const { size } = stored;
  if (size === null || coding.kind === "coded") return { kind: "whole" };
  const range = requestedRange(request.method, request.headers, selected, size);
  const isPassed = source.kind === "origin" && !source.isKept;
  if (isPassed && range.kind === "part" && range.last >= CUT_OUT_BYTES) return { kind: "whole" };
  return range.kind === "whole" ? range : { ...range, size };
}

/** The whole in a coding, null where it cannot be had now; sets the fields that depend on that. */
async function wholeIn(
  coding: CodingChoice,
  exchange: Asked & Caches,
  stored: StoredResponse,
  source: BodySource,
  headers: Headers,
): Promise<Pick<Answer, "body" | "tally"> | null> {
  const isWithoutBody = exchange.request.method === "HEAD" || isWithoutContent(stored.status);
  if (coding.kind === "as-stored") {
    if (stored.size !== null && stored.status !== 204) headers.set("content-length", String(stored.size));
    if (isWithoutBody) return WITHOUT_BODY;
    return { body: wholeBody(source), tally: source.kind === "origin" ? source.tally : null };
  }
  headers.delete("content-length");
  headers.set("content-encoding", coding.coding);
  // A HEAD tells the length that a GET would have, where that costs no more than it does.
  if (isWithoutBody && source.kind !== "memory") return WITHOUT_BODY;
  const coded = await codedBody(exchange, stored, source, coding.coding);
  if (coded === null) return null;
  const { body, size } = coded;
  if (size !== null) headers.set("content-length", String(size));
  return isWithoutBody ? WITHOUT_BODY : { body, tally: null };
}

/** Adds to the stored fields what is said to this client. */
function describe(
  headers: Headers,
  { request, zone }: Asked,
  stored: StoredResponse,
  coding: CodingChoice,
  provenance: Provenance,
): void {
  stampAge(headers, stored, provenance, zone.settings);
  const etag = headers.get("etag") ?? stored.computedEtag;
  if (etag !== null) headers.set("etag", coding.kind === "coded" ? codedEtag(etag, coding.coding) : etag);
  if (coding.kind === "coded" || coding.varies) addVary(headers, "Accept-Encoding");
  headers.set("x-cache", provenance.xCache);
  // Said to this cache, as CDN-Cache-Control is said to each on the way (W3C Edge Architecture §2.3).
  headers.delete("surrogate-control");
  // Older versions of this cache stored them.
  headers.delete("set-cookie");
  dropHostFields(headers);
  addEdgeHeaders(headers, request.headers, zone);
  const hasRanges = stored.status === 200 && stored.size !== null && coding.kind === "as-stored";
  if (hasRanges && isGetOrHead(request)) headers.set("accept-ranges", "bytes");
}

function addVary(headers: Headers, field: string): void {
  const named = varyFields(headers);
  if (named !== "*" && !named.includes(field.toLowerCase())) headers.append("vary", field);
}

function isGetOrHead({ method }: Request): boolean {
  return method === "GET" || method === "HEAD";
}

import { CONTENT_DIGESTS, REPRESENTATION_DIGESTS } from "../../http/digests.ts";
import { codedEtag } from "../../http/etag.ts";
import { headersOf } from "../../http/headers-of.ts";
import { contentRange, unsatisfiedRange } from "../../http/range.ts";
import { dropHostFields } from "../../http/response-fields.ts";
import { isSuccess, isWithoutContent } from "../../http/statuses.ts";
import { dropTargeted } from "../../http/targeted-cache-control.ts";
import { dropBody } from "../body/drop-body.ts";
import type { BodySource } from "../cache/body-source.ts";
import type { ReadyAnswer } from "../cache/hot-response.ts";
import type { Caches } from "../cache/lookup.ts";
import { type StoredResponse, selectedValidators } from "../cache/stored-response.ts";
import type { ResponseOutcome } from "../fill/outcome.ts";
import type { Provenance } from "../fill/provenance.ts";
import type { Asked } from "../request/asked.ts";
import { stampAge } from "./age-fields.ts";
import { notModifiedHeaders } from "./answer-headers.ts";
import { type CodingChoice, chooseCoding } from "./coding.ts";
import { addEdgeHeaders, addVary } from "./edge-headers.ts";
import { hasErrorPage, TELL_PAGES_APART } from "./error-page.ts";
import { addNamingHeaders } from "./naming-headers.ts";
import { codedBody, partOfBody, unreadSource, wholeBody } from "./read-body.ts";
import { refuse } from "./refusal.ts";
import { isReady, makeReady } from "./replay.ts";
import { isGetOrHead, select, tagsInAnyCoding } from "./selection.ts";
import type { Answer } from "./send.ts";

const DIGESTS = [...CONTENT_DIGESTS, ...REPRESENTATION_DIGESTS];

/** Fields that describe the content of a whole answer. An answer without content must not have them. */
const ABOUT_CONTENT = ["content-encoding", "content-length", ...DIGESTS];

const WITHOUT_BODY = { body: null, tally: null } as const;

/** Answers a client from a response. Its caller closes the opened bodies that it leaves unread. */
export async function answer(exchange: Asked & Caches, outcome: ResponseOutcome): Promise<Answer> {
  const { request, zone } = exchange;
  const { stored, source } = outcome;
  await prepare(exchange, outcome);
  const headers = headersOf(stored.headers);
  const coding = chooseCoding(stored, headers, request.headers, {
    enabled: zone.settings.compression && isGetOrHead(request),
    way: source.kind !== "origin" ? "at hand" : source.isKept ? "kept" : "passed",
    path: exchange.target.path,
  });
  const answered = await answerIn(coding, headers, exchange, outcome);
  if (answered !== null) return answered;
  const uncoded = { ...outcome, source: await unreadSource(exchange, stored, source) };
  return (await answerIn(UNCODED, headersOf(stored.headers), exchange, uncoded))!;
}

/** The choice for a client that accepts codings, while too much is being coded already. */
const UNCODED: CodingChoice = { kind: "as-stored", varies: true };

/** Null if the body cannot be had in that coding now. `headers` are the stored ones. */
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
      if (selection.etag) headers.set("etag", selection.etag);
      return { status: 304, headers: notModifiedHeaders(headers), ...WITHOUT_BODY, isOnTheWay, xCache };
    case "unsatisfiable":
      headers.set("content-range", unsatisfiedRange(selection.size));
      for (const name of ABOUT_CONTENT) headers.delete(name);
      headers.set("cache-control", "no-store");
      headers.delete("expires");
      dropTargeted(headers);
      return { status: 416, headers, ...WITHOUT_BODY, isOnTheWay, xCache };
    case "part": {
      const { first, last, size } = selection;
      headers.set("content-range", contentRange(first, last, size));
      for (const name of CONTENT_DIGESTS) headers.delete(name);
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

/** Makes ready the answers that a request like this gets from a response, for the next such request; see `replay`. */
async function prepare(exchange: Asked & Caches, { stored, source, provenance }: ResponseOutcome): Promise<void> {
  const { request, zone, target } = exchange;
  if (!isPlainHit(provenance) || (source.kind !== "memory" && source.kind !== "store")) return;
  const known = source.kind === "memory" ? source.hot : source.known;
  if (known === null || isWithoutContent(stored.status) || isReady(known, request, zone)) return;
  const headers = headersOf(stored.headers);
  const coding = chooseCoding(stored, headers, request.headers, {
    enabled: zone.settings.compression,
    way: "at hand",
    path: target.path,
  });
  describe(headers, exchange, stored, coding, provenance);
  const form = await formOf(exchange, stored, source, coding);
  if (form === null) return;
  if (coding.kind === "coded") headers.set("content-encoding", coding.coding);
  headers.set("content-length", String(form.size));
  const isOk = stored.status === 200;
  makeReady(known, request, zone, {
    headers,
    age: provenance.age,
    ...form,
    hasRanges: isOk && coding.kind === "as-stored",
    hasContentDigest: CONTENT_DIGESTS.some((name) => headers.has(name)),
    selected: isOk ? { ...selectedValidators(headers), otherEtags: tagsInAnyCoding(stored) } : null,
  });
}

/** Whether it is fresh and the origin was not asked. Then only its age changes from one request to the next. */
function isPlainHit(provenance: Provenance): provenance is Provenance & { age: number } {
  return provenance.cacheStatus.hit === true && provenance.xCache === "HIT" && provenance.age !== null;
}

/** The body of an answer that was made ready; null if it cannot be had in that coding now. */
async function formOf(
  exchange: Asked & Caches,
  stored: StoredResponse,
  source: Extract<BodySource, { kind: "memory" | "store" }>,
  choice: CodingChoice,
): Promise<Pick<ReadyAnswer, "body" | "size" | "coding"> | null> {
  const isInMemory = source.kind === "memory";
  if (choice.kind === "as-stored") {
    const { size } = isInMemory ? source.body : stored;
    return size === null ? null : { body: isInMemory ? source.body : null, size, coding: null };
  }
  const { coding } = choice;
  if (isInMemory) {
    const body = (await codedBody(exchange, stored, source, coding))?.body;
    return body instanceof Blob ? { body, size: body.size, coding } : null;
  }
  const made = await exchange.store.readCoded(exchange.target.key, stored.bodyId, coding);
  await dropBody(made?.body);
  return made === null || made.size === null ? null : { body: null, size: made.size, coding };
}

/** The whole body in a coding, or null if it cannot be had now. Sets the fields that depend on that. */
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
    // RFC 9530 §2: the answer to a HEAD has no content that a content digest could be of.
    if (isWithoutBody && source.kind !== "origin") for (const name of CONTENT_DIGESTS) headers.delete(name);
    if (isWithoutBody) return WITHOUT_BODY;
    return { body: wholeBody(source), tally: source.kind === "origin" ? source.tally : null };
  }
  headers.delete("content-length");
  headers.set("content-encoding", coding.coding);
  // A HEAD gives the length that a GET would have only if the body is in memory: else finding it would cost too much.
  if (isWithoutBody && source.kind !== "memory") return WITHOUT_BODY;
  const coded = await codedBody(exchange, stored, source, coding.coding);
  if (coded === null) return null;
  const { body, size } = coded;
  if (size !== null) headers.set("content-length", String(size));
  return isWithoutBody ? WITHOUT_BODY : { body, tally: null };
}

/** Adds to the stored fields what only this client is told. */
function describe(
  headers: Headers,
  { request, zone, target }: Asked,
  stored: StoredResponse,
  coding: CodingChoice,
  provenance: Provenance,
): void {
  stampAge(headers, stored, provenance, zone);
  const etag = headers.get("etag") ?? stored.computedEtag;
  if (etag !== null) headers.set("etag", coding.kind === "coded" ? codedEtag(etag, coding.coding) : etag);
  if (coding.kind === "coded") for (const name of DIGESTS) headers.delete(name);
  if (coding.kind === "coded" || coding.varies) addVary(headers, "Accept-Encoding");
  headers.set("x-cache", provenance.xCache);
  // This field is meant for this cache, while CDN-Cache-Control is for every CDN on the way (W3C Edge Architecture §2.3).
  headers.delete("surrogate-control");
  // Older versions of this cache stored them.
  headers.delete("set-cookie");
  dropHostFields(headers);
  addEdgeHeaders(headers, request.headers, zone);
  if (isSuccess(stored.status)) addNamingHeaders(headers, target, zone);
  if (hasErrorPage(zone, stored.status)) for (const name of TELL_PAGES_APART) addVary(headers, name);
  const hasRanges = stored.status === 200 && stored.size !== null && coding.kind === "as-stored";
  if (hasRanges && isGetOrHead(request)) headers.set("accept-ranges", "bytes");
}

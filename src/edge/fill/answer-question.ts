import { type CacheControl, NO_DIRECTIVES } from "../../http/cache-control.ts";
import { retryAfterSeconds } from "../../http/retry-after.ts";
import { isWithoutContent } from "../../http/statuses.ts";
import { effectiveCacheControl } from "../../http/targeted-cache-control.ts";
import { assetOf } from "../../zones/asset-types.ts";
import type { ZoneDocument } from "../../zones/zone.ts";
import type { WaitUntil } from "../../zones/zone-table.ts";
import { dropBody } from "../body/drop-body.ts";
import { STORED_FOR_SECONDS } from "../cache/own-cache.ts";
import { storeVerdict } from "../cache/store-verdict.ts";
import { type OriginAnswer, type StoredResponse, toStoredResponse } from "../cache/stored-response.ts";
import { errorReasonOf, type FailureReason } from "../origin/failure-reason.ts";
import { askOrigin, type OriginFailure } from "../origin/origin.ts";
import type { OriginAccess, OriginNotes } from "../origin/origin-access.ts";
import { originHeaders } from "../origin/origin-request.ts";
import { policyOf } from "../policy/policy.ts";
import type { Target } from "../request/target.ts";
import { type Envelope, FAILURE_SECONDS, fitsEnvelope, type TierAnswer, toEnvelope } from "../tier/envelope.ts";
import type { TierQuestion } from "../tier/question.ts";
import { type Measured, measured, ofLength } from "./measured.ts";
import { openAnswer } from "./open-answer.ts";

/** What the tier needs to answer questions. */
export interface Answering {
  /** The hostnames of the zone with this name; the first is the public one. */
  hostsOf(name: string): readonly [string, ...string[]];
  /** The zone's document, in the question's version or a later one; null: there is none, or it cannot be had. */
  documentOf(question: TierQuestion, waitUntil: WaitUntil): Promise<ZoneDocument | null>;
  origins: OriginAccess;
  noteFailure(zone: ZoneDocument, reason: FailureReason, waitUntil: WaitUntil): void;
  /** Takes note of what the zone's origin is asked. */
  originNotes(zone: ZoneDocument, waitUntil: WaitUntil): OriginNotes;
}

/** Answers an edge: asks the origin and puts its answer into an envelope, for the cache in front and the edges behind that. */
export async function answerQuestion(
  question: TierQuestion,
  answering: Answering,
  waitUntil: WaitUntil,
): Promise<Response> {
  const { asker } = question;
  const zone = await zoneOf(question, answering, waitUntil);
  if (zone === null) return toEnvelope({ asker, kind: "refused", reason: "tier-behind" }, null, 0);
  const { path, query, fields, ruled, validators } = question;
  const target: Target = { path, query, ruled, key: path + query, fields, asset: assetOf(path), takedown: null };
  const hosts = answering.hostsOf(zone.name);
  const request = { headers: new Headers(fields.map(([name, value]): [string, string] => [name, value])) };
  const note = (reason: FailureReason) => answering.noteFailure(zone, reason, waitUntil);
  const noteOrigin = answering.originNotes(zone, waitUntil);
  const { origins } = answering;
  const asked = { request: { headers: new Headers() }, zone, target, hosts, origins, noteOrigin, waitUntil };
  const outcome = await askOrigin(
    asked,
    {
      method: "GET",
      pathAndQuery: path + query,
      headers: originHeaders(asked, validators ?? {}),
      isOptional: question.servesErrors,
    },
    note,
  );
  if (outcome.kind === "failure") return failed(asker, outcome.failure);
  const error = question.servesErrors ? errorReasonOf(outcome.response.status) : null;
  if (error !== null) {
    await dropBody(outcome.response.body);
    const retryAfter = retryAfterSeconds(outcome.response.headers.get("retry-after"), outcome.answeredAt);
    return failed(asker, { reason: error, retryAfter });
  }
  const opened = await openAnswer(outcome, target, zone, note);
  if (opened.kind === "failure") return failed(asker, opened.failure);
  const answer: OriginAnswer = { ...opened.answer, zoneVersion: zone.version };
  const fresh = secondsOf(answer, request, question, target, zone);
  const { body, length } = await bodyOf(opened.body, outcome.response, fresh > 0, noteOrigin);
  // Without a length nobody could tell whether a body is broken, and a broken one might be kept.
  const seconds = length === null ? 0 : fresh;
  const { status, headers } = outcome.response;
  const { requestedAt, answeredAt, isFallback, origin } = outcome;
  const envelope: Envelope & TierAnswer = {
    asker,
    kind: "answer",
    status,
    // Cookies are dropped: no zone that forwards cookies asks the tier.
    headers: [...headers].filter(([name]) => name !== "set-cookie"),
    length,
    requestedAt,
    answeredAt,
    isFallback,
    origin,
    version: zone.version,
    isShared: seconds > 0,
  };
  if (fitsEnvelope(envelope)) return toEnvelope(envelope, body, seconds);
  if (body instanceof ReadableStream) await dropBody(body);
  return toEnvelope({ asker, kind: "refused", reason: "tier-unfit" }, null, 0);
}

/** @param isKept whether a cache may keep it, provided that its length is known */
async function bodyOf(
  body: ReadableStream | null,
  { status, headers }: Response,
  isKept: boolean,
  { received }: OriginNotes,
): Promise<Measured> {
  if (body === null || isWithoutContent(status)) return { body: null, length: 0 };
  const length = headers.get("content-length");
  if (length !== null && /^\d+$/.test(length)) {
    // The platform passes it on by itself, so the promised length is assumed to arrive.
    received(Number(length));
    return ofLength(body, Number(length));
  }
  if (isKept) return measured(body, received);
  return { body: body.pipeThrough(counting(received)), length: null };
}

function counting(received: (bytes: number) => void): TransformStream<Uint8Array, Uint8Array> {
  return new TransformStream({
    transform(piece, controller) {
      received(piece.byteLength);
      controller.enqueue(piece);
    },
  });
}

/** The zone as the edge's document and the matching rules make it; null if that is not possible. */
async function zoneOf(
  question: TierQuestion,
  answering: Answering,
  waitUntil: WaitUntil,
): Promise<ZoneDocument | null> {
  const document = await answering.documentOf(question, waitUntil);
  if (document === null || document.id !== question.zone.id || document.state !== "active") return null;
  if (document.version < question.version) return null;
  if (question.ruled === "") return document;
  // A newer document may have other rules.
  const ruled = policyOf(document)?.rules?.zoneBy(question.rules) ?? null;
  return ruled?.stored === question.ruled ? ruled.zone : null;
}

function failed(asker: string, failure: OriginFailure): Response {
  // That all slots were taken a moment ago says nothing about now.
  return toEnvelope(
    { asker, kind: "failure", ...failure },
    null,
    failure.reason === "origin-busy" ? 0 : FAILURE_SECONDS,
  );
}

/** How long the answer may be kept in front of the tier: its remaining freshness, seconds. */
function secondsOf(
  answer: OriginAnswer,
  request: { headers: Headers },
  { validators, lifetime }: TierQuestion,
  target: Target,
  zone: ZoneDocument,
): number {
  const { status } = answer.response;
  if (status === 304) {
    if (validators === null || forbidsSharing(effectiveCacheControl(answer.response.headers).directives)) return 0;
    // Its fields update the stored response, and those that it lacks are taken from there (RFC 9111 §4.3.4).
    const validated = { ...answer, response: new Response(null, { headers: answer.response.headers }) };
    const stored = toStoredResponse(validated, request.headers, target, zone);
    return bounded(saysLifetime(answer.response.headers) ? stored.lifetime : (lifetime ?? 0), stored);
  }
  const stored = toStoredResponse(answer, request.headers, target, zone);
  const verdict = storeVerdict(answer, stored, { request, directives: NO_DIRECTIVES }, target, zone);
  const isKept = verdict.store && stored.vary.length === 0 && !stored.reuse?.noCache;
  return isKept ? bounded(stored.lifetime, stored) : 0;
}

/** Bounds it: purges are forgotten a day after the longest time that this allows. */
function bounded(lifetime: number, { initialAge }: StoredResponse): number {
  return Math.max(0, Math.min(Math.floor(lifetime - initialAge), STORED_FOR_SECONDS));
}

function forbidsSharing({ noStore, private: isPrivate, noCache }: CacheControl): boolean {
  return noStore || isPrivate === true || noCache === true;
}

const SAY_LIFETIME = ["cache-control", "cdn-cache-control", "surrogate-control", "expires"];

function saysLifetime(headers: Headers): boolean {
  return SAY_LIFETIME.some((name) => headers.has(name));
}

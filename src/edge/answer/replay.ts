import { preferredCoding } from "../../http/accept-encoding.ts";
import { evaluatePreconditions, knownEtag } from "../../http/conditional.ts";
import { CONTENT_DIGESTS } from "../../http/digests.ts";
import { contentRange, parseRange, rangeWithin } from "../../http/range.ts";
import { currentAge, isOfLater } from "../../http/reuse.ts";
import { targetedFields } from "../../http/targeted-cache-control.ts";
import { BoundedMap } from "../../memo/bounded-map.ts";
import type { ZoneDocument } from "../../zones/zone.ts";
import type { KnownResponse, ReadyAnswer, ResponseFields } from "../cache/hot-response.ts";
import { STORED_FOR_SECONDS } from "../cache/own-cache.ts";
import { hit } from "../fill/provenance.ts";
import { stampAge } from "./age-fields.ts";
import { notModifiedHeaders } from "./answer-headers.ts";
import { codingsOf } from "./coding.ts";
import { corsEntryOf, isWildcard } from "./cors-entry.ts";
import { stampOrigin } from "./edge-headers.ts";
import { isShownAsPage } from "./error-page.ts";

/** An answer that was made ready. */
export interface Replay {
  fields: ResponseFields;
  /** Null: there is none, or it is in the store. */
  body: Blob | null;
  /** The body's length, bytes; 0: there is none. */
  size: number;
  coding: ReadyAnswer["coding"];
}

/** Fields that change an answer but that {@link replay} does not look at. A request with any of these takes the long way. */
const UNUSUAL = ["cdn-loop", "if-match", "if-unmodified-since"];

/**
 * Answers a GET or HEAD from a response that may be used now, if nothing but time has passed since the answer was made ready:
 * with the whole, a 304, or one range of a body in memory. Null if the answer was not made ready, no longer holds, or is none
 * of these.
 *
 * @param now ms since the epoch
 */
export function replay(known: KnownResponse, request: Request, zone: ZoneDocument, now: number): Replay | null {
  const { method, headers } = request;
  const isHead = method === "HEAD";
  if (!isHead && method !== "GET") return null;
  for (const name of UNUSUAL) if (headers.has(name)) return null;
  if (isShownAsPage(known.stored.status, request, zone)) return null;
  const range = isHead ? null : headers.get("range");
  const ready = known.ready.get(readyKey(headers, zone, range !== null));
  if (ready === undefined || ready.zoneVersion !== zone.version || now >= ready.freshUntil) return null;
  if (isOfLater(known.stored, now)) return null;
  if (isHead && ready.hasContentDigest) return null;
  keepAge(ready, known, zone, now);
  if (ready.pageOrigin !== null) keepPageOrigin(ready, headers.get("origin")!, zone);
  const tag = ready.selected === null ? null : tagOfUnchanged(ready, request, now);
  if (tag !== null) return replayNotModified(ready, tag);
  if (range !== null && ready.hasRanges) return replayRange(ready, range, headers);
  // A HEAD does not give the length of a stored coding: finding it would take another read.
  if (isHead && ready.body === null && ready.coding !== null) return null;
  if (isHead) return { fields: ready.whole, body: null, size: 0, coding: null };
  return replayWhole(ready);
}

/** Whether the answers for a request like this are ready, whichever of them it asks for. */
export function isReady(known: KnownResponse, { headers }: Request, zone: ZoneDocument): boolean {
  return known.ready.get(readyKey(headers, zone, headers.has("range")))?.zoneVersion === zone.version;
}

/** How many answers are kept ready for one response: a zone's rules may produce any number of them. */
const MOST_READY = 256;

/**
 * Makes an answer ready for the next requests.
 *
 * @param whole the answer to a GET without preconditions, with the fields of a hit
 */
export function makeReady(
  known: KnownResponse,
  request: Request,
  zone: ZoneDocument,
  whole: Pick<ReadyAnswer, "body" | "size" | "coding" | "hasRanges" | "hasContentDigest" | "selected"> & {
    headers: Headers;
    age: number;
  },
): void {
  const { headers, age, ...rest } = whole;
  const { answeredAt, lifetime, initialAge, status } = known.stored;
  const origin = request.headers.get("origin");
  const entry = entryOf(zone, origin);
  if (known.ready.size >= MOST_READY) known.ready.clear();
  known.ready.set(readyKey(request.headers, zone, request.headers.has("range")), {
    ...rest,
    whole: { status, headers, encodeBody: "manual", targeted: targetedFields(headers) },
    notModified: null,
    part: null,
    lastModified: rest.selected?.lastModified == null ? null : headers.get("last-modified"),
    zoneVersion: zone.version,
    freshUntil: answeredAt + Math.min(lifetime - initialAge, STORED_FOR_SECONDS) * 1000,
    age,
    pageOrigin: entry !== null && isWildcard(entry) ? origin : null,
  });
  known.recount();
}

function keepAge(ready: ReadyAnswer, { stored }: KnownResponse, zone: ZoneDocument, now: number): void {
  const age = currentAge(stored, now);
  if (age === ready.age) return;
  stampAge(ready.whole.headers, stored, hit("HIT", { age, ttl: stored.lifetime - age }), zone);
  ready.notModified = null;
  ready.part = null;
  ready.age = age;
}

/** A domain may have any number of pages below it, and one answer is made ready for all of them. */
function keepPageOrigin(ready: ReadyAnswer, origin: string, zone: ZoneDocument): void {
  if (ready.pageOrigin === origin) return;
  // An answer from the store waits for its body, and another page may ask meanwhile.
  if (ready.body === null) ready.whole = { ...ready.whole, headers: new Headers(ready.whole.headers) };
  stampOrigin(ready.whole.headers, origin, zone.settings.response_headers);
  ready.notModified = null;
  ready.part = null;
  ready.pageOrigin = origin;
}

/**
 * The entity tag of what the client has, if it need not be sent again; `""`: it has no tag. Most clients repeat a validator
 * unchanged.
 */
function tagOfUnchanged(ready: ReadyAnswer, request: Request, now: number): string | null {
  const { lastModified } = ready;
  const selected = ready.selected!;
  const tags = request.headers.get("if-none-match");
  if (tags !== null) return tags === selected.etag ? tags : knownEtag(tags, selected);
  const since = request.headers.get("if-modified-since");
  if (since === null) return null;
  if (since === lastModified) return "";
  return evaluatePreconditions(request.method, request.headers, selected, now) === "not-modified" ? "" : null;
}

function replayNotModified(ready: ReadyAnswer, tag: string): Replay {
  ready.notModified ??= { ...ready.whole, status: 304, headers: notModifiedHeaders(ready.whole.headers) };
  if (tag === "" || tag === ready.selected!.etag)
    return { fields: ready.notModified, body: null, size: 0, coding: null };
  // The tag of another coding.
  const headers = new Headers(ready.notModified.headers);
  headers.set("etag", tag);
  return { fields: { ...ready.notModified, headers }, body: null, size: 0, coding: null };
}

function replayWhole({ whole, body, size, coding }: ReadyAnswer): Replay {
  return { fields: whole, body, size, coding };
}

/** Longer ones are not remembered (characters). */
const LONGEST_RANGE = 64;

/** Also null for a part of a body in the store: it is read from there. */
function replayRange(ready: ReadyAnswer, range: string, headers: Headers): Replay | null {
  const { body, part } = ready;
  if (body === null || headers.has("if-range")) return null;
  if (part?.range === range) return { ...part, coding: null };
  const asked = parseRange(range);
  if (asked === null) return replayWhole(ready);
  const within = rangeWithin(asked, ready.size);
  if (within.kind !== "part") return null;
  const { first, last } = within;
  const size = last - first + 1;
  const fields = part?.fields ?? { ...ready.whole, status: 206, headers: withoutContentDigests(ready.whole.headers) };
  fields.headers.set("content-range", contentRange(first, last, ready.size));
  fields.headers.set("content-length", String(size));
  const asWritten = range.length <= LONGEST_RANGE ? range : null;
  ready.part = { range: asWritten, fields, body: body.slice(first, last + 1), size };
  return { ...ready.part, coding: null };
}

function withoutContentDigests(whole: Headers): Headers {
  const headers = new Headers(whole);
  for (const name of CONTENT_DIGESTS) headers.delete(name);
  return headers;
}

/** The parts of a request that tell apart the answers from one response, if it is plain enough for {@link replay}. */
function readyKey(headers: Headers, zone: ZoneDocument, isRange: boolean): string {
  const key = readyKeyOfZone(headers, zone, isRange);
  return zone.ruled === undefined ? key : `${key} ${zone.ruled.variant}`;
}

function readyKeyOfZone(headers: Headers, zone: ZoneDocument, isRange: boolean): string {
  // Ranges count bytes of the identity form.
  const coding = isRange ? "identity" : codingAskedFor(headers);
  const { cors } = zone.settings;
  if (cors === "*" || cors === false) return coding;
  const entry = entryOf(zone, headers.get("origin"));
  return entry === null ? coding : `${coding} ${entry}`;
}

/** The entry of the zone's list that lets a page read answers, if there is a list. */
function entryOf({ settings: { cors } }: ZoneDocument, origin: string | null): string | null {
  return cors === "*" || cors === false || origin === null ? null : corsEntryOf(cors, origin);
}

const REMEMBERED_PREFERENCES = 256;
const LONGEST_PREFERENCE = 128;
const preferences = new BoundedMap<string, string>({ entries: REMEMBERED_PREFERENCES }, "everything");

/** The codings made here that a client prefers. Only a few values of the field are in use, so they are remembered. */
function codingAskedFor(headers: Headers): string {
  const accepted = headers.get("accept-encoding");
  if (accepted === null) return "identity";
  const known = preferences.get(accepted);
  if (known !== undefined) return known;
  const ofSmall = preferredCoding(accepted, codingsOf(0, "at hand")) ?? "identity";
  const ofLarge = preferredCoding(accepted, codingsOf(null, "at hand")) ?? "identity";
  const preferred = ofSmall === ofLarge ? ofSmall : `${ofSmall} ${ofLarge}`;
  if (accepted.length <= LONGEST_PREFERENCE) preferences.set(accepted, preferred);
  return preferred;
}

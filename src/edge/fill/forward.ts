import type { ByteRange } from "../../http/range.ts";
import { currentAge } from "../../http/reuse.ts";
import { isError } from "../../http/statuses.ts";
import { inTime } from "../../memo/within.ts";
import type { CacheWord } from "../../why/words.ts";
import { dropBody } from "../body/drop-body.ts";
import { BUFFER_BYTES } from "../body/pump.ts";
import type { BodySource } from "../cache/body-source.ts";
import { asOfAnswer, type Lookup, lookup, useOfAnswer } from "../cache/lookup.ts";
import { freshnessOf, type StoredResponse } from "../cache/stored-response.ts";
import type { OriginFailure } from "../origin/origin.ts";
import { variantOf } from "../request/forwarded-fields.ts";
import type { Leader, SharedOutcome } from "./coalescing.ts";
import { coalescingKeyOf } from "./coalescing-key.ts";
import type { Exchange } from "./exchange.ts";
import { type Fill, fill, patienceOf } from "./fill.ts";
import { given, type Outcome } from "./outcome.ts";
import { outOfPart } from "./part.ts";
import { pass } from "./pass.ts";
import { answeredBy, type ComingFrom, collapsed, hit, missed, notKept, revalidated } from "./provenance.ts";

/** What was looked up, where the origin has to be asked before it can answer. */
export type Unusable =
  | Extract<Lookup, { kind: "miss" }>
  | (Extract<Lookup, { kind: "found" }> & { use: { kind: "validate" } });

/** How long a request waits for a large body that another one is fetching, ms. */
const LARGE_PATIENCE_MS = 2_500;

/** How long it waits where the other one's client takes nothing, ms: nobody is to hold up others by reading slowly. */
const HELD_UP_MS = 100;

/** In a larger object, a range that does not begin at the first byte is not made to wait for the bytes before it. */
const FAR_RANGE_BYTES = 67_108_864;

/** What is done with a request before anybody is asked or waited for. */
export type FirstCourse =
  | { kind: "failed"; failure: OriginFailure }
  | { kind: "pass"; word: "unshared" }
  /** It waits for a request that is under way, or asks: see {@link courseOfAsking}. */
  | { kind: "ask" };

/** Decides it: a failure of a moment ago is everybody's. */
export function courseOfForward(exchange: Exchange, found: Unusable): FirstCourse {
  const { coalescing, now } = exchange;
  const coalescingKey = coalescingKeyOf(exchange);
  const failure = coalescing.recentFailure(coalescingKey, now);
  if (failure !== null) return { kind: "failed", failure };
  // What could not be stored a moment ago is not asked for as a whole to answer a part. What is stored is only validated.
  const isUnshared = found.kind === "miss" && coalescing.isUnshared(coalescingKey, now);
  return isUnshared && partAskedFor(exchange) !== null ? { kind: "pass", word: "unshared" } : { kind: "ask" };
}

/** How the origin is asked. */
export type AskingCourse =
  | { kind: "pass"; word: "head" | "range" | "busy" }
  | { kind: "stale"; found: StoredUnusable; word: "busy" }
  /** For the whole; `isDeserved`: though a part of it is asked for. */
  | { kind: "fill"; isDeserved: boolean };

/** Decides it, where there is nobody to wait for. */
export function courseOfAsking(exchange: Exchange, found: Unusable): AskingCourse {
  const { fills, ranges, target, request, zone, now } = exchange;
  // Its client gets no body that the origin would have to be asked for. What is stored stays as it is: it is stale already, as
  // RFC 9111 §4.3.5 would have it where the origin's answer differs.
  if (request.method === "HEAD") return { kind: "pass", word: "head" };
  const isPart = partAskedFor(exchange) !== null;
  const isDeserved = isPart && ranges.deservesWhole(target.key, now);
  if (isPart && !isDeserved && found.kind === "miss") return { kind: "pass", word: "range" };
  if (fills.hasRoom(zone.id, now)) return { kind: "fill", isDeserved };
  return isStaleIfError(found) ? { kind: "stale", found, word: "busy" } : { kind: "pass", word: "busy" };
}

/** Waits for a request to the origin that is already under way, or makes one. */
export async function forward(exchange: Exchange, found: Unusable): Promise<Outcome> {
  const { coalescing, now } = exchange;
  const coalescingKey = coalescingKeyOf(exchange);
  const course = courseOfForward(exchange, found);
  if (course.kind === "failed") return failed(found, course.failure);
  if (course.kind === "pass") return pass(exchange, course.word);
  const range = partAskedFor(exchange);

  // A request for the whole does not heed a part: what one client has asked for is not to shape what others get.
  if (range !== null && found.kind === "miss") {
    const inPart = await outOfPart(exchange);
    if (inPart !== null) return inPart;
    // Where the end of something begins is not known before all of it is here: the origin is asked for just that.
    if (range.kind === "suffix") return pass(exchange, "suffix");
  }

  // The first leader may break off: then there is a second to wait for.
  for (let attempt = 0; attempt < 2; attempt++) {
    const leader = exchange.directives.noStore ? null : coalescing.leaderOf(coalescingKey, now);
    if (leader === null) break;
    const { outcome, isKept } = await follow(exchange, leader);
    if (outcome === null) return passOrStale(exchange, found, "impatient");
    const shared = await outOfLeader(exchange, found, outcome, isKept);
    if (shared !== null) return shared;
  }
  const asking = courseOfAsking(exchange, found);
  if (asking.kind === "stale") return stale(asking.found, asking.word);
  if (asking.kind === "pass") return passOrStale(exchange, found, asking.word);
  const { isDeserved } = asking;
  const filled = await fill(exchange, {
    stale: found.kind === "found" ? { stored: found.stored, servesErrors: found.use.staleIfError } : null,
    wantsBody: true,
    isForAll: isDeserved,
    ...(found.kind === "miss" && found.reason === "purged" && { purgedTags: found.tagHashes }),
  });
  return outOfFill(exchange, found, filled, isDeserved);
}

/** What another request brings; null: it takes too long. `isKept`: whether the store has what is large, null likewise. */
async function follow(
  exchange: Exchange,
  leader: Leader,
): Promise<{ outcome: SharedOutcome | null; isKept: boolean | null }> {
  leader.followers++;
  try {
    const outcome = await inTime(patienceOf(exchange), leader.outcome);
    const isOurs = outcome?.kind === "large" && isVariantFor(outcome.stored, exchange.request);
    return { outcome, isKept: isOurs ? await keptInTime(leader, outcome) : null };
  } finally {
    leader.followers--;
  }
}

/** Whether the store has a large body in the end; null: it takes too long, or is held up by its leader's client. */
async function keptInTime(
  leader: Leader,
  { kept, client }: Extract<SharedOutcome, { kind: "large" }>,
): Promise<boolean | null> {
  const pauses = LARGE_PATIENCE_MS / HELD_UP_MS;
  let waits = 0;
  for (let pause = 0; pause < pauses && !leader.isHeldUp; pause++) {
    const { taken } = client;
    const isKept = await inTime(HELD_UP_MS, kept);
    if (isKept !== null) return isKept;
    if (client.isWaiting && client.taken === taken) leader.isHeldUp = true;
    if (client.isWaiting) waits++;
  }
  // Where it is the origin that is slow, to ask it once more brings nothing.
  if (waits > pauses / 2) leader.isHeldUp = true;
  return null;
}

/** What comes of what another request brought; null where it does not serve this one. */
async function outOfLeader(
  exchange: Exchange,
  found: Unusable,
  outcome: SharedOutcome,
  isKept: boolean | null,
): Promise<Outcome | null> {
  switch (outcome.kind) {
    case "whole": {
      const { stored, body, coded } = outcome;
      const use = useOfAnswer(stored, exchange);
      if (!isVariantFor(stored, exchange.request) || use.kind === "validate" || use.kind === "purged") return null;
      return given(stored, { kind: "memory", body, coded, hot: null }, collapsed(found, use));
    }
    case "large": {
      const { stored } = outcome;
      if (!isVariantFor(stored, exchange.request) || useOfAnswer(stored, exchange).kind === "purged") return null;
      // It has been waited for a moment. This one is fetched apart, without keeping it twice; if a client holds the other
      // one up, the next request keeps what it fetches.
      if (isKept === null) return passOrStale(exchange, found, "large");
      return isKept ? outOfStore(exchange, found, stored) : null;
    }
    case "stored":
      return outOfStore(exchange, found, outcome.stored);
    case "failed":
      return failed(found, outcome.failure);
    case "unshared":
    case "broken":
      return null;
    default:
      return outcome satisfies never;
  }
}

/** What comes of what has been stored meanwhile; null where it does not serve this request. */
async function outOfStore(exchange: Exchange, found: Unusable, stored: StoredResponse): Promise<Outcome | null> {
  const again = await lookup(asOfAnswer(exchange, stored));
  if (again.kind === "miss" || again.use.kind === "validate") return null;
  return given(again.stored, again.source, collapsed(found, again.use));
}

function isVariantFor(stored: StoredResponse, request: Request): boolean {
  return stored.vary !== "*" && variantOf(stored.vary, request.headers) === stored.variant;
}

/** What comes of what this request's own fill brought. */
async function outOfFill(exchange: Exchange, found: Unusable, filled: Fill, isDeserved: boolean): Promise<Outcome> {
  switch (filled.kind) {
    case "failed":
      return failed(found, filled.failure);
    case "validated": {
      if (found.kind === "miss") throw new Error("a 304 for a request without conditions");
      const provenance = answeredBy(filled.origin, revalidated(filled.stored, agedAbove(filled, exchange)));
      return { ...given(filled.stored, found.source, provenance), cookies: filled.cookies };
    }
    case "answer": {
      const { stored, body, tally, cookies } = filled;
      const range = stored.status === 200 ? partAskedFor(exchange) : null;
      if (range !== null && (!filled.isKept || isFarRange(range, stored) || !(isDeserved || isSmall(stored)))) {
        // The fill is not to wait for a client that takes the range from another request.
        await dropBody(body);
        return pass(exchange, filled.isKept ? "range" : filled.reason);
      }
      exchange.bodies.add(body);
      const part = filled.isUnmeasured && stored.status === 200 ? await outOfRange(exchange) : null;
      if (part !== null) return part;
      const above = agedAbove(filled, exchange);
      const provenance = answeredBy(
        filled.origin,
        filled.isKept ? missed(found, stored, above) : notKept(found, stored, filled.reason, above),
      );
      const source: BodySource = { kind: "origin", stream: body, tally, isKept: filled.isKept };
      return { ...given(stored, source, provenance), cookies };
    }
    default:
      return filled satisfies never;
  }
}

/** How an answer has come to this edge, and how old it is where it did not come from the origin. */
function agedAbove({ above, stored }: Exclude<Fill, { kind: "failed" }>, { zone }: Exchange): ComingFrom {
  const age = above.isHit ? currentAge(freshnessOf(stored, zone.settings.ttl_mode), Date.now()) : null;
  return { above: above.status, aboveMs: above.tookMs, age };
}

/**
 * What comes of asking the origin for the range itself, where nothing says how long the whole is: players that ask for a
 * range, Safari among them, play nothing out of a 200. Null where the client asks for none, or the origin knows none.
 */
async function outOfRange(exchange: Exchange): Promise<Outcome | null> {
  const { range, ranges, target, now } = exchange;
  if (range === null) return null;
  const passed = await pass(exchange, "range");
  if (passed.kind === "refused" || passed.stored.status !== 206) return null;
  ranges.noteUnmeasured(target.key, now);
  return passed;
}

function failed(found: Unusable, { reason, code }: OriginFailure): Outcome {
  if (!isStaleIfError(found)) return { kind: "refused", reason, code };
  return stale(found, reason === "origin-busy" ? "busy" : "stale-if-error");
}

type StoredUnusable = Extract<Unusable, { kind: "found" }>;

function isStaleIfError(found: Unusable): found is StoredUnusable {
  return found.kind === "found" && found.use.staleIfError;
}

/** RFC 5861 §4; where the isolate has no room to ask the origin, that is an error as well. */
function stale({ stored, source, use }: StoredUnusable, detail: "stale-if-error" | "busy" = "stale-if-error"): Outcome {
  return given(stored, source, hit("STALE", use, detail));
}

/** What comes of passing the request to the origin; where that fails, something stale is better (RFC 5861 §4). */
async function passOrStale(exchange: Exchange, found: Unusable, reason: CacheWord): Promise<Outcome> {
  const passed = await pass(exchange, reason);
  const hasFailed = passed.kind === "refused" || isError(passed.stored.status);
  return hasFailed && isStaleIfError(found) ? stale(found) : passed;
}

/** The one part that is asked for; null: the whole is, be it by a range that covers it. */
function partAskedFor({ range, ranges, target, now }: Exchange): ByteRange | null {
  if (range?.kind !== "from" || range.first > 0) return range;
  const size = ranges.sizeOf(target.key, now);
  const isAll = range.last === null || (size !== null && range.last + 1 >= size);
  // While nothing says how long the whole is, it answers no range.
  return isAll && !ranges.isUnmeasured(target.key, now) ? null : range;
}

function isSmall({ size }: StoredResponse): boolean {
  return size !== null && size <= BUFFER_BYTES;
}

function isFarRange(range: ByteRange, stored: StoredResponse): boolean {
  const fromTheStart = range.kind === "from" && range.first === 0;
  return stored.size !== null && stored.size > FAR_RANGE_BYTES && !fromTheStart;
}

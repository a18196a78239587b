import { NO_DIRECTIVES } from "../../http/cache-control.ts";
import { selectsStored } from "../../http/freshen.ts";
import { headersOf } from "../../http/headers-of.ts";
import { retryAfterSeconds } from "../../http/retry-after.ts";
import type { CacheWord } from "../../why/words.ts";
import { dropBody } from "../body/drop-body.ts";
import { ownCookies } from "../cache/client-headers.ts";
import { isWorthWriting } from "../cache/is-worth-writing.ts";
import { useOfAnswer } from "../cache/lookup.ts";
import { reportStoreFailure } from "../cache/report.ts";
import { type StorableFor, type StoreVerdict, storeVerdict } from "../cache/store-verdict.ts";
import {
  freshened,
  type OriginAnswer,
  type StoredResponse,
  toStoredResponse,
  validatedHeaders,
  validatorsOf,
} from "../cache/stored-response.ts";
import { decodedBody } from "../origin/decoded-body.ts";
import { mostTurns } from "../origin/failover.ts";
import { errorReasonOf } from "../origin/failure-reason.ts";
import { askOrigin, type OriginFailure, type OriginOutcome, type OriginRequest } from "../origin/origin.ts";
import { originHeaders } from "../origin/origin-request.ts";
import { waitOf } from "../origin/origin-slots.ts";
import { unlistedFields } from "../request/forwarded-fields.ts";
import type { Stale } from "../tier/question.ts";
import { type StatusAbove, tierPatienceOf } from "../tier/upper-tier.ts";
import { Leader } from "./coalescing.ts";
import { coalescingKeyOf } from "./coalescing-key.ts";
import type { Exchange } from "./exchange.ts";
import type { FillPermit } from "./fill-budget.ts";
import { keep, ofDecoded, passOn, type Transfer, uncounted } from "./keep.ts";
import { decodingForOne, type Opened, openAnswer } from "./open-answer.ts";

/** What the request that makes a fill gets from it. */
export type Fill =
  /** A new response. `body` is on its way from the origin; null where none is wanted. */
  | ({ kind: "answer"; stored: StoredResponse; isKept: true } & OnTheWay)
  | ({ kind: "answer"; stored: StoredResponse; isKept: false; reason: CacheWord } & OnTheWay)
  /** The stale response holds; its body is in the store. */
  | { kind: "validated"; stored: StoredResponse; cookies: readonly string[]; origin: string | null; above: Above }
  /** No answer, or none that is better than a stale one. */
  | { kind: "failed"; failure: OriginFailure };

/**
 * `cookies`: what the origin sets at this client alone. `isUnmeasured`: the origin does not say how long the body is, so that
 * no range of it can be cut out while it comes. `origin`: which of several has answered.
 */
type OnTheWay = Pick<Transfer, "body" | "tally"> & {
  cookies: readonly string[];
  isUnmeasured: boolean;
  origin: string | null;
  above: Above;
};

/** A fill as it is asked for. */
export interface FillRequest {
  /** The stale response to be validated, and whether it may be served in the place of a server error; null: fetch anew. */
  stale: Stale | null;
  /** Whether the caller will read the body. */
  wantsBody: boolean;
  /** Whether the body is kept whoever leaves: it is fetched for more than the client of this request. */
  isForAll: boolean;
  /** Hashes of the tags of what has been purged here: the tier may still hold it. */
  purgedTags?: readonly string[];
}

/** What of the way to the origin clients are told: of the tier, where it was asked or could not be. */
export interface Above {
  status: StatusAbove | null;
  /** The tier had it already: the origin has been asked by nobody. */
  isHit: boolean;
  /** How long the tier took until it answered or failed, the origin behind it too, ms; null: it was not asked. */
  tookMs: number | null;
}

/** How long others wait for what a fill brings: the origin's time for a first byte, each time it is asked, and some, ms. */
export function patienceOf({ zone, tier }: Exchange): number {
  const { timeouts, origin_limit } = zone.settings;
  const beforeThat = tier === null ? 0 : tierPatienceOf(zone);
  return (
    beforeThat + timeouts.first_byte_ms * mostTurns(zone) + (origin_limit === null ? 0 : waitOf(origin_limit)) + 5_000
  );
}

/**
 * Asks the origin for a whole resource, hands the answer on as it comes, and stores it where that is allowed.
 * Others with the same key wait for this one request; see {@link Coalescing}. Once nobody waits any more, the body is read on
 * only where little of it is left, see {@link isWorthFinishing}.
 */
export function fill(exchange: Exchange, wanted: FillRequest): Promise<Fill> {
  const { coalescing, target } = exchange;
  const leader = new Leader(coalescingKeyOf(exchange), patienceOf(exchange), coalescing.watch(target.key));
  if (wanted.isForAll) leader.followers++;
  const permit = exchange.fills.begin(exchange.zone.id, exchange.now);
  const led = lead(exchange, wanted, leader, permit);
  void led.then(({ done, over }) => Promise.all([done, over])).then(permit.end, permit.end);
  const done = led.then(
    ({ done }) => done,
    () => leader.settle({ kind: "broken" }),
  );
  // What may not be stored is nothing to wait for.
  if (!exchange.directives.noStore) coalescing.begin(leader, done);
  exchange.waitUntil(done);
  return led.then(({ fill }) => fill);
}

/** The leader's answer, and the end of the work on its body (never rejects). */
interface Led {
  fill: Fill;
  done: Promise<void>;
  /** The client has all of its answer, or is gone. */
  over: Promise<void>;
}

const NOTHING_LEFT = Promise.resolve();

async function lead(exchange: Exchange, wanted: FillRequest, leader: Leader, permit: FillPermit): Promise<Led> {
  const { request, zone, target } = exchange;
  const { stale, wantsBody } = wanted;
  const { outcome, above, zoneVersion, counting } = await ask(exchange, wanted);
  if (outcome.kind === "failure") return failed(leader, outcome.failure);
  const { response, origin } = outcome;
  const isShared = !standsInForOne(outcome, exchange);
  if (response.status === 304 && stale !== null)
    return validated(exchange, stale.stored, { ...outcome, zoneVersion }, isShared, above, leader);
  const reason = stale?.servesErrors ? errorReasonOf(response.status) : null;
  if (reason !== null) {
    // There is something better than the error, and the origin is left in peace for a moment.
    await dropBody(response.body);
    const retryAfter = retryAfterSeconds(response.headers.get("retry-after"), outcome.answeredAt);
    return failed(leader, { reason, retryAfter });
  }
  const opened = await openWhole(exchange, { ...outcome, zoneVersion });
  if (opened.kind === "failure") return failed(leader, opened.failure);
  const { answer, decoding, stored, verdict } = opened;
  const cookies = ownCookies(response.headers, zone.settings.forward, exchange.hosts);
  const isUnmeasured = stored.size === null && decoding.decoded.length === 0;
  if (verdict.store) {
    const body = await decodedBody(opened.body, decoding.decoded, zone, counting.noteOrigin.received);
    const { done, over, ...onTheWay } = keep(
      ofDecoded(counting, decoding.decoded),
      stored,
      body,
      wantsBody,
      leader,
      permit,
      stale?.stored ?? null,
    );
    const told = { cookies, isUnmeasured, origin, above };
    return { fill: { kind: "answer", stored, ...onTheWay, ...told, isKept: true }, done, over };
  }
  leader.settle({ kind: "unshared" });
  const forOne = decodingForOne(decoding, request.headers);
  const passed = forOne === decoding ? stored : toStoredResponse(answer, request.headers, target, zone, forOne);
  const body = await decodedBody(opened.body, forOne.decoded, zone, counting.noteOrigin.received);
  const { done, over, ...onTheWay } = passOn(ofDecoded(counting, forOne.decoded), passed, body, wantsBody);
  return {
    fill: {
      kind: "answer",
      stored: passed,
      ...onTheWay,
      cookies,
      isUnmeasured,
      above,
      origin,
      isKept: false,
      reason: verdict.reason,
    },
    done,
    over,
  };
}

/**
 * What comes of asking the tier, where there is one and it may be asked, else of asking the origin. `counting`: what counts the
 * bytes of its body as the origin's. The tier has counted its own.
 */
async function ask(
  exchange: Exchange,
  { stale, purgedTags }: FillRequest,
): Promise<{ outcome: OriginOutcome; above: Above; zoneVersion: number; counting: Exchange }> {
  const { tier, zone } = exchange;
  const began = Date.now();
  const asked = tier === null ? null : await tier.ask(exchange, stale, purgedTags);
  const tookMs = Date.now() - began;
  if (asked?.kind === "answered") {
    const { outcome, via } = asked;
    return { outcome, above: { ...via, tookMs }, zoneVersion: via.zoneVersion, counting: uncounted(exchange) };
  }
  const status = asked?.status ?? null;
  const outcome = await askOrigin(exchange, wholeOf(exchange, stale), exchange.noteFailure);
  const above = { status, isHit: false, tookMs: status === null ? null : tookMs };
  return { outcome, above, zoneVersion: zone.version, counting: exchange };
}

/** What the origin is asked for a whole resource. @param stale what it is to validate; null: nothing */
export function wholeOf(exchange: Exchange, stale: Stale | null): OriginRequest {
  const { target } = exchange;
  return {
    method: "GET",
    pathAndQuery: target.path + target.query,
    headers: originHeaders(exchange, stale === null ? {} : validatorsOf(stale.stored)),
    isOptional: stale?.servesErrors === true,
  };
}

/** The origin's answer with its body opened, as it would be kept, and whether it is. */
export type OpenedWhole =
  | (Extract<Opened, { kind: "open" }> & { stored: StoredResponse; verdict: StoreVerdict })
  | Extract<Opened, { kind: "failure" }>;

/** Opens what the origin has answered, and judges it. */
export async function openWhole(
  exchange: Exchange,
  outcome: OriginAnswer & { isFallback: boolean },
): Promise<OpenedWhole> {
  const { request, target, zone } = exchange;
  const opened = await openAnswer(outcome, target, zone, exchange.noteFailure);
  if (opened.kind === "failure") return opened;
  const stored = toStoredResponse(opened.answer, request.headers, target, zone);
  const verdict: StoreVerdict = standsInForOne(outcome, exchange)
    ? { store: false, reason: "fallback" }
    : storeVerdict(opened.answer, stored, exchange, target, zone);
  return { ...opened, stored, verdict };
}

/**
 * Whether an answer of the fallback origin is for this client alone: what it has sent beyond the cache key may be why the
 * first origin failed.
 */
export function standsInForOne(
  { isFallback }: { isFallback: boolean },
  { request, zone }: Pick<Exchange, "request" | "zone">,
): boolean {
  return isFallback && unlistedFields(request.headers, zone.settings.forward).length > 0;
}

/** Whoever asks without a word of their own. */
const ANYBODY: StorableFor = { request: { headers: new Headers() }, directives: NO_DIRECTIVES };

function failed(leader: Leader, failure: OriginFailure): Led {
  leader.settle({ kind: "failed", failure });
  return { fill: { kind: "failed", failure }, done: NOTHING_LEFT, over: NOTHING_LEFT };
}

/** RFC 9111 §4.3.4: the stored response is brought up to date and kept. */
function validated(
  exchange: Exchange,
  stale: StoredResponse,
  answer: OriginAnswer & { origin: string | null },
  isShared: boolean,
  above: Above,
  leader: Leader,
): Led {
  const { request, zone, target, store, memory } = exchange;
  const cookies = ownCookies(answer.response.headers, zone.settings.forward, exchange.hosts);
  const asItWas = {
    fill: { kind: "validated", stored: stale, cookies, origin: answer.origin, above },
    done: NOTHING_LEFT,
    over: NOTHING_LEFT,
  } satisfies Led;
  // RFC 9111 §4.3.4: a 304 that names another validator "MUST NOT" update what is stored; it still confirms it.
  if (!isShared || !selectsStored(validatedHeaders(stale), answer.response.headers)) {
    leader.settle({ kind: "unshared" });
    return asItWas;
  }
  const fresh = freshened(stale, answer, request.headers, target, zone);
  const updated = { response: { status: fresh.status, headers: headersOf(fresh.headers) } };
  const isStorable = (asked: StorableFor) => storeVerdict(updated, fresh, asked, target, zone).store;
  // A 304 may say that what was stored must not stay. What one request says of itself changes nothing for the others.
  const mayStay = isStorable(ANYBODY);
  // Who waits for it would have to validate it as well.
  const isUsable = useOfAnswer(fresh, exchange).kind !== "validate";
  const staysAsItIs = leader.isOutdated || !isStorable(exchange) || !isWorthWriting(stale, fresh, isUsable, zone);
  if (mayStay && staysAsItIs) {
    leader.settle({ kind: "unshared" });
    return { ...asItWas, fill: { ...asItWas.fill, stored: fresh } };
  }
  memory?.delete(target.key);
  const update = async () => {
    if (mayStay) await store.rewrite(target.key, stale, fresh);
    // It may have changed while it was being written.
    const isGone = !mayStay || leader.isOutdated;
    if (isGone) await store.remove(target.key);
    leader.settle(isGone || !isUsable ? { kind: "unshared" } : { kind: "stored", stored: fresh });
  };
  const done = update().catch((error: unknown) => {
    reportStoreFailure(target.key)(error);
    leader.settle({ kind: "unshared" });
  });
  return { ...asItWas, fill: { ...asItWas.fill, stored: fresh }, done };
}

import { retryAfterSeconds } from "../../http/retry-after.ts";
import { dropBody } from "../body/drop-body.ts";
import { ownCookies } from "../cache/client-headers.ts";
import { toStoredResponse } from "../cache/stored-response.ts";
import { decodedBody } from "../origin/decoded-body.ts";
import { errorReasonOf } from "../origin/failure-reason.ts";
import type { Stale } from "../tier/question.ts";
import { askForWhole, patienceOf } from "./ask-for-whole.ts";
import { Leader } from "./coalescing.ts";
import { coalescingKeyOf } from "./coalescing-key.ts";
import type { Exchange } from "./exchange.ts";
import type { FillPermit } from "./fill-budget.ts";
import { type Fill, type Led, ledToFailure } from "./filled.ts";
import { keep } from "./keep.ts";
import { decodingForOne } from "./open-answer.ts";
import { openWhole, standsInForOne } from "./open-whole.ts";
import { passOn } from "./pass-on.ts";
import { ofDecoded } from "./transfer.ts";
import { validated } from "./validated.ts";

/** What a fill is asked to do. */
export interface FillRequest {
  /** The stale response to validate, and whether it may be served in place of a server error; null: fetch the whole. */
  stale: Stale | null;
  /** Whether the caller will read the body. */
  wantsBody: boolean;
  /** Whether the body is kept even if clients leave: it is fetched for more than the client of this request. */
  isForAll: boolean;
  /** Hashes of the tags of what was purged here, which the tier may still hold. */
  purgedTags?: readonly string[];
}

/**
 * Asks the origin for a whole resource, passes the answer on as it comes, and stores it if that is allowed. Other requests with
 * the same key wait for this one; see {@link Coalescing}. Once nobody waits any more, the body is read on only if little of it
 * is left, see {@link isWorthFinishing}.
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
  // There is no point in waiting for what may not be stored.
  if (!exchange.directives.noStore) coalescing.begin(leader, done);
  exchange.waitUntil(done);
  return led.then(({ fill }) => fill);
}

async function lead(exchange: Exchange, wanted: FillRequest, leader: Leader, permit: FillPermit): Promise<Led> {
  const { request, zone, target } = exchange;
  const { stale, wantsBody, purgedTags } = wanted;
  const { outcome, above, zoneVersion, counting } = await askForWhole(exchange, stale, purgedTags);
  if (outcome.kind === "failure") return ledToFailure(leader, outcome.failure);
  const { response, origin } = outcome;
  const isShared = !standsInForOne(outcome, exchange);
  if (response.status === 304 && stale !== null)
    return validated(exchange, stale.stored, { ...outcome, zoneVersion }, isShared, above, leader);
  const reason = stale?.servesErrors ? errorReasonOf(response.status) : null;
  if (reason !== null) {
    // There is something better than the error, and the origin is not asked again for a moment.
    await dropBody(response.body);
    const retryAfter = retryAfterSeconds(response.headers.get("retry-after"), outcome.answeredAt);
    return ledToFailure(leader, { reason, retryAfter });
  }
  const opened = await openWhole(exchange, { ...outcome, zoneVersion });
  if (opened.kind === "failure") return ledToFailure(leader, opened.failure);
  const { answer, decoding, stored, verdict } = opened;
  const cookies = ownCookies(response.headers, zone.settings.forward, exchange.hosts);
  const isUnmeasured = stored.size === null && decoding.decoded.length === 0;
  if (verdict.store) {
    const body = await decodedBody(opened.body, decoding.decoded, zone, counting.noteOrigin.received);
    const replaced = stale?.stored ?? null;
    const keeping = { stored, leader, permit, wantsBody, replaced };
    const transfer = await keep(ofDecoded(counting, decoding.decoded), body, keeping);
    if ("failure" in transfer) return ledToFailure(leader, transfer.failure);
    const { done, over, ...kept } = transfer;
    return { fill: { kind: "answer", ...kept, cookies, isUnmeasured, origin, above, isKept: true }, done, over };
  }
  leader.settle({ kind: "unshared" });
  const forOne = decodingForOne(decoding, request.headers);
  const passed = forOne === decoding ? stored : toStoredResponse(answer, request.headers, target, zone, forOne);
  const body = await decodedBody(opened.body, forOne.decoded, zone, counting.noteOrigin.received);
  const { done, over, source } = passOn(ofDecoded(counting, forOne.decoded), passed, body, wantsBody);
  return {
    fill: {
      kind: "answer",
      stored: passed,
      source,
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

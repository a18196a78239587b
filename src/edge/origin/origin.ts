import { isError } from "../../http/statuses.ts";
import type { ZoneSettings } from "../../zones/settings.ts";
import { dropBody } from "../body/drop-body.ts";
import { askCandidate } from "./ask-candidate.ts";
import { type Candidate, candidatesOf } from "./candidates.ts";
import { endingWith } from "./ending-with.ts";
import { isFailoverStatus, turnsOf } from "./failover.ts";
import { errorReasonOf, type FailureReason } from "./failure-reason.ts";
import { HealthWatch } from "./health-watch.ts";
import type { Asking } from "./origin-access.ts";
import { isRepeatable, type OriginAnswered, type OriginOutcome, type OriginRequest } from "./origin-outcome.ts";

export type { OriginFailure, OriginOutcome, OriginRequest } from "./origin-outcome.ts";

/**
 * Asks the zone's origin. If that fails, a GET or HEAD goes to the zone's next origin, and finally to the fallback origin. A
 * redirect is an answer like any other: it is never followed, so no origin can send the edge to another host.
 *
 * @param note is called for each failure, even if another origin makes up for it
 */
export async function askOrigin(
  asking: Asking,
  request: OriginRequest,
  note: (reason: FailureReason) => void,
): Promise<OriginOutcome> {
  const { zone, origins, waitUntil } = asking;
  const limit = zone.settings.origin_limit;
  if (limit === null) return askInTurn(asking, request, note);
  const over = Promise.withResolvers<void>();
  // Its slot is freed whether or not its client stays.
  waitUntil(over.promise);
  const patience = request.isOptional ? { ...limit, wait_ms: 0 } : limit;
  const place = await origins.slots.take(zone.id, patience, Date.now());
  const end = () => {
    place?.();
    over.resolve();
  };
  if (place === null) {
    end();
    note("origin-busy");
    return { kind: "failure", failure: { reason: "origin-busy", retryAfter: 0 } };
  }
  try {
    const outcome = await askInTurn(asking, request, note);
    if (outcome.kind === "answer" && outcome.response.body !== null)
      return { ...outcome, response: endingWith(outcome.response, outcome.response.body, end) };
    end();
    return outcome;
  } catch (error) {
    end();
    throw error;
  }
}

/** Asks the zone's servers one after the other, until one answers. */
async function askInTurn(
  asking: Asking,
  request: OriginRequest,
  note: (reason: FailureReason) => void,
): Promise<OriginOutcome> {
  const { zone } = asking;
  const ask = async (candidate: Candidate) => {
    const outcome = await askCandidate(asking, candidate, request);
    const reason = reasonOf(outcome);
    if (reason !== null) note(reason);
    return outcome;
  };
  const candidates = candidatesOf(zone);
  if (candidates.length === 1 && zone.settings.failover.retries === undefined) return ask(candidates[0]!);
  const watch = zone.settings.origins.length > 1 ? await HealthWatch.begin(asking) : null;
  const turns = turnsOf(candidates, zone, (candidate) => watch?.isDown(candidate) ?? false, request.pathAndQuery);
  if (!isRepeatable(request)) return ask(turns[0]!);
  if (watch?.isDown(turns[0]!) === false) watch.tryAgain(candidates, request);
  // What one of them answered, in case no later one answers at all.
  let best: OriginAnswered | null = null;
  for (const [turn, candidate] of turns.entries()) {
    const outcome = await ask(candidate);
    const next = turns[turn + 1] ?? null;
    const hasFailed = isFailed(outcome, next, zone.settings);
    watch?.note(candidate, outcome, hasFailed);
    if (!hasFailed || next === null || isPathOutside(outcome)) {
      if (outcome.kind === "failure" && best !== null) return best;
      await dropBody(best?.response.body);
      return outcome;
    }
    if (outcome.kind === "failure") continue;
    const isWorse = isError(outcome.response.status);
    await dropBody((isWorse ? outcome : best)?.response.body);
    if (!isWorse) best = outcome;
  }
  throw new Error("a zone has one origin at least");
}

function isFailed(outcome: OriginOutcome, next: Candidate | null, settings: ZoneSettings): boolean {
  if (outcome.kind === "failure") return true;
  const { status } = outcome.response;
  return isFailoverStatus(status, settings) || (next?.isFallback === true && errorReasonOf(status) !== null);
}

/** A path that leads out of one origin's path is not tried at another. */
function isPathOutside(outcome: OriginOutcome): boolean {
  return outcome.kind === "failure" && outcome.failure.reason === "path-outside";
}

function reasonOf(outcome: OriginOutcome): FailureReason | null {
  if (outcome.kind === "answer") return errorReasonOf(outcome.response.status);
  return isPathOutside(outcome) ? null : outcome.failure.reason;
}

import { inTime } from "../../memo/within.ts";
import { asOfAnswer, lookup, useOfAnswer } from "../cache/lookup.ts";
import type { StoredResponse } from "../cache/stored-response.ts";
import { variantOf } from "../request/forwarded-fields.ts";
import { patienceOf } from "./ask-for-whole.ts";
import type { Leader, SharedOutcome } from "./coalescing.ts";
import { coalescingKeyOf } from "./coalescing-key.ts";
import type { Exchange } from "./exchange.ts";
import type { Unusable } from "./forward-course.ts";
import { given, type Outcome } from "./outcome.ts";
import { collapsed } from "./provenance.ts";
import { failed, passOrStale } from "./stale-if-error.ts";

/** How long a request waits for a large body that another request is fetching, ms. */
const LARGE_PATIENCE_MS = 2_500;

/** How long it waits while the other request's client takes nothing, ms: nobody should hold up others by reading slowly. */
const HELD_UP_MS = 100;

/** The outcome of a request under way for the same; null: there is none, or its outcome does not suit this request. */
export async function outOfOthers(exchange: Exchange, found: Unusable): Promise<Outcome | null> {
  const { coalescing, directives, now } = exchange;
  const coalescingKey = coalescingKeyOf(exchange);
  // If the first leader breaks off, there is a second one to wait for.
  for (let attempt = 0; attempt < 2; attempt++) {
    const leader = directives.noStore ? null : coalescing.leaderOf(coalescingKey, now);
    if (leader === null) return null;
    const { outcome, isKept } = await follow(exchange, leader);
    if (outcome === null) return passOrStale(exchange, found, "impatient");
    const shared = await outOfLeader(exchange, found, outcome, isKept);
    if (shared !== null) return shared;
  }
  return null;
}

/** The outcome of another request; null: it takes too long. `isKept`: whether the store has a large body, or null likewise. */
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

/** Whether the store gets all of a large body; null: it takes too long, or its leader's client holds it up. */
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
  // If the origin is the slow one, asking it again gains nothing.
  if (waits > pauses / 2) leader.isHeldUp = true;
  return null;
}

/** This request's outcome from that of another; null if that does not suit this request. */
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
      // This request has waited long enough. It fetches the body for itself and does not keep it a second time. If a client
      // holds the other one up, the next request keeps what it fetches.
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

/** The outcome from what has been stored meanwhile; null if that does not suit this request. */
async function outOfStore(exchange: Exchange, found: Unusable, stored: StoredResponse): Promise<Outcome | null> {
  const again = await lookup(asOfAnswer(exchange, stored));
  if (again.kind === "miss" || again.use.kind === "validate") return null;
  return given(again.stored, again.source, collapsed(found, again.use));
}

function isVariantFor(stored: StoredResponse, request: Request): boolean {
  return stored.vary !== "*" && variantOf(stored.vary, request.headers) === stored.variant;
}

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

/** How long a request waits for a large body that another one is fetching, ms. */
const LARGE_PATIENCE_MS = 2_500;

/** How long it waits where the other one's client takes nothing, ms: nobody is to hold up others by reading slowly. */
const HELD_UP_MS = 100;

/** What comes of requests for the same that are under way; null: there is none, or what it brings does not serve this one. */
export async function outOfOthers(exchange: Exchange, found: Unusable): Promise<Outcome | null> {
  const { coalescing, directives, now } = exchange;
  const coalescingKey = coalescingKeyOf(exchange);
  // The first leader may break off: then there is a second to wait for.
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

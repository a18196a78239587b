import { validatorsOf } from "../cache/stored-response.ts";
import { mostTurns } from "../origin/failover.ts";
import { askOrigin, type OriginOutcome, type OriginRequest } from "../origin/origin.ts";
import { originHeaders } from "../origin/origin-request.ts";
import { waitOf } from "../origin/origin-slots.ts";
import type { Stale } from "../tier/question.ts";
import { type StatusAbove, tierPatienceOf } from "../tier/upper-tier.ts";
import type { Exchange } from "./exchange.ts";
import { uncounted } from "./transfer.ts";

/** What clients are told of the way to the origin: about the tier, if it was asked or could not be. */
export interface Above {
  status: StatusAbove | null;
  /** The tier had it already, so nobody asked the origin. */
  isHit: boolean;
  /** How long the tier took to answer or fail, including the origin behind it, ms; null: it was not asked. */
  tookMs: number | null;
}

/** How long others wait for a fill, ms: the origin's time for a first byte, as often as it may be asked, and a margin. */
export function patienceOf({ zone, tier }: Exchange): number {
  const { timeouts, origin_limit } = zone.settings;
  const beforeThat = tier === null ? 0 : tierPatienceOf(zone);
  return (
    beforeThat + timeouts.first_byte_ms * mostTurns(zone) + (origin_limit === null ? 0 : waitOf(origin_limit)) + 5_000
  );
}

/**
 * Asks the tier, if there is one and it may be asked, and otherwise the origin. `counting`: counts the body's bytes as the
 * origin's. The tier has counted its own.
 *
 * @param stale what to validate; null: nothing
 * @param purgedTags hashes of the tags of what was purged here, which the tier may still hold
 */
export async function askForWhole(
  exchange: Exchange,
  stale: Stale | null,
  purgedTags?: readonly string[],
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

/** The request to the origin for a whole resource. @param stale what to validate; null: nothing */
export function wholeOf(exchange: Exchange, stale: Stale | null): OriginRequest {
  const { target } = exchange;
  return {
    method: "GET",
    pathAndQuery: target.path + target.query,
    headers: originHeaders(exchange, stale === null ? {} : validatorsOf(stale.stored)),
    isOptional: stale?.servesErrors === true,
  };
}

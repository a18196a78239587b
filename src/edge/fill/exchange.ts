import type { Caches } from "../cache/lookup.ts";
import type { FailureReason } from "../origin/failure-reason.ts";
import type { OriginAccess, OriginNotes } from "../origin/origin-access.ts";
import type { Asked } from "../request/asked.ts";
import type { UpperTier } from "../tier/upper-tier.ts";
import type { Coalescing } from "./coalescing.ts";
import type { FillBudget } from "./fill-budget.ts";
import type { RangeDemand } from "./range-demand.ts";

/** What an isolate holds to fill its caches with. */
export interface Filling extends Caches {
  coalescing: Coalescing;
  fills: FillBudget;
  ranges: RangeDemand;
  /** The tier through which wholes are asked for; null: the origin is asked directly. */
  tier: UpperTier | null;
  origins: OriginAccess;
  /** A client that takes nothing for this long is dropped, ms. */
  stalledMs: number;
}

/** A request, with what the isolate needs to answer it. */
export type Exchange = Asked & Filling & Notes;

/** Takes note of how its origin does. */
export interface Notes {
  /** Counts a failure of the zone's origin. */
  noteFailure: (reason: FailureReason) => void;
  /** Counts what the zone's origin is asked. */
  noteOrigin: OriginNotes;
}

/** For questions about what the edge would do, which count for nobody. */
export const NO_NOTES: Notes = {
  noteFailure: () => undefined,
  noteOrigin: { asked: () => undefined, received: () => undefined },
};

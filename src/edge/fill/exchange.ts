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
  /** What wholes are asked for through; null: the origin is asked straight. */
  tier: UpperTier | null;
  origins: OriginAccess;
  /** After so long without taking anything a client is let go, ms. */
  stalledMs: number;
}

/** A request and what the isolate has to answer it with. */
export type Exchange = Asked & Filling & Notes;

/** What takes note of how its origin does. */
export interface Notes {
  /** Counts a failure of the zone's origin. */
  noteFailure: (reason: FailureReason) => void;
  /** Counts what the zone's origin is asked. */
  noteOrigin: OriginNotes;
}

/** Who asks of the way alone counts for nobody. */
export const NO_NOTES: Notes = {
  noteFailure: () => undefined,
  noteOrigin: { asked: () => undefined, received: () => undefined },
};

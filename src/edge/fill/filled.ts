import type { CacheWord } from "../../why/words.ts";
import type { StoredResponse } from "../cache/stored-response.ts";
import type { OriginFailure } from "../origin/origin.ts";
import type { Above } from "./ask-for-whole.ts";
import type { Leader } from "./coalescing.ts";
import type { Transfer } from "./keep.ts";

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

/** The leader's answer, and the end of the work on its body (never rejects). */
export interface Led {
  fill: Fill;
  done: Promise<void>;
  /** The client has all of its answer, or is gone. */
  over: Promise<void>;
}

/** Of an answer without a body of its own. */
export const NOTHING_LEFT = Promise.resolve();

/** Where the origin gave no answer, or none that is better than a stale one. */
export function ledToFailure(leader: Leader, failure: OriginFailure): Led {
  leader.settle({ kind: "failed", failure });
  return { fill: { kind: "failed", failure }, done: NOTHING_LEFT, over: NOTHING_LEFT };
}

import type { CacheWord } from "../../why/words.ts";
import type { BodySource } from "../cache/body-source.ts";
import type { StoredResponse } from "../cache/stored-response.ts";
import type { OriginFailure } from "../origin/origin.ts";
import type { Above } from "./ask-for-whole.ts";
import type { Leader } from "./coalescing.ts";

/** What a fill returns to the request that makes it. */
export type Fill =
  /** A new response. */
  | ({ kind: "answer"; stored: StoredResponse; isKept: true } & Further)
  | ({ kind: "answer"; stored: StoredResponse; isKept: false; reason: CacheWord } & Further)
  /** The stale response still holds; its body is in the store. */
  | { kind: "validated"; stored: StoredResponse; cookies: readonly string[]; origin: string | null; above: Above }
  /** No answer, or none that is better than a stale one. */
  | { kind: "failed"; failure: OriginFailure };

/**
 * `cookies`: those that the origin sets at this client alone. `isUnmeasured`: the origin does not say how long the body is, so
 * no range of it can be cut out while it comes. `origin`: which of several has answered.
 */
interface Further {
  source: BodySource;
  cookies: readonly string[];
  isUnmeasured: boolean;
  origin: string | null;
  above: Above;
}

/** The leader's answer, and a promise for the end of the work on its body (never rejects). */
export interface Led {
  fill: Fill;
  done: Promise<void>;
  /** Resolves when the client has all of its answer, or is gone. */
  over: Promise<void>;
}

/** For an answer without a body of its own. */
export const NOTHING_LEFT = Promise.resolve();

/** The result if the origin gave no answer, or none that is better than a stale one. */
export function ledToFailure(leader: Leader, failure: OriginFailure): Led {
  leader.settle({ kind: "failed", failure });
  return { fill: { kind: "failed", failure }, done: NOTHING_LEFT, over: NOTHING_LEFT };
}

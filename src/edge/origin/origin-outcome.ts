import type { FailureReason } from "./failure-reason.ts";

/** What came of asking the origin; times in ms since the epoch. */
export type OriginOutcome = OriginAnswered | { kind: "failure"; failure: OriginFailure };

export interface OriginAnswered {
  kind: "answer";
  response: Response;
  requestedAt: number;
  answeredAt: number;
  /** The fallback origin's, in the place of one that the others failed to give. */
  isFallback: boolean;
  /** The name of the one of several that answered; null: the zone has one. */
  origin: string | null;
}

/** Why the origin gave no answer, or none that is better than a stale one. */
export interface OriginFailure {
  reason: FailureReason;
  /** For how long it asks to be left in peace, seconds. */
  retryAfter: number;
  /** The origin's own word for it, where it has one. */
  code?: string;
}

/** A request to be made of a zone's origin. */
export interface OriginRequest {
  method: string;
  /** Path and query, as the client's. */
  pathAndQuery: string;
  /** Without those that the zone sets for one origin or the other. */
  headers: Headers;
  body?: ReadableStream | null;
  /** There is something stale to answer with: where all places are taken, nobody waits for one. */
  isOptional?: boolean;
}

/** Whether a request may be made again. RFC 9110 §9.2.2: "A proxy MUST NOT automatically retry non-idempotent requests." */
export function isRepeatable({ method }: Pick<OriginRequest, "method">): boolean {
  return method === "GET" || method === "HEAD";
}

import type { FailureReason } from "./failure-reason.ts";

/** What came of asking the origin. Times are in ms since the epoch. */
export type OriginOutcome = OriginAnswered | { kind: "failure"; failure: OriginFailure };

export interface OriginAnswered {
  kind: "answer";
  response: Response;
  requestedAt: number;
  answeredAt: number;
  /** It is the fallback origin's, since the others failed. */
  isFallback: boolean;
  /** The name of the origin that answered, if there are several; null: the zone has one. */
  origin: string | null;
}

/** Why the origin gave no answer, or none that is better than a stale one. */
export interface OriginFailure {
  reason: FailureReason;
  /** How long the origin asks not to be asked again, seconds. */
  retryAfter: number;
  /** The origin's own word for it, if it has one. */
  code?: string;
}

/** A request to a zone's origin. */
export interface OriginRequest {
  method: string;
  /** Path and query, as the client sent them. */
  pathAndQuery: string;
  /** Without those that the zone sets for a particular origin. */
  headers: Headers;
  body?: ReadableStream | null;
  /** There is something stale to answer with, so if all slots are taken, this request does not wait for one. */
  isOptional?: boolean;
}

/** Whether a request may be made again. RFC 9110 §9.2.2: "A proxy MUST NOT automatically retry non-idempotent requests." */
export function isRepeatable({ method }: Pick<OriginRequest, "method">): boolean {
  return method === "GET" || method === "HEAD";
}

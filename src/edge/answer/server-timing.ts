import type { ResponseOutcome } from "../fill/outcome.ts";

/**
 * Says where an answer's time went, in milliseconds (W3C Server Timing): `edge` all of it up to its first byte, `origin` that
 * of the origin, where one was asked. What an origin says of itself stays before it.
 *
 * @param outcome null: the answer was ready
 * @param now when the request arrived, ms since the epoch
 */
export function addServerTiming(headers: Headers, outcome: ResponseOutcome | null, now: number): void {
  const parts = [`edge;dur=${Math.max(Date.now() - now, 0)}`];
  if (outcome !== null && outcome.provenance.cacheStatus.fwd !== undefined) {
    const { requestedAt, answeredAt } = outcome.stored;
    parts.push(`origin;dur=${Math.max(answeredAt - requestedAt, 0)}`);
  }
  headers.append("server-timing", parts.join(", "));
}

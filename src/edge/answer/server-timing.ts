import type { ResponseOutcome } from "../fill/outcome.ts";
import type { Provenance } from "../fill/provenance.ts";

const READY: Pick<Provenance, "cacheStatus" | "above" | "aboveMs" | "age"> = { cacheStatus: { hit: true }, age: null };

/**
 * Says where an answer's time went, in milliseconds (W3C Server Timing). `edge` is all of it up to the first byte, `tier` the
 * upper tier's share of that, and `origin` the origin's share, if they were asked. Timings of the origin's own stay before
 * these.
 *
 * @param outcome null: the answer was ready
 * @param now when the request arrived, ms since the epoch
 */
export function addServerTiming(headers: Headers, outcome: ResponseOutcome | null, now: number): void {
  const parts = [`edge;dur=${Math.max(Date.now() - now, 0)}`];
  const { cacheStatus, above, aboveMs, age } = outcome?.provenance ?? READY;
  if (aboveMs !== undefined) parts.push(`tier;dur=${Math.max(aboveMs, 0)}`);
  // No origin was asked for what the upper tier had already.
  const isOfTier = above?.hit === true && age !== null;
  if (outcome !== null && cacheStatus.fwd !== undefined && !isOfTier) {
    const { requestedAt, answeredAt } = outcome.stored;
    parts.push(`origin;dur=${Math.max(answeredAt - requestedAt, 0)}`);
  }
  headers.append("server-timing", parts.join(", "));
}

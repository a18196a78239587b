import type { ResponseOutcome } from "../fill/outcome.ts";
import type { Provenance } from "../fill/provenance.ts";

const READY: Pick<Provenance, "cacheStatus" | "above" | "aboveMs" | "age"> = { cacheStatus: { hit: true }, age: null };

/**
 * Says where an answer's time went, in milliseconds (W3C Server Timing): `edge` all of it up to its first byte, `tier` what of
 * that the upper tier took, `origin` what of either the origin took, where they were asked. What an origin says of itself stays
 * before it.
 *
 * @param outcome null: the answer was ready
 * @param now when the request arrived, ms since the epoch
 */
export function addServerTiming(headers: Headers, outcome: ResponseOutcome | null, now: number): void {
  const parts = [`edge;dur=${Math.max(Date.now() - now, 0)}`];
  const { cacheStatus, above, aboveMs, age } = outcome?.provenance ?? READY;
  if (aboveMs !== undefined) parts.push(`tier;dur=${Math.max(aboveMs, 0)}`);
  // What the upper tier had already, no origin was asked for.
  const isOfTier = above?.hit === true && age !== null;
  if (outcome !== null && cacheStatus.fwd !== undefined && !isOfTier) {
    const { requestedAt, answeredAt } = outcome.stored;
    parts.push(`origin;dur=${Math.max(answeredAt - requestedAt, 0)}`);
  }
  headers.append("server-timing", parts.join(", "));
}

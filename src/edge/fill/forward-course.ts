import type { ByteRange } from "../../http/range.ts";
import type { Lookup } from "../cache/lookup.ts";
import type { OriginFailure } from "../origin/origin.ts";
import { coalescingKeyOf } from "./coalescing-key.ts";
import type { Exchange } from "./exchange.ts";

/** What was looked up, where the origin has to be asked before it can answer. */
export type Unusable =
  | Extract<Lookup, { kind: "miss" }>
  | (Extract<Lookup, { kind: "found" }> & { use: { kind: "validate" } });

/** Of that, what is stored. */
export type StoredUnusable = Extract<Unusable, { kind: "found" }>;

/** Whether it may be given where the origin fails (RFC 5861 §4). */
export function isStaleIfError(found: Unusable): found is StoredUnusable {
  return found.kind === "found" && found.use.staleIfError;
}

/** What is done with a request before anybody is asked or waited for. */
export type FirstCourse =
  | { kind: "failed"; failure: OriginFailure }
  | { kind: "pass"; word: "unshared" }
  /** It waits for a request that is under way, or asks: see {@link courseOfAsking}. */
  | { kind: "ask" };

/** Decides it: a failure of a moment ago is everybody's. */
export function courseOfForward(exchange: Exchange, found: Unusable): FirstCourse {
  const { coalescing, now } = exchange;
  const coalescingKey = coalescingKeyOf(exchange);
  const failure = coalescing.recentFailure(coalescingKey, now);
  if (failure !== null) return { kind: "failed", failure };
  // What could not be stored a moment ago is not asked for as a whole to answer a part. What is stored is only validated.
  const isUnshared = found.kind === "miss" && coalescing.isUnshared(coalescingKey, now);
  return isUnshared && partAskedFor(exchange) !== null ? { kind: "pass", word: "unshared" } : { kind: "ask" };
}

/** How the origin is asked. */
export type AskingCourse =
  | { kind: "pass"; word: "head" | "range" | "busy" }
  | { kind: "stale"; found: StoredUnusable; word: "busy" }
  /** For the whole; `isDeserved`: though a part of it is asked for. */
  | { kind: "fill"; isDeserved: boolean };

/** Decides it, where there is nobody to wait for. */
export function courseOfAsking(exchange: Exchange, found: Unusable): AskingCourse {
  const { fills, ranges, target, request, zone, now } = exchange;
  // Its client gets no body that the origin would have to be asked for. What is stored stays as it is: it is stale already, as
  // RFC 9111 §4.3.5 would have it where the origin's answer differs.
  if (request.method === "HEAD") return { kind: "pass", word: "head" };
  const isPart = partAskedFor(exchange) !== null;
  const isDeserved = isPart && ranges.deservesWhole(target.key, now);
  if (isPart && !isDeserved && found.kind === "miss") return { kind: "pass", word: "range" };
  if (fills.hasRoom(zone.id, now)) return { kind: "fill", isDeserved };
  return isStaleIfError(found) ? { kind: "stale", found, word: "busy" } : { kind: "pass", word: "busy" };
}

/** The one part that is asked for; null: the whole is, be it by a range that covers it. */
export function partAskedFor({ range, ranges, target, now }: Exchange): ByteRange | null {
  if (range?.kind !== "from" || range.first > 0) return range;
  const size = ranges.sizeOf(target.key, now);
  const isAll = range.last === null || (size !== null && range.last + 1 >= size);
  // While nothing says how long the whole is, it answers no range.
  return isAll && !ranges.isUnmeasured(target.key, now) ? null : range;
}

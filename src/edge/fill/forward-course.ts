import type { ByteRange } from "../../http/range.ts";
import type { Lookup } from "../cache/lookup.ts";
import type { OriginFailure } from "../origin/origin.ts";
import { coalescingKeyOf } from "./coalescing-key.ts";
import type { Exchange } from "./exchange.ts";

/** A lookup's result that cannot answer before the origin is asked. */
export type Unusable =
  | Extract<Lookup, { kind: "miss" }>
  | (Extract<Lookup, { kind: "found" }> & { use: { kind: "validate" } });

/** One of these with a stored response. */
export type StoredUnusable = Extract<Unusable, { kind: "found" }>;

/** Whether it may be served if the origin fails (RFC 5861 §4). */
export function isStaleIfError(found: Unusable): found is StoredUnusable {
  return found.kind === "found" && found.use.staleIfError;
}

/** What to do with a request before anybody is asked or waited for. */
export type FirstCourse =
  | { kind: "failed"; failure: OriginFailure }
  | { kind: "pass"; word: "unshared" }
  /** It waits for a request that is under way, or asks: see {@link courseOfAsking}. */
  | { kind: "ask" };

/** Decides it. Everybody shares a failure of a moment ago. */
export function courseOfForward(exchange: Exchange, found: Unusable): FirstCourse {
  const { coalescing, now } = exchange;
  const coalescingKey = coalescingKeyOf(exchange);
  const failure = coalescing.recentFailure(coalescingKey, now);
  if (failure !== null) return { kind: "failed", failure };
  // If it could not be stored a moment ago, the whole is not fetched to answer a part. If it is stored, it only has to be
  // validated.
  const isUnshared = found.kind === "miss" && coalescing.isUnshared(coalescingKey, now);
  return isUnshared && partAskedFor(exchange) !== null ? { kind: "pass", word: "unshared" } : { kind: "ask" };
}

/** How the origin is asked. */
export type AskingCourse =
  | { kind: "pass"; word: "head" | "range" | "busy" }
  | { kind: "stale"; found: StoredUnusable; word: "busy" }
  /** For the whole; `isDeserved`: although the client asks for a part. */
  | { kind: "fill"; isDeserved: boolean };

/** Decides it, if there is nobody to wait for. */
export function courseOfAsking(exchange: Exchange, found: Unusable): AskingCourse {
  const { fills, ranges, target, request, zone, now } = exchange;
  // A HEAD needs no body from the origin. The stored response is left alone: it is stale already, as RFC 9111 §4.3.5 wants it
  // to be if the origin's answer differs.
  if (request.method === "HEAD") return { kind: "pass", word: "head" };
  const isPart = partAskedFor(exchange) !== null;
  const isDeserved = isPart && ranges.deservesWhole(target.key, now);
  if (isPart && !isDeserved && found.kind === "miss") return { kind: "pass", word: "range" };
  if (fills.hasRoom(zone.id, now)) return { kind: "fill", isDeserved };
  return isStaleIfError(found) ? { kind: "stale", found, word: "busy" } : { kind: "pass", word: "busy" };
}

/** The one part that is asked for; null: the whole is asked for, perhaps by a range that covers it. */
export function partAskedFor({ range, ranges, target, now }: Exchange): ByteRange | null {
  if (range?.kind !== "from" || range.first > 0) return range;
  const size = ranges.sizeOf(target.key, now);
  const isAll = range.last === null || (size !== null && range.last + 1 >= size);
  // While the whole's length is unknown, it cannot answer a range.
  return isAll && !ranges.isUnmeasured(target.key, now) ? null : range;
}

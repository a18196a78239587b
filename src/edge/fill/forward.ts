import type { Exchange } from "./exchange.ts";
import { fill } from "./fill.ts";
import { outOfOthers } from "./follow.ts";
import { courseOfAsking, courseOfForward, partAskedFor, type Unusable } from "./forward-course.ts";
import { outOfFill } from "./out-of-fill.ts";
import type { Outcome } from "./outcome.ts";
import { outOfPart } from "./part.ts";
import { pass } from "./pass.ts";
import { failed, passOrStale, stale } from "./stale-if-error.ts";

/** Waits for a request to the origin that is already under way, or makes one. */
export async function forward(exchange: Exchange, found: Unusable): Promise<Outcome> {
  const course = courseOfForward(exchange, found);
  if (course.kind === "failed") return failed(found, course.failure);
  if (course.kind === "pass") return pass(exchange, course.word);
  const range = partAskedFor(exchange);

  // A request for the whole ignores a stored part: what one client asked for must not shape what others get.
  if (range !== null && found.kind === "miss") {
    const inPart = await outOfPart(exchange);
    if (inPart !== null) return inPart;
    // Where a suffix begins is not known before all of the body is here, so the origin is asked for just the suffix.
    if (range.kind === "suffix") return pass(exchange, "suffix");
  }

  const shared = await outOfOthers(exchange, found);
  if (shared !== null) return shared;
  const asking = courseOfAsking(exchange, found);
  if (asking.kind === "stale") return stale(asking.found, asking.word);
  if (asking.kind === "pass") return passOrStale(exchange, found, asking.word);
  const { isDeserved } = asking;
  const filled = await fill(exchange, {
    stale: found.kind === "found" ? { stored: found.stored, servesErrors: found.use.staleIfError } : null,
    wantsBody: true,
    isForAll: isDeserved,
    ...(found.kind === "miss" && found.reason === "purged" && { purgedTags: found.tagHashes }),
  });
  return outOfFill(exchange, found, filled, isDeserved);
}

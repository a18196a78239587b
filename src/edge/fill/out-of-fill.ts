import type { ByteRange } from "../../http/range.ts";
import { currentAge } from "../../http/reuse.ts";
import { dropBody } from "../body/drop-body.ts";
import { BUFFER_BYTES } from "../body/pump.ts";
import { streamOf } from "../cache/body-source.ts";
import { freshnessOf, type StoredResponse } from "../cache/stored-response.ts";
import type { Exchange } from "./exchange.ts";
import type { Fill } from "./filled.ts";
import { partAskedFor, type Unusable } from "./forward-course.ts";
import { given, type Outcome } from "./outcome.ts";
import { pass } from "./pass.ts";
import { answeredBy, type ComingFrom, missed, notKept, revalidated } from "./provenance.ts";
import { failed } from "./stale-if-error.ts";

/** In a larger object, a range that does not begin at the first byte does not wait for the bytes before it. */
const FAR_RANGE_BYTES = 67_108_864;

/** The outcome of this request's own fill. */
export async function outOfFill(
  exchange: Exchange,
  found: Unusable,
  filled: Fill,
  isDeserved: boolean,
): Promise<Outcome> {
  switch (filled.kind) {
    case "failed":
      return failed(found, filled.failure);
    case "validated": {
      if (found.kind === "miss") throw new Error("a 304 for a request without conditions");
      const provenance = answeredBy(filled.origin, revalidated(filled.stored, agedAbove(filled, exchange)));
      return { ...given(filled.stored, found.source, provenance), cookies: filled.cookies };
    }
    case "answer": {
      const { stored, source, cookies } = filled;
      const range = stored.status === 200 ? partAskedFor(exchange) : null;
      if (range !== null && (!filled.isKept || isFarRange(range, stored) || !(isDeserved || isSmall(stored)))) {
        // The fill should not wait for a client that gets the range by another request.
        await dropBody(streamOf(source));
        return pass(exchange, filled.isKept ? "range" : filled.reason);
      }
      exchange.bodies.add(streamOf(source));
      const part = filled.isUnmeasured && stored.status === 200 ? await outOfRange(exchange) : null;
      if (part !== null) return part;
      const above = agedAbove(filled, exchange);
      const provenance = answeredBy(
        filled.origin,
        filled.isKept ? missed(found, stored, above) : notKept(found, stored, filled.reason, above),
      );
      return { ...given(stored, source, provenance), cookies };
    }
    default:
      return filled satisfies never;
  }
}

/** How an answer came to this edge, and its age if it did not come from the origin. */
function agedAbove({ above, stored }: Exclude<Fill, { kind: "failed" }>, { zone }: Exchange): ComingFrom {
  const age = above.isHit ? currentAge(freshnessOf(stored, zone.settings.ttl_mode), Date.now()) : null;
  return { above: above.status, aboveMs: above.tookMs, age };
}

/**
 * Asks the origin for the range itself, if the whole's length is unknown: players that ask for a range, Safari among them, play
 * nothing from a 200. Null if the client asks for no range, or the origin answers with none.
 */
async function outOfRange(exchange: Exchange): Promise<Outcome | null> {
  const { range, ranges, target, now } = exchange;
  if (range === null) return null;
  const passed = await pass(exchange, "range");
  if (passed.kind === "refused" || passed.stored.status !== 206) return null;
  ranges.noteUnmeasured(target.key, now);
  return passed;
}

function isSmall({ size }: StoredResponse): boolean {
  return size !== null && size <= BUFFER_BYTES;
}

function isFarRange(range: ByteRange, stored: StoredResponse): boolean {
  const fromTheStart = range.kind === "from" && range.first === 0;
  return stored.size !== null && stored.size > FAR_RANGE_BYTES && !fromTheStart;
}

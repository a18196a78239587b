import { headersOf } from "../../http/headers-of.ts";
import { parseContentRange, partHeld, requestedRange } from "../../http/range.ts";
import { dropBody } from "../body/drop-body.ts";
import { type Caches, useOf } from "../cache/lookup.ts";
import { reportStoreFailure } from "../cache/report.ts";
import { type StoredResponse, selectedValidators } from "../cache/stored-response.ts";
import type { Asked } from "../request/asked.ts";
import { given, type ResponseOutcome } from "./outcome.ts";
import { hit } from "./provenance.ts";

/** A part of a representation whose whole is not stored (RFC 9111 §3.3). */
interface Part {
  /** The response as it would be for the whole: a 200 without `Content-Range`. */
  stored: StoredResponse;
  /** Positions of its first and last byte. */
  first: number;
  last: number;
}

/**
 * Answers a range that lies within a fresh stored part; null if there is none. A body that does not suit is closed unread,
 * since many requests may wait for the whole at once.
 */
export async function outOfPart(asked: Asked & Pick<Caches, "store">): Promise<ResponseOutcome | null> {
  const { store, target, waitUntil } = asked;
  const found = await store.findPart(target.key);
  if (found === null) return null;
  const use = useOf(found.stored, asked);
  const part = toPart(found.stored);
  if (use.kind === "fresh" && part !== null && isWithin(asked, part)) {
    const body = await new Response(found.body).blob();
    return given(part.stored, { kind: "part", body, first: part.first }, hit("HIT", use));
  }
  await dropBody(found.body);
  if (use.kind !== "fresh") waitUntil(store.removePart(target.key).catch(reportStoreFailure(target.key)));
  return null;
}

function isWithin({ request, range }: Asked, { stored, first, last }: Part): boolean {
  const selected = selectedValidators(headersOf(stored.headers));
  const part = requestedRange(request.method, request.headers, selected, stored.size ?? 0, range);
  return part.kind === "part" && part.first >= first && part.last <= last;
}

/** A stored response as a part; null if it does not say which part it is. */
function toPart(stored: StoredResponse): Part | null {
  const headers = headersOf(stored.headers);
  const label = parseContentRange(headers.get("content-range"));
  const held = label === null || stored.size === null ? null : partHeld(label, stored.size);
  if (held === null || held.size === null) return null;
  const { first, last, size } = held;
  headers.delete("content-range");
  headers.delete("content-length");
  return { stored: { ...stored, status: 200, headers: [...headers], size }, first, last };
}

import type { SelectedValidators } from "./conditional.ts";
import { parseHttpDate } from "./dates.ts";
import { strongMatch } from "./etag.ts";

/** One range of bytes as a request names it, before the size is known. Positions are inclusive; `last` is null if left open. */
export type ByteRange = { kind: "from"; first: number; last: number | null } | { kind: "suffix"; length: number };

/** Which part of a representation a request asks for; `first` and `last` are inclusive byte positions. */
export type RangeRequest =
  | { kind: "whole" }
  | { kind: "part"; first: number; last: number }
  | { kind: "unsatisfiable" };

/** A `Content-Range` field; `size` is null if the sender did not know it. */
export interface ContentRange {
  first: number;
  last: number;
  size: number | null;
}

const WHOLE: RangeRequest = { kind: "whole" };
const UNSATISFIABLE: RangeRequest = { kind: "unsatisfiable" };

// RFC 9110 §14.1.2. Empty list members are legal and say nothing. If there is a second range, the field is ignored.
const ONE_RANGE = /^bytes=[ \t,]*(\d*)-(\d*)[ \t,]*$/i;
const CONTENT_RANGE = /^bytes (\d+)-(\d+)\/(\d+|\*)$/i;

/**
 * Reads a `Range` field (RFC 9110 §14.2). Null: there is none, or it is to be ignored, because it is malformed, has another
 * unit or several ranges, or its last position is before its first, which RFC 9110 §14.1.2 calls invalid.
 */
export function parseRange(value: string | null): ByteRange | null {
  const match = value === null ? null : ONE_RANGE.exec(value);
  if (match === null) return null;
  const [, first = "", last = ""] = match;
  if (first === "") return last === "" ? null : { kind: "suffix", length: Number(last) };
  if (last !== "" && Number(last) < Number(first)) return null;
  return { kind: "from", first: Number(first), last: last === "" ? null : Number(last) };
}

/** A `Range` field that asks for one range, in the one spelling that the edge sends (RFC 9110 §14.2). */
export function rangeField(range: ByteRange): string {
  if (range.kind === "suffix") return `bytes=-${position(range.length)}`;
  return `bytes=${position(range.first)}-${range.last === null ? "" : position(range.last)}`;
}

/** No body is so long that a greater number would make a difference, and greater numbers are not exact. */
function position(at: number): number {
  return Math.min(at, Number.MAX_SAFE_INTEGER);
}

/** The range that a request names. `Range` is defined for GET only (RFC 9110 §14.2). */
export function rangeOf({ method, headers }: Pick<Request, "method" | "headers">): ByteRange | null {
  return method === "GET" ? parseRange(headers.get("range")) : null;
}

/**
 * The part of a representation that a request asks for (RFC 9110 §14.2). Malformed ranges, other units and several ranges get
 * the whole, as the RFC allows; so does a range whose `If-Range` does not hold.
 *
 * @param size bytes of the whole representation
 * @param range as {@link rangeOf} gives it, if that has been read already
 */
export function requestedRange(
  method: string,
  headers: Headers,
  selected: SelectedValidators,
  size: number,
  range: ByteRange | null = rangeOf({ method, headers }),
): RangeRequest {
  if (range === null) return WHOLE;
  const ifRange = headers.get("if-range");
  if (ifRange !== null && !rangeHolds(ifRange, selected)) return WHOLE;
  return rangeWithin(range, size);
}

/** The part of a representation that a range covers (RFC 9110 §14.1.2). @param size bytes of the whole */
export function rangeWithin(range: ByteRange, size: number): RangeRequest {
  if (range.kind === "suffix") return suffix(range.length, size);
  const { first, last } = range;
  return first >= size ? UNSATISFIABLE : { kind: "part", first, last: Math.min(last ?? size, size - 1) };
}

function suffix(length: number, size: number): RangeRequest {
  if (length === 0) return UNSATISFIABLE;
  // The suffix of an empty representation is satisfiable, but no Content-Range can express it.
  if (size === 0) return WHOLE;
  return { kind: "part", first: Math.max(0, size - length), last: size - 1 };
}

/** RFC 9110 §13.1.5: an entity tag by strong comparison, a date by exact match with a strong Last-Modified. */
function rangeHolds(ifRange: string, { etag, lastModified, date }: SelectedValidators): boolean {
  const time = parseHttpDate(ifRange);
  if (time === null) return etag !== null && strongMatch(ifRange.trim(), etag);
  // RFC 9110 §8.8.2.2: strong if the Date is "at least one second after the Last-Modified value".
  return time === lastModified && date !== null && date - time >= 1000;
}

/** The `Content-Range` of a part (RFC 9110 §14.4). @param size of the whole, bytes; null: unknown */
export function contentRange(first: number, last: number, size: number | null): string {
  return `bytes ${first}-${last}/${size ?? "*"}`;
}

/** The `Content-Range` of a 416 (RFC 9110 §15.5.17). */
export function unsatisfiedRange(size: number): string {
  return `bytes */${size}`;
}

/** Reads the `Content-Range` of a 206 with a single part; null: it is absent or contradicts itself. */
export function parseContentRange(value: string | null): ContentRange | null {
  const match = value === null ? null : CONTENT_RANGE.exec(value);
  if (match === null) return null;
  const first = Number(match[1]);
  const last = Number(match[2]);
  const size = match[3] === "*" ? null : Number(match[3]);
  if (!Number.isSafeInteger(size ?? last) || last < first || last >= (size ?? Number.POSITIVE_INFINITY)) return null;
  return { first, last, size };
}

/**
 * Which part of the whole a 206 really holds. If its label and its bytes differ, the label decides where they begin, the bytes
 * decide where they end, and if the label reaches the end of the whole, the whole ends there. Null: that is impossible.
 *
 * @param length of the part, bytes
 */
export function partHeld(label: ContentRange, length: number): ContentRange | null {
  const { first, last, size } = label;
  const end = first + length;
  if (end === last + 1) return label;
  const whole = size !== null && last === size - 1 ? end : size;
  return length === 0 || (whole !== null && end > whole) ? null : { first, last: end - 1, size: whole };
}

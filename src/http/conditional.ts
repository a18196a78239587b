import { parseHttpDate } from "./dates.ts";
import { parseEntityTags, strongMatch, weakMatch } from "./etag.ts";

/** `not-modified` is answered with 304, `failed` with 412. */
export type Precondition = "proceed" | "not-modified" | "failed";

/** What identifies the response selected for a request; dates in ms since the epoch. */
export interface SelectedValidators {
  etag: string | null;
  /** Tags of the same representation in other content codings: a client that has one of these needs nothing new. */
  otherEtags?: readonly string[];
  lastModified: number | null;
  date: number | null;
}

/**
 * Evaluates a request's preconditions against a stored response, in the order of RFC 9110 §13.2.2. Only for a response
 * that would be 2xx without them (§13.2.1).
 *
 * @param now ms since the epoch
 */
export function evaluatePreconditions(
  method: string,
  requestHeaders: Headers,
  selected: SelectedValidators,
  now: number,
): Precondition {
  const ifMatch = requestHeaders.get("if-match");
  if (ifMatch !== null) {
    if (!matchesAny(ifMatch, selected.etag, strongMatch)) return "failed";
  } else {
    const since = parseHttpDate(requestHeaders.get("if-unmodified-since"), now);
    // RFC 9110 §13.1.4: ignored "if the resource does not have a modification date available".
    if (since !== null && selected.lastModified !== null && selected.lastModified > since) return "failed";
  }
  const reads = method === "GET" || method === "HEAD";
  const ifNoneMatch = requestHeaders.get("if-none-match");
  if (ifNoneMatch !== null) {
    if (knownEtag(ifNoneMatch, selected, reads) === null) return "proceed";
    return reads ? "not-modified" : "failed";
  }
  if (!reads) return "proceed";
  const since = parseHttpDate(requestHeaders.get("if-modified-since"), now);
  // RFC 9111 §4.3.2: without Last-Modified, Date is used instead. So a client whose copy is older than ours gets ours.
  const modified = selected.lastModified ?? selected.date;
  return since !== null && modified !== null && modified <= since ? "not-modified" : "proceed";
}

/**
 * The tag by which a client that sends this `If-None-Match` knows the selected representation (RFC 9110 §13.1.2). A 304 has to
 * name it, or the client could not tell which of its copies is meant (RFC 9111 §4.3.4). `""`: the client sent `*`. Null: it has
 * no matching tag.
 *
 * @param inAnyCoding whether the tag of another content coding counts: it does for reading, but not for guarding a change
 */
export function knownEtag(
  ifNoneMatch: string,
  { etag, otherEtags = [] }: SelectedValidators,
  inAnyCoding = true,
): string | null {
  const tags = parseEntityTags(ifNoneMatch);
  if (tags === "*") return etag ?? "";
  const shown = etag === null ? [] : inAnyCoding ? [etag, ...otherEtags] : [etag];
  return shown.find((one) => tags.some((tag) => weakMatch(tag, one))) ?? null;
}

/** The conditional fields that revalidate a stored response (RFC 9111 §4.3.1), with its validators as they were sent. */
export function validators(headers: Headers): { "if-none-match"?: string; "if-modified-since"?: string } {
  const etag = headers.get("etag");
  const lastModified = headers.get("last-modified");
  return {
    ...(etag ? { "if-none-match": etag } : {}),
    ...(lastModified !== null && parseHttpDate(lastModified) !== null ? { "if-modified-since": lastModified } : {}),
  };
}

function matchesAny(list: string, etag: string | null, match: (a: string, b: string) => boolean): boolean {
  const tags = parseEntityTags(list);
  if (tags === "*") return true; // RFC 9110 §13.1.1: "*" holds if "the origin server has a current representation"
  return etag !== null && tags.some((tag) => match(tag, etag));
}

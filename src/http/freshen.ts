import { parseHttpDate } from "./dates.ts";
import { isWeak, weakMatch } from "./etag.ts";
import { endToEndHeaders } from "./hop-by-hop.ts";

/**
 * Fields of the stored response that describe the stored bytes. RFC 9111 §3.2 excepts `Content-Length` and fields that "the
 * cache's stored response depends upon": the bytes stay, so the fields that say how to read them stay too.
 */
const BOUND_TO_CONTENT: readonly string[] = [
  "content-length",
  "content-encoding",
  "content-range",
  "content-md5",
  "content-digest",
  "repr-digest",
  "digest",
];

/**
 * The headers of a stored response after a 304 for it (RFC 9111 §3.2, §4.3.4): each field of the 304 replaces the stored one,
 * except fields bound to the stored content and an existing entity tag. `Date` and `Age` come from the 304 only, because they
 * belong to the moment of validation.
 */
export function freshenHeaders(stored: Headers, notModified: Headers): Headers {
  const update = endToEndHeaders(notModified);
  for (const name of BOUND_TO_CONTENT) update.delete(name);
  // A cookie is for the client whose request was answered, not for others who get the stored response.
  update.delete("set-cookie");
  if (stored.has("etag")) update.delete("etag");

  const freshened = new Headers(stored);
  freshened.delete("date");
  freshened.delete("age");
  for (const [name, value] of update) freshened.set(name, value);
  return freshened;
}

/**
 * Whether a 304 is about this stored response (RFC 9111 §4.3.4). It is not if it carries a validator that differs from the
 * stored one: then the origin has something else, and the stored response must not be updated.
 *
 * By that section, a 304 without any validator fits only a response that has none either. But origins leave `Last-Modified` out
 * of a 304, as RFC 9110 §15.4.5 allows, so here it fits the response whose validators were sent.
 */
export function selectsStored(stored: Headers, notModified: Headers): boolean {
  const tag = notModified.get("etag");
  const storedTag = stored.get("etag");
  if (tag !== null && storedTag !== null) return tag === storedTag || (isWeak(tag) && weakMatch(tag, storedTag));
  const modified = parseHttpDate(notModified.get("last-modified"));
  const storedModified = parseHttpDate(stored.get("last-modified"));
  if (modified !== null && storedModified !== null) return modified === storedModified;
  return tag === null;
}

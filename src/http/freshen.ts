import { parseHttpDate } from "./dates.ts";
import { isWeak, weakMatch } from "./etag.ts";
import { endToEndHeaders } from "./hop-by-hop.ts";

/**
 * Fields of the stored response that describe the stored bytes. RFC 9111 §3.2 excepts `Content-Length` and fields that
 * "the cache's stored response depends upon": the bytes stay, so what tells how to read them stays as well.
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
 * The headers of a stored response after a 304 for it (RFC 9111 §3.2, §4.3.4): each field that the 304 carries replaces
 * the stored one, except those bound to the stored content and an entity tag that is already there. `Date` and `Age` are
 * the 304's alone, because they belong to the moment of validation.
 */
export function freshenHeaders(stored: Headers, notModified: Headers): Headers {
  const update = endToEndHeaders(notModified);
  for (const name of BOUND_TO_CONTENT) update.delete(name);
  // A cookie is for the client whose request was answered, and for no other that the stored response is given to.
  update.delete("set-cookie");
  if (stored.has("etag")) update.delete("etag");

  const freshened = new Headers(stored);
  freshened.delete("date");
  freshened.delete("age");
  for (const [name, value] of update) freshened.set(name, value);
  return freshened;
}

/**
 * Whether a 304 is about this stored response (RFC 9111 §4.3.4). It is not if it carries a validator that the stored
 * response has in another value: then the origin has something else, and the stored response must not be updated.
 *
 * The section wants a 304 without any validator to fit only a response that has none either. Origins leave
 * `Last-Modified` out of a 304, as RFC 9110 §15.4.5 lets them, so here it fits the response whose validators were sent.
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

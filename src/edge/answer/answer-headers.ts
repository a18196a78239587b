import { REPRESENTATION_DIGESTS } from "../../http/digests.ts";

/** Fields of a 200 that a 304 repeats (RFC 9110 §15.4.5), besides those that the edge adds. */
const KEPT_BY_304: ReadonlySet<string> = new Set([
  "cache-control",
  "cdn-cache-control",
  "content-location",
  "date",
  "etag",
  "expires",
  "vary",
]);

/** The fields of a 304 that replaces a 200 (RFC 9110 §15.4.5): without a body, there is nothing for body fields to describe. */
export function notModifiedHeaders(whole: Headers): Headers {
  const headers = new Headers(whole);
  const hasEtag = whole.has("etag");
  for (const name of [...headers.keys()]) if (isOnlyFor200(name, hasEtag)) headers.delete(name);
  return headers;
}

function isOnlyFor200(name: string, hasEtag: boolean): boolean {
  if (KEPT_BY_304.has(name)) return false;
  if (name === "last-modified") return hasEtag;
  return name.startsWith("content-") || name === "accept-ranges" || REPRESENTATION_DIGESTS.includes(name);
}

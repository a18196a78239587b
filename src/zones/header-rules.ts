const ONE_CONNECTION = `connection keep-alive proxy-authenticate proxy-authentication-info proxy-authorization
  proxy-connection te trailer transfer-encoding upgrade content-length`.split(/\s+/);

/** What the edge decides for each request to the origin: caching and loop detection depend on it. */
const TO_ORIGIN = new Set([
  ...ONE_CONNECTION,
  ...`accept-encoding cdn-loop content-encoding content-range content-type expect host if-match if-modified-since
  if-none-match if-range if-unmodified-since range surrogate-capability via`.split(/\s+/),
]);

/** What the edge decides for each answer: caches and clients depend on it. */
const TO_CLIENT = new Set([
  ...ONE_CONNECTION,
  ...`accept-ranges age cache-control cache-status content-encoding content-range content-type date etag expires last-modified set-cookie
  set-cookie2 vary via x-cache x-rescdn-mode`.split(/\s+/),
]);

/** Those with a switch of their own under `forward`. */
const FORWARDED = new Set([...TO_ORIGIN, "authorization", "cookie"]);

/** Where a zone names a header. */
export type HeaderUse = "origin_headers" | "response_headers" | "forward";

const REFUSED: Record<HeaderUse, ReadonlySet<string>> = {
  origin_headers: TO_ORIGIN,
  response_headers: TO_CLIENT,
  forward: FORWARDED,
};

/** Why a header cannot be named in a zone's settings, as a sentence's predicate; null where it can. */
export function refusalOfHeaderName(name: string, use: HeaderUse): string | null {
  // RFC 9110 §5.1: a field name is a token.
  if (name.length > 100 || !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return "is not a valid header name";
  if (REFUSED[use].has(name.toLowerCase())) return "is a header that cannot be set here";
  return null;
}

/** Whether a text can be sent as a header's value: visible ASCII, spaces and tabs inside (RFC 9110 §5.5). */
export function isHeaderValue(value: string): boolean {
  return /^(?:[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?)?$/.test(value);
}

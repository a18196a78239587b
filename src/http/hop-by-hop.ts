import { isToken, listMembers } from "./field-syntax.ts";

/** Fields that are for one connection only (RFC 9110 §7.6.1, RFC 9111 §3.1, RFC 7540 §3.2.1). */
export const CONNECTION_FIELDS: readonly string[] = [
  "connection",
  "http2-settings",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authentication-info",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/**
 * Fields that `Connection` cannot remove. RFC 9110 §7.6.1: "Cache-Control is never appropriate as a connection option", nor is
 * any field that the content or its reuse depends on.
 */
const END_TO_END: ReadonlySet<string> = new Set([
  "age",
  "authorization",
  "cache-control",
  "cdn-cache-control",
  "content-encoding",
  "content-length",
  "content-range",
  "content-type",
  "cookie",
  "date",
  "etag",
  "expires",
  "host",
  "last-modified",
  "set-cookie",
  "vary",
]);

/** A copy without hop-by-hop fields and those that `Connection` names (RFC 9110 §7.6.1). */
export function endToEndHeaders(headers: Headers): Headers {
  const copy = new Headers(headers);
  for (const option of listMembers(headers.get("connection"))) {
    const name = option.toLowerCase();
    if (isToken(name) && !END_TO_END.has(name)) copy.delete(name);
  }
  for (const name of CONNECTION_FIELDS) copy.delete(name);
  return copy;
}

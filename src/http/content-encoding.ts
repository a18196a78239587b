import { isToken, listMembers } from "./field-syntax.ts";

/** The registered content codings (RFC 9110 §18.6), with the older names of two of them. */
const REGISTERED: ReadonlySet<string> = new Set([
  "aes128gcm",
  "br",
  "compress",
  "dcb",
  "dcz",
  "deflate",
  "exi",
  "gzip",
  "pack200-gzip",
  "x-compress",
  "x-gzip",
  "zstd",
]);

/** What origins write instead of a coding: that nothing was coded, or how a body was uploaded. */
const NO_CODING: ReadonlySet<string> = new Set([
  "7bit",
  "8bit",
  "ascii",
  "aws-chunked",
  "binary",
  "chunked",
  "false",
  "identity",
  "none",
  "null",
  "plain",
  "text",
  "undefined",
  "utf8",
]);

/** How names of charsets begin. */
const CHARSET = /^(?:utf-|us-ascii|iso-|windows-|shift_jis|euc-|gb|big5)/;

/**
 * The codings that a `Content-Encoding` names, in the order in which they were applied (RFC 9110 §8.4), in lower case. Empty
 * members are skipped, and so is anything that is not a coding: a charset, a media type. A name that is not registered may be a
 * coding that its origin and its clients know; beside a registered one it is taken for a mistake.
 */
export function contentCodings(value: string | null): readonly string[] {
  const named = listMembers(value)
    .map((member) => member.toLowerCase())
    .filter((member) => isToken(member) && !NO_CODING.has(member) && !CHARSET.test(member));
  const registered = named.filter((member) => REGISTERED.has(member));
  return registered.length > 0 ? registered : named;
}

/** One name for each coding. RFC 9110 §8.4.1.3: "A recipient SHOULD consider "x-gzip" to be equivalent to "gzip"." */
export function canonicalCoding(coding: string): string {
  return coding === "x-gzip" ? "gzip" : coding;
}

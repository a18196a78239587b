const OWN = "ResCDN; ";

/**
 * Why an answer came about as it did, from its `Cache-Status` (RFC 9211): our own detail, which is the reason for a "no", or
 * else why the request was forwarded. Null: it was a plain hit.
 *
 * @param field null: the answer has none
 */
export function cacheDetail(field: string | null): string | null {
  if (field === null) return null;
  // Each cache appends its own member, so ours is the last.
  const own = field.slice(field.lastIndexOf(OWN));
  const detail = /; ?detail=(?:"((?:[^"\\]|\\.)*)"|([^;, ]+))/.exec(own);
  if (detail !== null) return detail[2] ?? detail[1]!.replace(/\\(.)/g, "$1");
  return /; ?fwd=([^;, ]+)/.exec(own)?.[1] ?? null;
}

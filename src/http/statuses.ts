const HEURISTICALLY_CACHEABLE: ReadonlySet<number> = new Set([
  200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501,
]);

/** RFC 9110 §15.1: statuses that "can be reused by a cache with heuristic expiration". */
export function isHeuristicallyCacheable(status: number): boolean {
  return HEURISTICALLY_CACHEABLE.has(status);
}

/** RFC 9110 §15.3. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299;
}

/** Statuses whose responses have no content, whatever the method (RFC 9110 §15.3.5, §15.3.6, §15.4.5). */
export function isWithoutContent(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

const UNDERSTOOD: ReadonlySet<number> = new Set([
  ...HEURISTICALLY_CACHEABLE,
  302,
  303,
  307,
  400,
  403,
  500,
  502,
  503,
  504,
]);

/** Statuses whose caching requirements this cache understands and follows, for `must-understand` (RFC 9111 §5.2.2.3). */
export function isUnderstood(status: number): boolean {
  return UNDERSTOOD.has(status);
}

/**
 * Whether an answer counts as an error, which a stale response is preferred to. RFC 5861 §4 names "500, 502, 503, or 504"; this
 * goes further: any 5xx, including those that CDNs in front of an origin use (520 to 530), and 429, after which the origin
 * should be asked less.
 */
export function isError(status: number): boolean {
  return status === 429 || (status >= 500 && status <= 599);
}

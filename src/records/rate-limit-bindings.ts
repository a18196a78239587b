/** Cloudflare's Rate Limiting, if bound: limits all isolates of a location together, approximately. */
export interface RateLimitBindings {
  NAME_QUESTIONS?: RateLimit;
  NAME_SEARCHES?: RateLimit;
}

/** Cloudflare's Rate Limiting, where it is bound: what all isolates of a location let pass together, approximately. */
export interface RateLimitBindings {
  NAME_QUESTIONS?: RateLimit;
  NAME_SEARCHES?: RateLimit;
}

import { describe, expect, it } from "vitest";
import { rateLimitHeaders } from "../../src/accounts/rate-limit-headers.ts";

const NOW = 1_800_000_000_500;

describe("rateLimitHeaders()", () => {
  it("states limit, rest and reset in the draft's fields and in the older ones", () => {
    expect(rateLimitHeaders({ allowed: true, limit: 100, remaining: 99, resetAt: NOW + 60_000 }, NOW)).toEqual({
      "ratelimit-policy": '"default";q=100;w=60',
      ratelimit: '"default";r=99;t=60',
      "x-ratelimit-limit": "100",
      "x-ratelimit-remaining": "99",
      "x-ratelimit-reset": "1800000061",
    });
  });

  it.each([
    [12_345, "13"],
    [1, "1"],
    [-500, "1"],
    [65_000, "60"],
  ])("tells who is refused %i ms before the reset to come back after %s s", (ms, seconds) => {
    const headers = rateLimitHeaders({ allowed: false, limit: 1, remaining: 0, resetAt: NOW + ms }, NOW);
    expect(headers["retry-after"]).toBe(seconds);
  });
});

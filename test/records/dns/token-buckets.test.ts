import { describe, expect, it } from "vitest";
import { TokenBuckets } from "../../../src/records/dns/token-buckets.ts";

const RATE = { burst: 10, perSecond: 2 };
const takes = (buckets: TokenBuckets, count: number, now: number, key = "a", share = 1) =>
  Array.from({ length: count }, () => buckets.take(key, now, share)).filter(Boolean).length;

describe("TokenBuckets", () => {
  it("lets a burst pass at once, then so many a second, and no more than a burst after any pause", () => {
    const buckets = new TokenBuckets(RATE);
    expect(takes(buckets, 50, 0)).toBe(10);
    expect(takes(buckets, 50, 499)).toBe(0);
    expect(takes(buckets, 50, 500)).toBe(1);
    expect(takes(buckets, 50, 3_500)).toBe(6);
    expect(takes(buckets, 50, 1_000_000)).toBe(10);
  });

  it("counts keys apart, and gives a share several times as much", () => {
    const buckets = new TokenBuckets(RATE);
    takes(buckets, 50, 0);
    expect(takes(buckets, 50, 0, "b")).toBe(10);
    expect(takes(buckets, 500, 0, "c", 3)).toBe(30);
    expect(takes(buckets, 500, 1_000, "c", 3)).toBe(6);
  });

  it("gives back what was taken, and nothing that was not", () => {
    const buckets = new TokenBuckets(RATE);
    takes(buckets, 10, 0);
    buckets.giveBack("a");
    buckets.giveBack("nobody");
    expect(takes(buckets, 50, 0)).toBe(1);
    for (let i = 0; i < 50; i++) buckets.giveBack("a");
    expect(takes(buckets, 50, 0)).toBe(10);
  });

  it("makes nothing of a request that takes late", () => {
    const buckets = new TokenBuckets(RATE);
    for (let i = 0; i < 50; i++) takes(buckets, 1, i % 2 === 0 ? 10_000 : 9_000);
    expect(takes(buckets, 50, 10_000)).toBe(0);
  });

  it("forgets the quietest key when there are too many", () => {
    const buckets = new TokenBuckets(RATE, 2);
    takes(buckets, 10, 0, "a");
    takes(buckets, 9, 0, "b");
    takes(buckets, 1, 0, "b");
    takes(buckets, 1, 0, "c");
    expect(takes(buckets, 50, 0, "b")).toBe(0);
    expect(takes(buckets, 50, 0, "a")).toBe(10);
  });
});

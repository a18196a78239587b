import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addFirstBytes, bucketOf, type FirstByteCounts, firstByteWithin } from "../../src/usage/first-byte.ts";

function countsOf(times: readonly number[]): FirstByteCounts {
  const counts = new Map<number, number>();
  for (const ms of times) counts.set(bucketOf(ms), (counts.get(bucketOf(ms)) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => a - b);
}

const times = fc.array(fc.integer({ min: 0, max: 200_000 }), { minLength: 1, maxLength: 200 });

describe("firstByteWithin()", () => {
  it("is off by 5 % at most, or half a millisecond, at any share", () => {
    fc.assert(
      fc.property(times, fc.double({ min: 0.01, max: 1, noNaN: true }), (measured, share) => {
        const sorted = measured.toSorted((a, b) => a - b);
        const exact = Math.max(sorted[Math.ceil(sorted.length * share) - 1]!, 1);
        const told = firstByteWithin(countsOf(measured), share)!;
        expect(Math.abs(told - exact)).toBeLessThanOrEqual(exact * 0.05 + 0.5);
      }),
    );
  });

  it("is null where nothing was measured", () => {
    expect(firstByteWithin([], 0.5)).toBeNull();
  });
});

describe("addFirstBytes()", () => {
  it("is what would have been counted in one place", () => {
    fc.assert(
      fc.property(times, times, (one, other) => {
        expect(addFirstBytes(countsOf(one), countsOf(other))).toEqual(countsOf([...one, ...other]));
      }),
    );
  });
});

describe("bucketOf()", () => {
  it("has few buckets, whatever a clock says", () => {
    expect([-5, 0, 1].map(bucketOf)).toEqual([0, 0, 0]);
    expect(bucketOf(2)).toBeGreaterThan(0);
    expect(bucketOf(Number.MAX_SAFE_INTEGER)).toBeLessThan(140);
  });
});

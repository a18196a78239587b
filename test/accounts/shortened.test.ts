import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shortened } from "../../src/accounts/shortened.ts";

const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)).length;

describe("shortened()", () => {
  it("leaves what is small enough as it is", () => {
    const value = { a: [1, 2], b: { c: "ü" } };
    expect(shortened(value, bytesOf(value))).toBe(value);
  });

  it("leaves out the largest parts first, wherever they stand", () => {
    const value = { id: "zone_1", settings: { ttl: 5, headers: { "x-a": "v".repeat(500), "x-b": "w" } } };
    expect(shortened(value, 200)).toEqual({
      id: "zone_1",
      settings: { ttl: 5, headers: { "x-a": "[502 bytes]", "x-b": "w" } },
    });
  });

  it("says of a list, and of what has too many names, only how large it was", () => {
    expect(shortened({ zones: Array(100).fill("zone_1") }, 100)).toEqual({ zones: "[901 bytes]" });
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`name-${index}`, 1]));
    expect(shortened({ many }, 100)).toEqual({ many: `[${bytesOf(many)} bytes]` });
  });

  it("has at most so many bytes, whatever it is given", () => {
    fc.assert(
      fc.property(
        fc.object({ maxDepth: 4, withNullPrototype: false }),
        fc.integer({ min: 20, max: 300 }),
        (value, bytes) => {
          expect(bytesOf(shortened(JSON.parse(JSON.stringify(value)), bytes))).toBeLessThanOrEqual(bytes);
        },
      ),
      { numRuns: 1_000, seed: 20261128 },
    );
  });
});

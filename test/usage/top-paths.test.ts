import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LONGEST_PATH, mergeTopPaths, NO_PATHS, type PathSummary, TopPaths } from "../../src/usage/top-paths.ts";

function summaryOf(paths: readonly string[], capacity: number): PathSummary {
  const top = new TopPaths(capacity);
  for (const path of paths) top.add(path);
  return top.summary();
}

/** How often each path really occurs. */
function truth(paths: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const path of paths) counts.set(path, (counts.get(path) ?? 0) + 1);
  return counts;
}

/** Holds a summary to what it promises of the stream that it was made of. */
function expectPromises(summary: PathSummary, stream: readonly string[], bound: number): void {
  const counts = truth(stream);
  for (const [path, requests, error] of summary.paths) {
    const real = counts.get(path) ?? 0;
    expect(requests).toBeGreaterThanOrEqual(real);
    expect(requests - error).toBeLessThanOrEqual(real);
    expect(error).toBeLessThanOrEqual(bound);
  }
  const held = new Set(summary.paths.map(([path]) => path));
  for (const [path, real] of counts) if (!held.has(path)) expect(real).toBeLessThanOrEqual(summary.floor);
  expect(summary.floor).toBeLessThanOrEqual(bound);
}

const path = fc.integer({ min: 0, max: 40 }).map((n) => `/${Math.floor(Math.sqrt(n * n * n))}`);
const stream = fc.array(path, { maxLength: 300 });

describe("TopPaths", () => {
  it("is exact while no more paths occur than it holds, the most requested first, then by name", () => {
    expect(summaryOf(["/b", "/a", "/c", "/c", "/a", "/c"], 3)).toEqual({
      floor: 0,
      paths: [
        ["/c", 3, 0],
        ["/a", 2, 0],
        ["/b", 1, 0],
      ],
    });
  });

  it("puts a new path in the place of the least requested, and says how much of its count may be the other's", () => {
    expect(summaryOf(["/a", "/a", "/a", "/b", "/c"], 2)).toEqual({
      floor: 1,
      paths: [
        ["/a", 3, 0],
        ["/c", 2, 1],
      ],
    });
  });

  it("keeps its promises for any stream: no error and no missing path above N / k", () => {
    fc.assert(
      fc.property(stream, fc.integer({ min: 1, max: 12 }), (paths, capacity) => {
        expectPromises(summaryOf(paths, capacity), paths, paths.length / capacity);
      }),
    );
  });

  it("holds nothing new when it may not grow, and still says how much it may have missed", () => {
    const top = new TopPaths(8);
    top.add("/a", false);
    expect(top.summary()).toEqual({ floor: 1, paths: [] });
    top.add("/b");
    top.add("/c", false);
    expect(top.size).toBe(1);
    expectPromises(top.summary(), ["/a", "/b", "/c"], 3);
  });

  it("counts long paths under their beginning", () => {
    const long = `/${"x".repeat(10_000)}`;
    const [[held, requests]] = summaryOf([long, `${long}/y`], 2).paths as [[string, number, number]];
    expect(held).toHaveLength(LONGEST_PATH + 1);
    expect(requests).toBe(2);
  });
});

describe("mergeTopPaths()", () => {
  it("adds up", () => {
    expect(mergeTopPaths(summaryOf(["/a", "/b", "/b"], 4), summaryOf(["/b", "/c"], 4), 4)).toEqual({
      floor: 0,
      paths: [
        ["/b", 3, 0],
        ["/a", 1, 0],
        ["/c", 1, 0],
      ],
    });
  });

  it("keeps the promises for any streams, however often it merges: the bounds add up", () => {
    fc.assert(
      fc.property(fc.array(stream, { maxLength: 6 }), fc.integer({ min: 1, max: 12 }), (streams, capacity) => {
        let merged = NO_PATHS;
        let bound = 0;
        for (const paths of streams) {
          merged = mergeTopPaths(merged, summaryOf(paths, capacity), capacity * 2);
          bound += paths.length / capacity;
          expect(merged.paths.length).toBeLessThanOrEqual(capacity * 2);
        }
        expectPromises(merged, streams.flat(), bound);
      }),
    );
  });
});

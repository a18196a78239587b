import { describe, expect, it } from "vitest";
import { drill } from "./restore/drill.ts";

describe("a restore of an older state, taken under load", () => {
  it.each([
    ["live", 2],
    ["folder", 1],
  ] as const)(
    "(%s, %i processes) leaves no difference between D1 and the edge, and serves nothing purged",
    {
      timeout: 300_000,
    },
    async (kind, workers) => {
      const result = await drill({ zones: 12, workers, kind });
      expect(result.differences).toEqual([]);
      expect(result.purgedServed).toEqual([]);
      expect(result.failures).toEqual([]);
      expect(result.zones).toBeGreaterThan(5);
      expect(result.records).toBeGreaterThan(5);
      expect(result.hits, "of the cache").toBeGreaterThan(5);
      // A call that is repeated does not name once more what it has changed before.
      expect(result.said).toMatch(/zones: \d+ published again, each purged as a whole\n/);
      expect(result.usage.counted, "nothing counted twice, nothing lost").toBe(result.usage.answered);
    },
  );
});

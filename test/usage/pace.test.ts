import { describe, expect, it } from "vitest";
import type { UsageBatch } from "../../src/usage/batch.ts";
import { Isolates, paceOf, partsOf, popOfMeter } from "../../src/usage/pace.ts";

const NOW = Date.UTC(2026, 2, 10, 12);

describe("paceOf()", () => {
  it.each([
    [1, 1_000],
    [2, 2_000],
    [10, 10_000],
    [2_000, 10_000],
  ])("has %d isolates come every %d ms: a meter has 200 calls a second at most", (isolates, intervalMs) => {
    expect(paceOf(isolates, 0, 0)).toEqual({ intervalMs, generation: 0 });
    expect(isolates / (intervalMs / 1_000)).toBeLessThanOrEqual(200);
  });

  it("sends isolates on when a meter is full, each from the generation that it knows", () => {
    expect([0, 1, 5].map((generation) => paceOf(1, generation, 4.1e9).generation)).toEqual([1, 2, 6]);
    expect([0, 1, 5].map((generation) => paceOf(1, generation, 3.9e9).generation)).toEqual([0, 1, 5]);
  });
});

describe("partsOf()", () => {
  const zones = Array.from({ length: 4_000 }, (_, n) => ({
    owner: `acct_${n >> 1}:live`,
    zone: `zone_${n}`,
    hour: NOW,
    lines: [],
    paths: { floor: 0, paths: [] },
  }));
  const batch: UsageBatch = { source: "isolate", number: 7, zones };

  it("is the batch itself as long as a location has one meter", () => {
    expect([...partsOf(batch, "AMS", 0)]).toEqual([["AMS", batch]]);
  });

  it("gives each account one of a generation's meters, evenly, and generations have none in common", () => {
    const names = new Set(["AMS"]);
    for (const generation of [1, 2, 3]) {
      const parts = partsOf(batch, "AMS", generation);
      expect(parts.size).toBe(2 ** generation);
      const owners = new Map<string, string>();
      for (const [name, part] of parts) {
        expect(names.has(name)).toBe(false);
        names.add(name);
        expect(popOfMeter(name)).toBe("AMS");
        expect([part.source, part.number]).toEqual(["isolate", 7]);
        expect(part.zones.length).toBeGreaterThan(4_000 / 2 ** generation / 2);
        for (const { owner } of part.zones) expect(owners.get(owner) ?? name).toBe(name);
        for (const { owner } of part.zones) owners.set(owner, name);
      }
      expect([...parts.values()].flatMap((part) => part.zones)).toHaveLength(4_000);
    }
  });
});

describe("Isolates", () => {
  it("are those that brought something within 20 seconds", () => {
    const isolates = new Isolates();
    for (let n = 0; n < 50; n++) isolates.see(`isolate-${n}`, NOW);
    isolates.see("isolate-0", NOW + 10_000);
    expect(isolates.size).toBe(50);
    isolates.see("late", NOW + 21_000);
    expect(isolates.size).toBe(2);
  });
});

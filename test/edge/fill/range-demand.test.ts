import { describe, expect, it } from "vitest";
import { RangeDemand } from "../../../src/edge/fill/range-demand.ts";

const MIB = 1_048_576;
const NOON = Date.UTC(2026, 10, 22, 12);

describe("RangeDemand", () => {
  it("lets the second range of up to 1 MiB fetch the whole, within a minute", () => {
    const ranges = new RangeDemand();
    ranges.note("small", MIB, 1, NOON);
    ranges.note("larger", MIB + 1, 1, NOON);
    expect(ranges.deservesWhole("small", NOON + 59_999)).toBe(true);
    expect(ranges.deservesWhole("small", NOON + 60_000)).toBe(false);
    expect(ranges.deservesWhole("larger", NOON)).toBe(false);
    expect(ranges.deservesWhole("other", NOON)).toBe(false);
  });

  it("lets a larger whole be fetched once clients have a tenth of it, however it was cut", () => {
    const ranges = new RangeDemand();
    for (let n = 0; n < 9; n++) ranges.note("k", 100 * MIB, MIB, NOON + n * 30_000);
    expect(ranges.deservesWhole("k", NOON + 240_000)).toBe(false);
    ranges.note("k", 100 * MIB, MIB, NOON + 270_000);
    expect(ranges.deservesWhole("k", NOON + 270_000)).toBe(true);
  });

  it("begins to count anew when the whole has another size", () => {
    const ranges = new RangeDemand();
    ranges.note("k", 100 * MIB, 10 * MIB, NOON);
    ranges.note("k", 101 * MIB, 1, NOON);
    expect(ranges.deservesWhole("k", NOON)).toBe(false);
    expect(ranges.sizeOf("k", NOON)).toBe(101 * MIB);
  });

  it("forgets what it noted by a clock that has been set back", () => {
    const ranges = new RangeDemand();
    ranges.note("k", 1, 1, NOON);
    ranges.noteUnmeasured("k", NOON);
    const before = NOON - 3_600_000;
    expect([ranges.deservesWhole("k", before), ranges.isUnmeasured("k", before)]).toEqual([false, false]);
  });

  it("remembers 2,000 keys, none of them longer than 1,024 characters", () => {
    const ranges = new RangeDemand();
    for (let n = 0; n <= 2_000; n++) ranges.note(`k${n}`, 1, 1, NOON);
    expect(["k0", "k1", "k2000"].map((key) => ranges.deservesWhole(key, NOON))).toEqual([false, true, true]);
    ranges.note("k".repeat(1_025), 1, 1, NOON);
    expect(ranges.deservesWhole("k".repeat(1_025), NOON)).toBe(false);
  });

  it("remembers for a minute what came without its length", () => {
    const ranges = new RangeDemand();
    for (let n = 0; n <= 2_000; n++) ranges.noteUnmeasured(`k${n}`, NOON);
    expect(["k0", "k1", "k2000", "other"].map((key) => ranges.isUnmeasured(key, NOON + 59_999))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(ranges.isUnmeasured("k1", NOON + 60_000)).toBe(false);
    ranges.noteUnmeasured("k".repeat(1_025), NOON);
    expect(ranges.isUnmeasured("k".repeat(1_025), NOON)).toBe(false);
  });
});

import { describe, expect, it } from "vitest";
import { CodingBudget } from "../../../src/edge/answer/coding-budget.ts";

const MIB = 1_048_576;
const BOUNDS = { bodies: 8, bytes: 2 * MIB };

describe("CodingBudget", () => {
  it("has room for one of the largest bodies, or for eight of others", () => {
    const budget = new CodingBudget(BOUNDS);
    const largest = budget.begin(2 * MIB, 0);
    expect(budget.begin(1, 0)).toBeNull();
    largest!.end();
    largest!.end();
    for (let i = 0; i < 8; i++) expect(budget.begin(100_000, 0)).not.toBeNull();
    expect(budget.begin(100_000, 0)).toBeNull();
  });

  it("counts no coding that the platform has ended without a word", () => {
    const budget = new CodingBudget(BOUNDS);
    const lost = budget.begin(2 * MIB, 0);
    expect(budget.begin(2 * MIB, 60_000)).toBeNull();
    expect(budget.begin(2 * MIB, 60_001)).not.toBeNull();
    lost!.end();
    expect(budget.begin(1, 60_001)).toBeNull();
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FillBudget } from "../../../src/edge/fill/fill-budget.ts";

const bounds = { zone: { fills: 2, bytes: 100 }, isolate: { fills: 3, bytes: 150 } };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("FillBudget", () => {
  it("bounds the fills of a zone, and leaves room to the others", () => {
    const budget = new FillBudget(bounds);
    const first = budget.begin("a", 0);
    budget.begin("a", 0);
    expect([budget.hasRoom("a", 0), budget.hasRoom("b", 0)]).toEqual([false, true]);
    first.end();
    first.end();
    expect(budget.hasRoom("a", 0)).toBe(true);
  });

  it("bounds the fills of all zones", () => {
    const budget = new FillBudget(bounds);
    for (const zone of ["a", "b", "c"]) budget.begin(zone, 0);
    expect(budget.hasRoom("d", 0)).toBe(false);
  });

  it("bounds the bytes that a zone holds, and those of all zones", () => {
    const budget = new FillBudget(bounds);
    const [a, more, b] = [budget.begin("a", 0), budget.beginPart("a", 0), budget.begin("b", 0)];
    expect([a.hold(60), more.hold(50), more.hold(40)]).toEqual([true, false, true]);
    expect([b.hold(51), b.hold(50)]).toEqual([false, true]);
    a.end();
    expect(b.hold(50)).toBe(true);
    expect(a.hold(1)).toBe(false);
  });

  it("counts a part for what it holds, not as a fill", () => {
    const budget = new FillBudget(bounds);
    for (let n = 0; n < 5; n++) budget.beginPart("a", 0);
    expect(budget.hasRoom("a", 0)).toBe(true);
  });

  it("takes back after ten minutes what the platform has ended without a word", () => {
    const budget = new FillBudget(bounds);
    budget.begin("a", 0).hold(100);
    const lost = budget.begin("a", 0);
    expect(budget.hasRoom("a", 600_000)).toBe(false);
    expect(budget.hasRoom("a", 600_001)).toBe(true);
    lost.end();
    budget.begin("a", 600_001);
    expect(budget.begin("a", 600_001).hold(100)).toBe(true);
    expect(budget.hasRoom("a", 600_001)).toBe(false);
  });

  it("takes back for a byte, too, what the platform has ended without a word", () => {
    vi.setSystemTime(600_000);
    const budget = new FillBudget(bounds);
    const lost = [budget.begin("a", 0), budget.begin("b", 0)];
    expect([lost[0]!.hold(100), lost[1]!.hold(50)]).toEqual([true, true]);
    const next = budget.begin("c", 600_000);
    expect(next.hold(1)).toBe(false);
    vi.setSystemTime(600_001);
    expect([next.hold(100), lost[0]!.hold(1)]).toEqual([true, false]);
  });

  it("has room again for what a fill does not hold any more, while the fill goes on", () => {
    const budget = new FillBudget(bounds);
    const [first, second] = [budget.begin("a", 0), budget.begin("a", 0)];
    first.hold(100);
    expect(second.hold(1)).toBe(false);
    first.release();
    expect([second.hold(100), budget.hasRoom("a", 0)]).toEqual([true, false]);
    first.end();
    expect([first.hold(1), budget.hasRoom("a", 0)]).toEqual([false, true]);
  });
});

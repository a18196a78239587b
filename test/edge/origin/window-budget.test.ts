import { describe, expect, it } from "vitest";
import { WindowBudget } from "../../../src/edge/origin/window-budget.ts";

/** A window that tells whether it may be held. */
function ask(budget: WindowBudget, zone: string, bytes: number) {
  const { begun, end } = budget.ask(zone, bytes);
  const window = { isHeld: false, end };
  void begun.then(() => {
    window.isHeld = true;
  });
  return window;
}

describe("WindowBudget", () => {
  it("lets windows begin as long as they fit, and the others in order as room comes", async () => {
    const budget = new WindowBudget(12);
    const [first, second, third] = [ask(budget, "a", 6), ask(budget, "b", 6), ask(budget, "c", 4)];
    await Promise.resolve();
    expect([first.isHeld, second.isHeld, third.isHeld]).toEqual([true, true, false]);
    first.end();
    await Promise.resolve();
    expect(third.isHeld).toBe(true);
  });

  it("forgets who leaves the queue, and counts an end once", async () => {
    const budget = new WindowBudget(20);
    const [first, second, third] = [ask(budget, "a", 10), ask(budget, "a", 10), ask(budget, "a", 10)];
    second.end();
    second.end();
    await Promise.resolve();
    expect(third.isHeld).toBe(false);
    first.end();
    first.end();
    const fourth = ask(budget, "a", 1);
    await Promise.resolve();
    expect([third.isHeld, fourth.isHeld]).toEqual([true, false]);
  });

  it("leaves half of it to other zones, and lets go at once who needs none", async () => {
    const budget = new WindowBudget(10);
    const [first, second] = [ask(budget, "a", 5), ask(budget, "a", 1)];
    const [ofAnother, small] = [ask(budget, "b", 5), ask(budget, "a", 0)];
    await Promise.resolve();
    expect([first.isHeld, second.isHeld, ofAnother.isHeld, small.isHeld]).toEqual([true, false, true, true]);
  });
});

import { describe, expect, it } from "vitest";
import { WindowBudget } from "../../../src/edge/origin/window-budget.ts";

/** A window that tells whether it may be held. */
function ask(budget: WindowBudget, bytes: number) {
  const { begun, end } = budget.ask(bytes);
  const window = { isHeld: false, end };
  void begun.then(() => {
    window.isHeld = true;
  });
  return window;
}

describe("WindowBudget", () => {
  it("lets windows begin as long as they fit, and the others in order as room comes", async () => {
    const budget = new WindowBudget(10);
    const [first, second, third] = [ask(budget, 6), ask(budget, 6), ask(budget, 4)];
    await Promise.resolve();
    expect([first.isHeld, second.isHeld, third.isHeld]).toEqual([true, false, false]);
    first.end();
    await Promise.resolve();
    expect([second.isHeld, third.isHeld]).toEqual([true, true]);
  });

  it("forgets who leaves the queue, and counts an end once", async () => {
    const budget = new WindowBudget(10);
    const [first, second, third] = [ask(budget, 10), ask(budget, 10), ask(budget, 10)];
    second.end();
    second.end();
    await Promise.resolve();
    expect(third.isHeld).toBe(false);
    first.end();
    first.end();
    const fourth = ask(budget, 1);
    await Promise.resolve();
    expect([third.isHeld, fourth.isHeld]).toEqual([true, false]);
  });
});

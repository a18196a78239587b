import { describe, expect, it } from "vitest";
import { nextAttemptAt } from "../../../src/records/webhooks/retry-schedule.ts";

const NOW = 1_800_000_000_000;

describe("nextAttemptAt()", () => {
  it.each([
    [1, "5 seconds", 5],
    [2, "5 minutes", 300],
    [3, "30 minutes", 1_800],
    [4, "2 hours", 7_200],
    [5, "5 hours", 18_000],
    [6, "10 hours", 36_000],
    [7, "14 hours", 50_400],
    [8, "20 hours", 72_000],
    [9, "24 hours", 86_400],
  ])("after failure %i waits for %s", (attempts, _, seconds) => {
    expect(nextAttemptAt(attempts, NOW)).toBe(NOW + seconds * 1_000);
  });

  it("gives up after the tenth", () => {
    expect(nextAttemptAt(10, NOW)).toBeNull();
    // One that was given up and retried by hand.
    expect(nextAttemptAt(11, NOW)).toBeNull();
  });
});

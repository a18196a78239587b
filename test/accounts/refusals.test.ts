import { describe, expect, it } from "vitest";
import { Refusals } from "../../src/accounts/refusals.ts";

const NOW = Date.UTC(2026, 10, 22);
const refusal = (resetAt: number) => ({ allowed: false, limit: 10, remaining: 0, resetAt });

describe("Refusals", () => {
  it("has a limiter asked four times a minute at most for somebody who never stops, and says so in vain", () => {
    const refusals = new Refusals();
    const asked: number[] = [];
    for (let at = NOW; at < NOW + 120_000; at += 10) {
      if (refusals.of("greedy", 10, at) !== null) continue;
      asked.push(at - NOW);
      refusals.note("greedy", refusal(at + 50), at);
    }
    expect(asked.map((at) => at / 1_000)).toEqual([0, 1, 3, 7, 15, 30, 45, 60, 75, 90, 105]);
  });

  it("refuses several calls at once as one", () => {
    const refusals = new Refusals();
    for (let n = 0; n < 20; n++) refusals.note("busy", refusal(NOW), NOW);
    expect(refusals.of("busy", 10, NOW + 999)).not.toBeNull();
    expect(refusals.of("busy", 10, NOW + 1_000)).toBeNull();
  });

  it("begins anew with whom the limiter has let pass, and who was away", () => {
    const refusals = new Refusals();
    for (const at of [NOW, NOW + 1_000]) refusals.note("modest", refusal(at), at);
    expect(refusals.of("modest", 10, NOW + 2_999)).not.toBeNull();
    refusals.note("modest", { allowed: true, limit: 10, remaining: 3, resetAt: NOW + 60_000 }, NOW + 3_000);
    refusals.note("modest", refusal(NOW), NOW + 4_000);
    expect(refusals.of("modest", 10, NOW + 5_000)).toBeNull();
    refusals.note("modest", refusal(NOW), NOW + 30_000);
    expect(refusals.of("modest", 10, NOW + 31_000)).toBeNull();
  });
});

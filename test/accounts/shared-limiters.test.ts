import { describe, expect, it, vi } from "vitest";
import { takePersonsTurn, takeQuestion } from "../../src/accounts/admit.ts";
import type { RateLimiter } from "../../src/accounts/rate-limiter.ts";

describe.each([
  ["takePersonsTurn()", takePersonsTurn],
  ["takeQuestion()", takeQuestion],
])("%s", (_, take) => {
  it("asks an object that many share no more for somebody whom it has refused, until a call is free", async () => {
    const at = Date.UTC(2026, 10, 22);
    vi.useFakeTimers({ toFake: ["Date"], now: at });
    const asked: string[] = [];
    const takeFailure = async (limit: number, name: string) => {
      asked.push(name);
      return { allowed: name !== "greedy", limit, remaining: 0, resetAt: at + 5_000 };
    };
    const limiters = { getByName: () => ({ takeFailure }) } as unknown as DurableObjectNamespace<RateLimiter>;
    for (let n = 0; n < 100; n++) expect((await take(limiters, "greedy")).allowed).toBe(false);
    for (let n = 0; n < 2; n++) expect((await take(limiters, "modest")).allowed).toBe(true);
    expect(asked).toEqual(["greedy", "modest", "modest"]);
    vi.setSystemTime(at + 5_000);
    await take(limiters, "greedy");
    expect(asked).toHaveLength(4);
    vi.useRealTimers();
  });
});

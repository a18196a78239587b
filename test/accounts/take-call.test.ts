import { describe, expect, it } from "vitest";
import type { RateLimiter } from "../../src/accounts/rate-limiter.ts";
import { takeCall } from "../../src/accounts/take-call.ts";

const call = { keyId: "key_1", countedAs: "key_1", limits: { key: 3, account: 10 } };
const now = Date.UTC(2026, 10, 28);
const verdict = { allowed: true, limit: 3, remaining: 2, resetSeconds: 60, policy: "default" };

/** Limiters of which some fail. */
function limiters(failing: { is: boolean }) {
  let asked = 0;
  const getByName = () => ({
    async take() {
      asked++;
      if (failing.is) throw new Error("database or disk is full: SQLITE_FULL");
      return verdict;
    },
  });
  const namespace = { getByName } as unknown as DurableObjectNamespace<RateLimiter>;
  return { namespace, asked: () => asked };
}

describe("takeCall()", () => {
  it("counts in the place of a limiter that fails, within the same limits, and asks it again after a minute", async () => {
    const failing = { is: true };
    const { namespace, asked } = limiters(failing);
    const take = (at: number) => takeCall(namespace, "account:acct_1:rescdn", call, at);
    const verdicts: boolean[] = [];
    for (let i = 0; i < 5; i++) verdicts.push((await take(now + i)).allowed);
    expect(verdicts).toEqual([true, true, true, false, false]);
    expect(asked()).toBe(1);
    failing.is = false;
    expect(await take(now + 61_000)).toEqual(verdict);
    expect(asked()).toBe(2);
    expect(await take(now + 61_001)).toEqual(verdict);
  });

  it("leaves the limiters of others alone", async () => {
    await takeCall(limiters({ is: true }).namespace, "account:acct_2:rescdn", call, now);
    const { namespace, asked } = limiters({ is: false });
    expect(await takeCall(namespace, "account:acct_3:rescdn", call, now)).toEqual(verdict);
    expect(asked()).toBe(1);
  });
});

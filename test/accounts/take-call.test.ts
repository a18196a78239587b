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

  it("asks no limiter again for a caller whom it has refused, until a call is free, and a second at least", async () => {
    let [asked, resetIn] = [0, 20_000];
    let policy: "default" | "account" = "default";
    const take = async () => {
      asked++;
      return { allowed: false, limit: policy === "default" ? 3 : 10, remaining: 0, resetAt: at + resetIn, policy };
    };
    const namespace = { getByName: () => ({ take }) } as unknown as DurableObjectNamespace<RateLimiter>;
    let at = now;
    const ask = (change = {}) => takeCall(namespace, "account:acct_4:rescdn", { ...call, ...change }, at);
    const first = await ask();
    for (const later of [0, 1, 19_999]) {
      at = now + later;
      expect(await ask()).toEqual(first);
    }
    expect(asked).toBe(1);
    await ask({ countedAs: "key_2" });
    await ask({ limits: { key: 5, account: 10 } }); // the plan has changed
    expect(asked).toBe(3);
    at = now + 60_000;
    resetIn = 10;
    await ask();
    at += 999;
    await ask();
    expect(asked).toBe(4);
    at++;
    policy = "account";
    resetIn = 5_000;
    await ask();
    await ask({ countedAs: "key_3" });
    expect(asked).toBe(5);
  });

  it("leaves the limiters of others alone", async () => {
    await takeCall(limiters({ is: true }).namespace, "account:acct_2:rescdn", call, now);
    const { namespace, asked } = limiters({ is: false });
    expect(await takeCall(namespace, "account:acct_3:rescdn", call, now)).toEqual(verdict);
    expect(asked()).toBe(1);
  });
});

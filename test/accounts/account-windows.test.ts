import { describe, expect, it } from "vitest";
import { AccountWindows } from "../../src/accounts/account-windows.ts";

const NOW = 1_800_000_000_000;
const LIMITS = { key: 10, account: 25 };

/** How many of a key's calls pass at a time. */
function passed(windows: AccountWindows, key: string, calls: number, now = NOW): number {
  return Array.from({ length: calls }, () => windows.take(key, LIMITS, now)).filter(({ allowed }) => allowed).length;
}

describe("AccountWindows", () => {
  it("gives all keys together no more than the account's calls, however many keys there are", () => {
    const windows = new AccountWindows();
    const calls = Array.from({ length: 50 }, (_, index) => passed(windows, `key_${index}`, 20));
    expect(calls.slice(0, 4)).toEqual([10, 10, 5, 0]);
    expect(calls.reduce((sum, each) => sum + each)).toBe(25);
    expect(passed(windows, "key_0", 5, NOW + 59_999)).toBe(0);
    expect(passed(windows, "key_9", 50, NOW + 60_000)).toBe(10);
  });

  it("names the limit that binds: the one that refused, or has the fewest calls left", () => {
    const windows = new AccountWindows();
    expect(windows.take("a", LIMITS, NOW)).toMatchObject({ policy: "default", limit: 10, remaining: 9 });
    passed(windows, "a", 9);
    expect(windows.take("a", LIMITS, NOW)).toMatchObject({ allowed: false, policy: "default", limit: 10 });
    passed(windows, "b", 10);
    expect(windows.take("c", LIMITS, NOW)).toMatchObject({ allowed: true, policy: "account", limit: 25, remaining: 4 });
    passed(windows, "c", 4);
    expect(windows.take("d", LIMITS, NOW)).toMatchObject({ allowed: false, policy: "account", resetAt: NOW + 60_000 });
  });

  it("counts a call that one limit refuses with neither", () => {
    const windows = new AccountWindows();
    passed(windows, "a", 100);
    expect(passed(windows, "b", 10)).toBe(10);
    expect(passed(windows, "c", 100)).toBe(5);
    passed(windows, "d", 100);
    expect(windows.times.d).toBeUndefined();
  });

  it("goes on where an earlier object has stopped, and forgets keys that are quiet", () => {
    const before = new AccountWindows();
    passed(before, "a", 10, NOW);
    passed(before, "b", 10, NOW + 30_000);
    const windows = new AccountWindows(before.times);
    expect(passed(windows, "a", 1, NOW + 59_999)).toBe(0);
    expect(passed(windows, "c", 10, NOW + 59_999)).toBe(5);
    expect(passed(windows, "c", 10, NOW + 60_000)).toBe(5);
    expect(Object.keys(windows.times)).toEqual(["b", "c"]);
  });
});

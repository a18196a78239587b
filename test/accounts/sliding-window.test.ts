import { describe, expect, it } from "vitest";
import { SlidingWindow } from "../../src/accounts/sliding-window.ts";

const START = 1_000_000;

describe("SlidingWindow", () => {
  it("lets `limit` calls of one moment pass and no more", () => {
    const window = new SlidingWindow();
    const verdicts = Array.from({ length: 5 }, () => window.take(3, START));
    expect(verdicts.map(({ allowed, remaining }) => [allowed, remaining])).toEqual([
      [true, 2],
      [true, 1],
      [true, 0],
      [false, 0],
      [false, 0],
    ]);
  });

  it.each([
    [START + 59_999, false],
    [START + 60_000, true],
  ])("whose oldest call was at %i frees its place after 60 seconds: %s", (now, allowed) => {
    const window = new SlidingWindow();
    window.take(2, START);
    window.take(2, START + 10_000);
    expect(window.take(2, now).allowed).toBe(allowed);
  });

  it("never lets more than `limit` pass in any 60 seconds, whenever calls come", () => {
    const window = new SlidingWindow();
    const passed: number[] = [];
    for (let now = START; now < START + 300_000; now += 700) if (window.take(20, now).allowed) passed.push(now);
    for (const since of passed) {
      expect(passed.filter((at) => at >= since && at < since + 60_000).length).toBeLessThanOrEqual(20);
    }
    expect(passed.length).toBe(100);
  });

  it.each([10_000, 3_600_000])("frees its places 60 seconds after the clock was set back by %i ms", (back) => {
    const window = new SlidingWindow();
    for (let call = 0; call < 3; call++) window.take(3, START + call);
    const after = START - back;
    expect(window.take(3, after)).toMatchObject({ allowed: false, resetAt: after + 60_000 });
    expect(window.take(3, after + 59_999).allowed).toBe(false);
    expect(window.take(3, after + 60_000)).toMatchObject({ allowed: true, remaining: 2 });
  });

  it("tells when a place becomes free while there is none, and when all are free else", () => {
    const window = new SlidingWindow();
    expect(window.take(2, START).resetAt).toBe(START + 60_000);
    expect(window.take(2, START + 10_000).resetAt).toBe(START + 60_000);
    expect(window.take(2, START + 20_000).resetAt).toBe(START + 60_000);
    expect(window.take(2, START + 65_000).resetAt).toBe(START + 70_000);
  });

  it("does not count refused calls", () => {
    const window = new SlidingWindow();
    window.take(1, START);
    for (let i = 1; i < 60; i++) expect(window.take(1, START + i * 1_000).allowed).toBe(false);
    expect(window.take(1, START + 60_000).allowed).toBe(true);
  });

  it("follows a limit that shrinks or grows", () => {
    const window = new SlidingWindow();
    for (let i = 0; i < 5; i++) window.take(5, START + i);
    expect(window.take(2, START + 10)).toEqual({ allowed: false, limit: 2, remaining: 0, resetAt: START + 60_003 });
    expect(window.take(6, START + 10)).toMatchObject({ allowed: true, remaining: 0 });
  });
});

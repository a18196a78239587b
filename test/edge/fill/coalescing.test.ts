import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Coalescing, Leader } from "../../../src/edge/fill/coalescing.ts";
import type { OriginFailure } from "../../../src/edge/origin/origin.ts";

const NOON = Date.UTC(2026, 10, 22, 12);
const PATIENCE_MS = 20_000;
const failure: OriginFailure = { reason: "origin-unreachable", retryAfter: 0 };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Begins a leader, and gives what ends it. */
function begin(coalescing: Coalescing, key: string): { leader: Leader; end: () => Promise<void> } {
  const leader = new Leader(key, PATIENCE_MS, coalescing.watch(key.split("\n", 1)[0]!));
  const done = Promise.withResolvers<void>();
  coalescing.begin(leader, done.promise);
  return {
    leader,
    async end() {
      done.resolve();
      await done.promise;
    },
  };
}

/** Settles a leader; what it teaches is known when this returns. */
async function settle(leader: Leader, outcome: Parameters<Leader["settle"]>[0]): Promise<void> {
  leader.settle(outcome);
  await leader.outcome;
}

describe("Coalescing", () => {
  it("have the first of a key waited for until it is done, and the next one after it has settled", async () => {
    const coalescing = new Coalescing();
    const first = begin(coalescing, "k");
    begin(coalescing, "k");
    expect(coalescing.leaderOf("k", NOON)).toBe(first.leader);
    await settle(first.leader, { kind: "broken" });
    const third = begin(coalescing, "k");
    expect(coalescing.leaderOf("k", NOON)).toBe(third.leader);
    await first.end();
    expect(coalescing.leaderOf("k", NOON)).toBe(third.leader);
    await third.end();
    expect(coalescing.leaderOf("k", NOON)).toBeNull();
  });

  it("have nobody wait for one whose request must be gone", () => {
    const coalescing = new Coalescing();
    begin(coalescing, "k");
    vi.setSystemTime(NOON + PATIENCE_MS);
    expect(coalescing.isLed("k")).toBe(true);
    vi.setSystemTime(NOON + PATIENCE_MS + 1);
    expect(coalescing.isLed("k")).toBe(false);
    expect(coalescing.leaderOf("k", Date.now())).toBeNull();
    const next = begin(coalescing, "k");
    expect(coalescing.leaderOf("k", Date.now())).toBe(next.leader);
  });

  it("of a changed resource are outdated however late they are, and however many others have begun since", () => {
    const coalescing = new Coalescing();
    const { leader } = begin(coalescing, "zone_a/doc");
    for (let n = 0; n < 1_001; n++) begin(coalescing, `zone_b/${n}`);
    vi.setSystemTime(NOON + PATIENCE_MS + 1);
    begin(coalescing, "zone_b/another");
    coalescing.outdate("zone_a/doc");
    expect(leader.isOutdated).toBe(true);
    expect(begin(coalescing, "zone_a/doc").leader.isOutdated).toBe(false);
  });

  it("have the next one of the key waited for in the place of one that a slow client holds up", () => {
    const coalescing = new Coalescing();
    const first = begin(coalescing, "k").leader;
    first.isHeldUp = true;
    expect([coalescing.leaderOf("k", NOON), coalescing.isLed("k")]).toEqual([null, false]);
    const next = begin(coalescing, "k").leader;
    expect(coalescing.leaderOf("k", NOON)).toBe(next);
  });

  it("count the first outcome only", async () => {
    const { leader } = begin(new Coalescing(), "k");
    leader.settle({ kind: "unshared" });
    leader.settle({ kind: "failed", failure });
    expect(await leader.outcome).toEqual({ kind: "unshared" });
  });

  it("remember a failure for 2 s, or until the key's next outcome", async () => {
    const coalescing = new Coalescing();
    await settle(begin(coalescing, "k").leader, { kind: "failed", failure });
    expect(coalescing.recentFailure("k", NOON + 1_999)).toBe(failure);
    expect(coalescing.recentFailure("k", NOON + 2_000)).toBeNull();
    expect(coalescing.recentFailure("other", NOON)).toBeNull();
    await settle(begin(coalescing, "k").leader, { kind: "broken" });
    expect(coalescing.recentFailure("k", NOON)).toBeNull();
  });

  it("forget a failure, and what could not be shared, when the clock is set back by an hour", async () => {
    const coalescing = new Coalescing();
    await settle(begin(coalescing, "k").leader, { kind: "failed", failure });
    await settle(begin(coalescing, "l").leader, { kind: "unshared" });
    expect(coalescing.recentFailure("k", NOON - 3_600_000)).toBeNull();
    expect(coalescing.isUnshared("l", NOON - 3_600_000)).toBe(false);
  });

  it("hold nothing that is over once they hold something new", async () => {
    const coalescing = new Coalescing();
    await settle(begin(coalescing, "k").leader, { kind: "failed", failure });
    await settle(begin(coalescing, "k").leader, { kind: "unshared" });
    await settle(begin(coalescing, "l").leader, { kind: "failed", failure });
    vi.setSystemTime(NOON + 2_000);
    await settle(begin(coalescing, "m").leader, { kind: "failed", failure });
    await settle(begin(coalescing, "m").leader, { kind: "unshared" });
    expect([coalescing.recentFailure("l", NOON), coalescing.isUnshared("k", NOON)]).toEqual([null, false]);
  });

  it("remember the failure of those who sent the same alone", async () => {
    const coalescing = new Coalescing();
    await settle(begin(coalescing, "/a\nx-evil:1").leader, { kind: "failed", failure });
    expect(coalescing.recentFailure("/a\nx-evil:1", NOON)).toBe(failure);
    expect(coalescing.recentFailure("/a", NOON)).toBeNull();
    expect(coalescing.recentFailure("/a\nx-evil:2", NOON)).toBeNull();
  });

  it("have nobody wait for 2 s for what could not be shared", async () => {
    const coalescing = new Coalescing();
    await settle(begin(coalescing, "k").leader, { kind: "unshared" });
    const next = begin(coalescing, "k");
    expect(coalescing.isUnshared("k", NOON + 1_999)).toBe(true);
    expect(coalescing.leaderOf("k", NOON + 1_999)).toBeNull();
    expect(coalescing.leaderOf("k", NOON + 2_000)).toBe(next.leader);
  });

  it("of a changed resource are outdated in all its variants, those beside the first too, and no other's", () => {
    const coalescing = new Coalescing();
    const [first, beside, variant] = ["/a", "/a", "/a\naccept:x\n"].map((key) => begin(coalescing, key).leader);
    const [longer, query] = ["/ab", "/a?q"].map((key) => begin(coalescing, key).leader);
    coalescing.outdate("/a");
    expect([first, beside, variant].map((leader) => leader!.isOutdated)).toEqual([true, true, true]);
    expect([longer, query].map((leader) => leader!.isOutdated)).toEqual([false, false]);
    expect(coalescing.leaderOf("/a", NOON)).toBeNull();
    expect(coalescing.leaderOf("/ab", NOON)).toBe(longer);
  });

  it("forget the oldest of more than 1,000 failures", async () => {
    const coalescing = new Coalescing();
    for (let n = 0; n <= 1_000; n++) await settle(begin(coalescing, `k${n}`).leader, { kind: "failed", failure });
    expect(coalescing.recentFailure("k0", NOON)).toBeNull();
    expect(coalescing.recentFailure("k1", NOON)).toBe(failure);
    expect(coalescing.recentFailure("k1000", NOON)).toBe(failure);
  });
});

import { beforeEach, describe, expect, it, vi } from "vitest";
import { type Change, type FeedSource, SEGMENT_CHANGES } from "../../src/documents/change.ts";
import { FeedCopy } from "../../src/documents/feed-copy.ts";

const START = 1_800_000_000_000;

/** A feed that is told what to tell, and counts what it is asked. */
class Told implements FeedSource {
  now = START;
  changes: Change[] = [];
  first = 0;
  heads = 0;
  segments: number[] = [];
  down = false;
  gate: Promise<unknown> = Promise.resolve();

  async head() {
    this.heads++;
    const at = this.now;
    await this.gate;
    if (this.down) throw new Error("the feed is down");
    const open = Math.floor(this.changes.length / SEGMENT_CHANGES);
    return { head: { first: this.first, open, changes: this.changes.slice(open * SEGMENT_CHANGES) }, at };
  }

  async segment(number: number) {
    this.segments.push(number);
    if (number < this.first) throw new Error("gone");
    return this.changes.slice(number * SEGMENT_CHANGES, (number + 1) * SEGMENT_CHANGES);
  }

  async newest() {
    return null;
  }
}

function copyOf(told: Told) {
  const copy = new FeedCopy(told);
  const outdated: string[] = [];
  copy.follow({
    outdate: (key, revision) => outdated.push(`${key} ${revision}`),
    outdateAll: () => outdated.push("all"),
  });
  const work: Promise<unknown>[] = [];
  const waitUntil = (promise: Promise<unknown>) => void work.push(promise);
  const at = (ms: number) => {
    told.now = START + ms;
    return START + ms;
  };
  return {
    copy,
    outdated: () => outdated.splice(0),
    keepUp: async (ms: number) => {
      copy.keepUp(at(ms), waitUntil);
      await Promise.all(work);
    },
    caughtUp: (ms: number) => copy.caughtUp(at(ms), waitUntil),
  };
}

const manyChanges = (count: number, from = 0): Change[] =>
  Array.from({ length: count }, (_, index) => [`zone:${from + index}`, 1] as const);

describe("FeedCopy", () => {
  let told: Told;
  beforeEach(() => {
    told = new Told();
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    vi.spyOn(Math, "random").mockReturnValue(0);
  });

  it("reads the feed when it is first asked, and then no oftener than every 1.5 s", async () => {
    const { copy, keepUp } = copyOf(told);
    expect(copy.isCurrent(START)).toBe(false);
    for (let ms = 0; ms < 1_500; ms += 10) await keepUp(ms);
    expect(told.heads).toBe(1);
    expect(copy.isCurrent(START + 9_999)).toBe(true);
    await keepUp(1_500);
    expect(told.heads).toBe(2);
    expect(copy.isCurrent(START + 11_499)).toBe(true);
    expect(copy.isCurrent(START + 11_500)).toBe(false);
  });

  it("tells its followers each change once, and those who come later what is known", async () => {
    told.changes = [
      ["zone:a", 2],
      ["zone:b", 7],
      ["zone:a", 3],
    ];
    const { copy, outdated, keepUp } = copyOf(told);
    await keepUp(0);
    expect(outdated()).toEqual(["zone:a 2", "zone:b 7", "zone:a 3"]);
    told.changes.push(["zone:a", 4]);
    await keepUp(2_000);
    expect(outdated()).toEqual(["zone:a 4"]);
    expect([copy.leastOf("zone:a"), copy.leastOf("zone:b"), copy.leastOf("zone:c")]).toEqual([4, 7, -1]);
    const late: string[] = [];
    copy.follow({ outdate: (key, revision) => late.push(`${key} ${revision}`), outdateAll: () => late.push("all") });
    expect(late.sort()).toEqual(["zone:a 4", "zone:b 7"]);
  });

  it("reads the closed segments that it has not read, each once", async () => {
    told.changes = manyChanges(SEGMENT_CHANGES * 2 + 5);
    const { outdated, keepUp } = copyOf(told);
    await keepUp(0);
    expect(outdated()).toHaveLength(SEGMENT_CHANGES * 2 + 5);
    expect(told.segments).toEqual([0, 1]);
    told.changes.push(...manyChanges(SEGMENT_CHANGES, 10_000));
    await keepUp(2_000);
    expect(outdated()).toEqual(manyChanges(SEGMENT_CHANGES, 10_000).map(([key, revision]) => `${key} ${revision}`));
    expect(told.segments).toEqual([0, 1, 2]);
  });

  it.each([
    ["has forgotten what came since", { first: 3, changes: manyChanges(SEGMENT_CHANGES * 4) }],
    ["was set up anew", { first: 0, changes: [["zone:x", 1]] as Change[] }],
  ])("has everything doubted when the feed %s", async (_, then) => {
    told.changes = manyChanges(SEGMENT_CHANGES + 5);
    const { copy, outdated, keepUp } = copyOf(told);
    await keepUp(0);
    outdated();
    Object.assign(told, then);
    await keepUp(2_000);
    expect(outdated()[0]).toBe("all");
    expect(copy.leastOf("zone:0")).toBe(-1);
    expect(copy.isCurrent(START + 2_000)).toBe(true);
  });

  it.each([3, SEGMENT_CHANGES])(
    "doubts nothing for an older head of %i changes that another isolate has read",
    async (known) => {
      told.changes = manyChanges(known);
      const { copy, outdated, keepUp } = copyOf(told);
      await keepUp(0);
      outdated();
      told.changes = manyChanges(known - 1);
      await keepUp(2_000);
      expect(outdated()).toEqual([]);
      expect(copy.leastOf(`zone:${known - 1}`)).toBe(1);
      told.changes = manyChanges(known + 1);
      await keepUp(4_000);
      expect(outdated()).toEqual([`zone:${known} 1`]);
    },
  );

  it("forgets what the feed tells no longer", async () => {
    told.changes = manyChanges(SEGMENT_CHANGES * 2);
    const { copy, outdated, keepUp } = copyOf(told);
    await keepUp(0);
    outdated();
    told.first = 1;
    await keepUp(2_000);
    expect(outdated()).toEqual([]);
    expect([copy.leastOf("zone:0"), copy.leastOf(`zone:${SEGMENT_CHANGES}`)]).toEqual([-1, 1]);
  });

  it("waits for a copy that is older than ten seconds, and for a second at most", async () => {
    const { copy, caughtUp } = copyOf(told);
    await caughtUp(0);
    expect(copy.isCurrent(START)).toBe(true);
    const { promise, resolve } = Promise.withResolvers();
    told.gate = promise;
    await caughtUp(20_000);
    expect(copy.isCurrent(START + 20_000)).toBe(false);
    resolve(null);
    // What it has waited for no longer goes on: it ends by itself after three seconds, and would have come to nothing.
    await expect.poll(() => copy.isCurrent(START + 20_000)).toBe(true);
  });

  it("waits for the copy that is on its way as well", async () => {
    const { copy, keepUp, caughtUp } = copyOf(told);
    const { promise, resolve } = Promise.withResolvers();
    told.gate = promise;
    const kept = keepUp(0);
    const waited = caughtUp(0).then(() => copy.isCurrent(START));
    resolve(null);
    expect(await waited).toBe(true);
    await kept;
  });

  it("asks a feed that fails less and less often, and waits for it no more", async () => {
    const { copy, keepUp, caughtUp } = copyOf(told);
    told.down = true;
    for (let ms = 0; ms < 120_000; ms += 500) {
      await keepUp(ms);
      await caughtUp(ms);
    }
    expect(told.heads).toBeLessThan(10);
    expect(copy.isCurrent(START + 120_000)).toBe(false);
    told.down = false;
    for (let ms = 120_000; ms < 151_000; ms += 500) await keepUp(ms);
    expect(copy.isCurrent(START + 151_000)).toBe(true);
  });

  it("asks a feed that has failed twice again within two seconds, so that what was purged is gone within five", async () => {
    const { copy, keepUp } = copyOf(told);
    await keepUp(0);
    told.down = true;
    await keepUp(2_000);
    await keepUp(2_500);
    told.down = false;
    await keepUp(3_500);
    expect(copy.upTo(START + 13_000)).not.toBe(null);
    expect(told.heads).toBe(4);
  });

  it("reads anew when the clock has been set back", async () => {
    const { copy, keepUp } = copyOf(told);
    await keepUp(0);
    await keepUp(-3_600_000);
    expect(told.heads).toBe(2);
    expect(copy.isCurrent(START - 3_600_000)).toBe(true);
  });
});

import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { SEGMENT_CHANGES } from "../../src/documents/change.ts";

const START = 1_800_000_000_000;

afterEach(() => {
  vi.useRealTimers();
});

function newFeed() {
  return env.CHANGE_FEED.getByName(`test-${crypto.randomUUID()}` as "zones");
}

async function append(feed: ReturnType<typeof newFeed>, count: number, from = 1): Promise<void> {
  await runInDurableObject(feed, (object) => {
    for (let revision = from; revision < from + count; revision++) object.append("zone:a", revision);
  });
}

describe("ChangeFeed", () => {
  it("tells what was appended, in its order", async () => {
    const feed = newFeed();
    expect(await feed.head()).toEqual({ first: 0, open: 0, changes: [] });
    await feed.append("zone:a", 3);
    await feed.append("zone:b", 1);
    expect(await feed.head()).toEqual({
      first: 0,
      open: 0,
      changes: [
        ["zone:a", 3],
        ["zone:b", 1],
      ],
    });
    expect(await feed.segment(0)).toBeNull();
  });

  it("closes a segment that is full, and tells the same of it from then on", async () => {
    const feed = newFeed();
    await append(feed, SEGMENT_CHANGES + 2);
    expect(await feed.head()).toMatchObject({
      first: 0,
      open: 1,
      changes: [
        ["zone:a", 257],
        ["zone:a", 258],
      ],
    });
    const closed = await feed.segment(0);
    expect([closed?.length, closed?.[0], closed?.at(-1)]).toEqual([256, ["zone:a", 1], ["zone:a", 256]]);
  });

  it.each([1, SEGMENT_CHANGES, SEGMENT_CHANGES + 1, 3 * SEGMENT_CHANGES])(
    "tells the same after it was put out of memory with %i changes",
    async (count) => {
      const feed = newFeed();
      await append(feed, count);
      const [head, first] = [await feed.head(), await feed.segment(0)];
      await evictDurableObject(feed);
      expect([await feed.head(), await feed.segment(0)]).toEqual([head, first]);
      await feed.append("zone:b", 1);
      const { open, changes } = await feed.head();
      expect(open * SEGMENT_CHANGES + changes.length).toBe(count + 1);
    },
  );

  it("forgets segments whose changes are older than ten minutes, but never the newest closed one", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: START });
    const feed = newFeed();
    await append(feed, 2 * SEGMENT_CHANGES);
    vi.setSystemTime(START + 300_000);
    await append(feed, SEGMENT_CHANGES, 1_000);
    vi.setSystemTime(START + 600_001);
    await append(feed, 1, 5_000);
    expect(await feed.head()).toEqual({ first: 2, open: 3, changes: [["zone:a", 5_000]] });
    expect([await feed.segment(1), (await feed.segment(2))?.length]).toEqual([null, 256]);
    vi.setSystemTime(START + 3_600_000);
    await append(feed, 1, 5_001);
    expect(await feed.head()).toMatchObject({ first: 2, open: 3 });
    await evictDurableObject(feed);
    expect(await feed.head()).toMatchObject({
      first: 2,
      open: 3,
      changes: [
        ["zone:a", 5_000],
        ["zone:a", 5_001],
      ],
    });
  });

  it("holds so many segments at most", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: START });
    const feed = newFeed();
    await append(feed, 220 * SEGMENT_CHANGES);
    vi.setSystemTime(START + 60_000);
    await append(feed, 1, 100_000);
    expect(await feed.head()).toMatchObject({ first: 20, open: 220 });
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { PlainCache } from "../../../src/edge/cache/own-cache.ts";
import { type Envelope, openEnvelope, toEnvelope } from "../../../src/edge/tier/envelope.ts";
import { TierCache } from "../../../src/server/edge/tier-cache.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-22T10:00:00Z") });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A plain cache in memory, that takes nothing of a body that breaks. */
function cacheInMemory() {
  const held = new Map<string, { entry: string | null; body: Blob }>();
  const cache: PlainCache = {
    async read(url) {
      const found = held.get(url);
      return found === undefined ? null : { entry: found.entry, body: found.body.stream(), size: found.body.size };
    },
    readPart: () => Promise.resolve(null),
    async write(url, { entry, body }) {
      held.set(url, { entry, body: await new Response(body).blob() });
    },
    async remove(url) {
      held.delete(url);
    },
  };
  return { cache, held };
}

/** A tier that answers so, and counts how often it was asked. */
function tierOf(body: () => ReadableStream | Blob, length: number, seconds: number) {
  const tier = { asked: 0, ask: () => Promise.resolve(new Response()) };
  tier.ask = async () => {
    tier.asked++;
    const envelope: Envelope = {
      asker: "one",
      kind: "answer",
      status: 200,
      headers: [],
      length,
      requestedAt: 1,
      answeredAt: 2,
      isFallback: false,
      origin: null,
      version: 1,
      isShared: true,
    };
    return toEnvelope(envelope, body(), seconds);
  };
  return tier;
}

function newCache() {
  const { cache, held } = cacheInMemory();
  const works: Promise<unknown>[] = [];
  const tierCache = new TierCache(cache, { stalledClientMs: 30_000, fillBytes: 33_554_432 });
  const get = async (key: string, ask: () => Promise<Response>) => {
    const response = await tierCache.answer(key, "zone_1", ask, (work) => works.push(work));
    expect(openEnvelope(response)).not.toBeNull();
    return (await response.blob()).text();
  };
  const settled = async () => {
    while (works.length > 0) await Promise.all(works.splice(0));
  };
  return { get, held, settled };
}

describe("TierCache", () => {
  it("asks once for a key, as long as the envelope says", async () => {
    const { get, settled } = newCache();
    const tier = tierOf(() => new Blob(["hello"]), 5, 60);
    for (let n = 0; n < 3; n++) {
      expect(await get("a", tier.ask)).toBe("hello");
      await settled();
    }
    expect(await get("b", tier.ask)).toBe("hello");
    await settled();
    expect(tier.asked).toBe(2);
    vi.setSystemTime(Date.now() + 60_000);
    await get("a", tier.ask);
    expect(tier.asked).toBe(3);
  });

  it("keeps and shares nothing that an envelope forbids", async () => {
    const { get, held } = newCache();
    const tier = tierOf(() => new Blob(["mine"]), 4, 0);
    expect(await Promise.all([get("a", tier.ask), get("a", tier.ask)])).toEqual(["mine", "mine"]);
    expect([tier.asked, held.size]).toEqual([2, 0]);
  });

  it.each([
    ["small", 50_000],
    ["large", 3_000_000],
  ])("asks once for all that want the same %s body at once", async (_what, size) => {
    const { get, settled } = newCache();
    const tier = tierOf(() => new Blob(["x".repeat(size)]).stream(), size, 60);
    const all = await Promise.all(Array.from({ length: 5 }, () => get("a", tier.ask)));
    expect(all.map(({ length }) => length)).toEqual(Array(5).fill(size));
    await settled();
    expect(tier.asked).toBe(1);
  });

  it("keeps no body that broke off, and lets who waited for it ask themselves", async () => {
    const { get, held, settled } = newCache();
    let isBroken = true;
    const tier = tierOf(() => new Blob([isBroken ? "hel" : "hello"]).stream(), 5, 60);
    const first = get("a", tier.ask);
    const second = get("a", () => {
      isBroken = false;
      return tier.ask();
    });
    await expect(first).rejects.toThrow();
    expect(await second).toBe("hello");
    await settled();
    expect(held.size).toBe(0);
  });
});

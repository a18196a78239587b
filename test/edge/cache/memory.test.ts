import { describe, expect, it } from "vitest";
import type { ReadyAnswer } from "../../../src/edge/cache/hot-response.ts";
import { Memory } from "../../../src/edge/cache/memory.ts";
import type { StoredResponse } from "../../../src/edge/cache/stored-response.ts";

function stored(size: number | null, vary: string[] = []): StoredResponse {
  return {
    status: 200,
    headers: [],
    tagHashes: [],
    computedEtag: null,
    originEtag: null,
    isBodyApart: false,
    bodyId: "body",
    size,
    vary,
    variant: "",
    requestedAt: 0,
    answeredAt: 0,
    initialAge: 0,
    lifetime: 60,
    source: "max-age",
    zoneVersion: 1,
  };
}

const put = (memory: Memory, key: string, size = 0) => memory.put(key, stored(size), new Blob([new Uint8Array(size)]));

/** What an empty response costs under a short key. */
const COST = (() => {
  const memory = new Memory({ total: 1_000_000, object: 0 });
  put(memory, "k");
  return memory.bytes;
})();

const memoryFor = (objects: number) => new Memory({ total: objects * COST, object: 1_000 });

describe("Memory", () => {
  it("admits what is small, of known size and without variants", () => {
    const memory = memoryFor(10);
    expect(memory.admits("key", stored(1_000))).toBe(true);
    expect(memory.admits("key", stored(1_001))).toBe(false);
    expect(memory.admits("key", stored(null))).toBe(false);
    expect(memory.admits("key", stored(10, ["accept"]))).toBe(false);
    expect(memory.admits("k".repeat(3_000), stored(10))).toBe(false);
  });

  it("admits what is large when it is asked for again, and forgets who asked once when there are many", () => {
    const memory = new Memory({ total: 10_000_000, object: 1_000_000 });
    const ask = (key: string) => memory.admits(key, stored(900_000));
    expect([ask("a"), ask("b"), ask("a"), ask("a"), ask("b")]).toEqual([false, false, true, false, true]);
    for (let other = 0; other < 1_024; other++) ask(`other ${other}`);
    expect(ask("a")).toBe(false);
    expect(memory.admits("c", stored(1_000_001))).toBe(false);
    expect(memory.admits("c", stored(1_000_001))).toBe(false);
  });

  it("never holds more bytes than it may, whatever is put, put again, grown and deleted", () => {
    const memory = new Memory({ total: 100_000, object: 20_000 });
    let state = 1;
    const random = (below: number) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return (state >>> 8) % below;
    };
    for (let step = 0; step < 20_000; step++) {
      const key = `k${random(60)}`;
      const action = random(10);
      if (action < 5) put(memory, key, random(20_000));
      else if (action < 7) {
        memory.get(key)?.coded.set("br", new Blob([new Uint8Array(random(10_000))]));
        memory.recount(key);
      } else if (action < 8) memory.delete(key);
      else memory.get(key);
      expect(memory.bytes).toBeLessThanOrEqual(100_000);
    }
    for (let k = 0; k < 60; k++) memory.delete(`k${k}`);
    expect(memory.bytes).toBe(0);
  });

  it("counts keys, fields and answers made ready, not only bodies", () => {
    const memory = new Memory({ total: 1_000_000, object: 0 });
    const hot = memory.put("k".repeat(1_000), { ...stored(0), headers: [["x", "y".repeat(5_000)]] }, new Blob());
    expect(memory.bytes).toBeGreaterThan(7_000);
    const before = memory.bytes;
    const ready: ReadyAnswer = {
      whole: { status: 200, headers: new Headers(), encodeBody: "manual", targeted: [] },
      notModified: null,
      part: null,
      body: new Blob(),
      size: 0,
      coding: null,
      hasRanges: true,
      hasContentDigest: false,
      selected: null,
      lastModified: null,
      zoneVersion: 1,
      freshUntil: 0,
      age: 0,
      pageOrigin: null,
    };
    hot.ready.set("identity", ready);
    memory.recount("k".repeat(1_000));
    expect(memory.bytes).toBeGreaterThan(before + 5_000);
  });

  it("spares what was asked for and evicts the oldest of the rest", () => {
    const memory = memoryFor(3);
    for (const key of ["a", "b", "c"]) put(memory, key);
    memory.get("a");
    put(memory, "d");
    expect(memory.get("b")).toBeNull();
    for (const key of ["a", "c", "d"]) expect(memory.get(key), key).not.toBeNull();
  });

  it("holds nothing that is larger than the whole, and stays usable", () => {
    const memory = memoryFor(2);
    put(memory, "huge", 50_000);
    expect(memory.get("huge")).toBeNull();
    put(memory, "a");
    expect(memory.get("a")).not.toBeNull();
  });
});

describe("the choice of SIEVE", () => {
  /** Hits of a cache of `size` objects on a trace. */
  function hitsOf(trace: readonly string[], size: number, kind: "sieve" | "lru"): number {
    const memory = memoryFor(size);
    const recent = new Map<string, true>();
    let hits = 0;
    for (const key of trace) {
      const known = kind === "sieve" ? memory.get(key) !== null : recent.delete(key);
      if (known) hits++;
      else if (kind === "sieve") put(memory, key);
      if (kind === "lru") {
        recent.set(key, true);
        if (recent.size > size) recent.delete(recent.keys().next().value!);
      }
    }
    return hits;
  }

  /** Zipf with exponent 1 over 10,000 objects; every second request, where asked, is for an object never seen again. */
  function trace(scan: boolean): string[] {
    let state = 42;
    const random = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    };
    return Array.from({ length: 50_000 }, (_, i) =>
      scan && i % 2 === 0 ? `once-${i}` : `k${Math.floor(10_000 ** random())}`,
    );
  }

  it.each([
    ["a Zipf trace", false],
    ["a Zipf trace with a scan through it", true],
  ])("hits more often than LRU on %s", (_title, scan) => {
    const requests = trace(scan);
    const [sieve, lru] = [hitsOf(requests, 500, "sieve"), hitsOf(requests, 500, "lru")];
    expect(sieve).toBeGreaterThan(lru);
  });
});

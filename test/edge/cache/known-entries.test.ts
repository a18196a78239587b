import { describe, expect, it } from "vitest";
import type { ReadyAnswer } from "../../../src/edge/cache/hot-response.ts";
import { KnownEntries } from "../../../src/edge/cache/known-entries.ts";

const URL_OF = (name: string) => `https://a.example/.cache/primary/zone_1/${name}`;
const entry = (bodyId: string, more: object = {}) =>
  JSON.stringify({ headers: [], tagHashes: [], vary: [], bodyId, ...more });
const LARGE = entry("large", { headers: [["x", "y".repeat(30_000)]] });

describe("KnownEntries", () => {
  it("reads what an entry says, and knows the response the second time that its text is the same", () => {
    const entries = new KnownEntries();
    const first = entries.read(URL_OF("a"), entry("1"));
    expect([first.entry, first.known, entries.recall(URL_OF("a"))]).toEqual([JSON.parse(entry("1")), null, null]);
    const second = entries.read(URL_OF("a"), entry("1"));
    expect(second.known?.stored).toBe(first.entry);
    expect(entries.read(URL_OF("a"), entry("1")).known).toBe(second.known);
    expect(entries.recall(URL_OF("a"))).toBe(second.known);
    expect(entries.recall(URL_OF("b"))).toBeNull();
  });

  it("knows nothing any more once the text is another", () => {
    const entries = new KnownEntries();
    for (let i = 0; i < 2; i++) entries.read(URL_OF("a"), entry("1"));
    expect(entries.read(URL_OF("a"), entry("2"))).toMatchObject({ entry: { bodyId: "2" }, known: null });
    expect(entries.recall(URL_OF("a"))).toBeNull();
  });

  it("has no answers for a record of Vary fields, and for none under a long URL", () => {
    const entries = new KnownEntries();
    const record = JSON.stringify({ vary: ["accept"], generation: "1" });
    const long = URL_OF("a".repeat(3_000));
    for (let i = 0; i < 3; i++) {
      expect(entries.read(URL_OF("a"), record)).toMatchObject({ entry: { generation: "1" }, known: null });
      expect(entries.read(long, entry("1")).known).toBeNull();
    }
  });

  it("holds no more than it may, with the answers made ready, and forgets what is not asked for", () => {
    const entries = new KnownEntries();
    for (let i = 0; i < 2; i++) entries.read(URL_OF("hot"), entry("1"));
    const known = entries.recall(URL_OF("hot"))!;
    const before = entries.bytes;
    known.ready.set("identity", {} as ReadyAnswer);
    known.recount();
    expect(entries.bytes).toBeGreaterThan(before);
    for (let i = 0; i < 1_000; i++) {
      entries.read(URL_OF(`${i}`), LARGE);
      entries.recall(URL_OF("hot"));
      expect(entries.bytes).toBeLessThanOrEqual(4_194_304);
    }
    expect(entries.recall(URL_OF("hot"))).toBe(known);
    const held = entries.bytes;
    for (let i = 0; i < 300; i++) entries.read(URL_OF(`other ${i}`), LARGE);
    expect(entries.bytes).toBeLessThanOrEqual(4_194_304);
    expect(held).toBeGreaterThan(3_000_000);
    known.recount(); // one that has been forgotten is not counted
  });
});

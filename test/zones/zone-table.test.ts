import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Change, FeedSource } from "../../src/documents/change.ts";
import { FeedCopy } from "../../src/documents/feed-copy.ts";
import { EMPTY_PURGE_LOG, purgeVerdict } from "../../src/zones/purge/purge-log.ts";
import { DEFAULT_SETTINGS } from "../../src/zones/settings.ts";
import type { ZoneDocument } from "../../src/zones/zone.ts";
import { TableUnavailable, ZoneTable, zoneTableOf } from "../../src/zones/zone-table.ts";
import { newName } from "../support/control-plane.ts";
import { countingKv } from "../support/counting-kv.ts";

const START = 1_800_000_000_000;

function documentOf(name: string, change: Partial<ZoneDocument> = {}): ZoneDocument {
  return {
    id: `zone_${name}`,
    account: "acct_1",
    name,
    mode: "live",
    state: "active",
    origin: "https://origin.example.com",
    settings: DEFAULT_SETTINGS,
    version: 1,
    purges: EMPTY_PURGE_LOG,
    ...change,
  };
}

async function put(document: ZoneDocument): Promise<ZoneDocument> {
  await env.ZONES.put(`zone:${document.name}`, JSON.stringify(document));
  return document;
}

/** A feed that tells of some documents, as their publisher has them. */
function tellingFeed(now: () => number) {
  const told = { changes: [] as Change[], newest: new Map<string, ZoneDocument>(), asked: 0, down: false };
  const source: FeedSource = {
    async head() {
      if (told.down) throw new Error("the feed is down");
      return { head: { first: 0, open: 0, changes: [...told.changes] }, at: now() };
    },
    segment: async () => [],
    async newest(key) {
      told.asked++;
      if (told.down) throw new Error("the feed is down");
      return JSON.stringify(told.newest.get(key) ?? null);
    },
  };
  const tell = (document: ZoneDocument) => {
    told.changes.push([`zone:${document.name}`, document.version]);
    told.newest.set(`zone:${document.name}`, document);
  };
  return { told, tell, copy: new FeedCopy(source) };
}

/** A table over a counted KV, and the work that it wanted to be kept going. */
function newTable(bounds?: ConstructorParameters<typeof ZoneTable>[1]) {
  const { kv, binding } = countingKv();
  const table = new ZoneTable(binding, bounds);
  const work: Promise<unknown>[] = [];
  const lookup = (name: string, now: number) => table.lookup(name, now, (promise) => work.push(promise));
  return { kv, table, lookup, settled: () => Promise.all(work) };
}

describe("ZoneTable.lookup()", () => {
  let name: string;
  beforeEach(() => {
    name = newName();
    vi.spyOn(console, "error").mockImplementation(() => undefined);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("reads KV once and then answers without a promise for 5 s", async () => {
    const document = await put(documentOf(name));
    const { kv, lookup } = newTable();
    expect(await lookup(name, START)).toEqual(document);
    expect(lookup(name, START + 4_999)).toEqual(document);
    expect(kv.reads).toBe(1);
  });

  it.each([60_000, 3_600_000])(
    "reads KV anew when the clock has been set back by %i ms, and waits no longer than else",
    async (back) => {
      await put(documentOf(name));
      const { kv, lookup } = newTable();
      await lookup(name, START);
      expect(await lookup(newName(), START)).toBeNull();
      const paused = await put(documentOf(name, { version: 2, state: "paused" }));
      expect(await lookup(name, START - back)).toEqual(paused);
      expect(kv.reads).toBe(3);
      expect(lookup(name, START - back + 4_999)).toEqual(paused);
      expect(kv.reads).toBe(3);
    },
  );

  it("knows a zone that had its name before the name was reserved", async () => {
    const document = await put(documentOf("sso"));
    expect(await newTable().lookup("sso", START)).toEqual(document);
  });

  it("believes the purges of a document whose names have an older form, without knowing the names", async () => {
    const purges = {
      everything: [2, 0, 0],
      paths: { "1a2b3c": [5, 0, 0] },
      urls: { x: [0, 7, START] },
      prefixes: { "/img/": [9, 0, 0] },
      tags: { y: [3, 0, 0] },
    } as unknown as ZoneDocument["purges"]; // as the release before published it
    await put(documentOf(name, { version: 9, purges }));
    const document = await newTable().lookup(name, START);
    const verdict = (path: string, version: number) =>
      purgeVerdict(document!.purges, { path, query: "", tagHashes: [], version }).kind;
    expect([verdict("/a", 1), verdict("/a", 6), verdict("/a", 7)]).toEqual(["purged", "purged", "valid"]);
    expect([verdict("/img/a", 8), verdict("/img/a", 9)]).toEqual(["purged", "valid"]);
  });

  it("answers at once up to 60 s while a single read refreshes it", async () => {
    await put(documentOf(name));
    const { kv, lookup, settled } = newTable();
    await lookup(name, START);
    await put(documentOf(name, { version: 2 }));
    for (let i = 0; i < 10; i++) expect(lookup(name, START + 59_999)).toMatchObject({ version: 1 });
    expect(kv.reads).toBe(2);
    await settled();
    expect(lookup(name, START + 60_000)).toMatchObject({ version: 2 });
    expect(kv.reads).toBe(2);
  });

  it("waits for KV after 60 s", async () => {
    await put(documentOf(name));
    const { lookup } = newTable();
    await lookup(name, START);
    await put(documentOf(name, { version: 2 }));
    const answer = lookup(name, START + 60_000);
    expect(answer).toBeInstanceOf(Promise);
    expect(await answer).toMatchObject({ version: 2 });
  });

  it("shares one read between all who wait for the same name", async () => {
    await put(documentOf(name));
    const { kv, lookup } = newTable();
    const answers = await Promise.all(Array.from({ length: 50 }, () => lookup(name, START)));
    expect(answers.every((answer) => answer?.name === name)).toBe(true);
    expect(kv.reads).toBe(1);
  });

  it("does not wait with others for a read that has not ended in 5 s", async () => {
    await put(documentOf(name));
    const { kv, lookup } = newTable();
    kv.gate = new Promise(() => undefined);
    void lookup(name, START);
    kv.gate = Promise.resolve();
    expect(await lookup(name, START + 5_000)).toMatchObject({ name });
    expect(kv.reads).toBe(2);
  });

  it("remembers for 5 s that a name has no zone", async () => {
    const { kv, lookup } = newTable();
    expect(await lookup(name, START)).toBeNull();
    await put(documentOf(name));
    expect(lookup(name, START + 4_999)).toBeNull();
    expect(kv.reads).toBe(1);
    expect(await lookup(name, START + 5_000)).toMatchObject({ name });
  });

  it.each(["", "_dmarc", "-a", "xn--a", "a".repeat(64), "A"])(
    "asks KV nothing about %j, which no zone can have",
    async (bad) => {
      const { kv, lookup } = newTable();
      expect(await lookup(bad, START)).toBeNull();
      expect(kv.reads).toBe(0);
    },
  );

  it("sees a deleted zone as none, and its name's next owner within 5 s", async () => {
    await put(documentOf(name, { state: "deleted", version: 3 }));
    const { lookup } = newTable();
    expect(await lookup(name, START)).toBeNull();
    await put(documentOf(name, { id: "zone_next", version: 4 }));
    expect(await lookup(name, START + 5_000)).toMatchObject({ id: "zone_next" });
  });

  it("never goes back to an older document", async () => {
    const { table, lookup, settled } = newTable();
    table.remember(documentOf(name, { version: 7 }), START);
    await put(documentOf(name, { version: 6 }));
    lookup(name, START + 5_000);
    await settled();
    expect(lookup(name, START + 5_001)).toMatchObject({ version: 7 });
    expect(await lookup(name, START + 120_000)).toMatchObject({ version: 7 });
    table.remember(documentOf(name, { version: 5 }), START + 120_000);
    expect(lookup(name, START + 120_001)).toMatchObject({ version: 7 });
  });

  it("does not lose a new zone to a miss that KV remembers", async () => {
    const { table, lookup } = newTable();
    expect(await lookup(name, START)).toBeNull();
    table.remember(documentOf(name), START + 1);
    expect(lookup(name, START + 2)).toMatchObject({ name });
    expect(await lookup(name, START + 61_000)).toMatchObject({ name });
  });

  it("serves what it knows for an hour when KV fails, then says so", async () => {
    await put(documentOf(name));
    const { kv, lookup, settled } = newTable();
    await lookup(name, START);
    kv.down = true;
    expect(lookup(name, START + 59_999)).toMatchObject({ name });
    await settled();
    expect(await lookup(name, START + 3_599_999)).toMatchObject({ name });
    await settled();
    await expect(lookup(name, START + 3_600_000)).rejects.toThrow(TableUnavailable);
    kv.down = false;
    expect(await lookup(name, START + 3_600_001)).toMatchObject({ name });
  });

  it("says so when KV fails for a name that it does not know", async () => {
    const { kv, lookup } = newTable();
    kv.down = true;
    await expect(lookup(name, START)).rejects.toThrow(TableUnavailable);
  });

  it("refuses a document that is not JSON", async () => {
    await env.ZONES.put(`zone:${name}`, "{");
    await expect(newTable().lookup(name, START)).rejects.toThrow(TableUnavailable);
  });

  it("forgets the name longest unread when it holds too many", async () => {
    const { kv, table, lookup } = newTable({ names: 2, missing: 10, characters: 1_000_000 });
    const [first, second, third] = [newName(), newName(), newName()];
    table.remember(documentOf(first), START);
    table.remember(documentOf(second), START);
    table.remember(documentOf(first), START + 1);
    table.remember(documentOf(third), START + 2);
    expect(lookup(first, START + 3)).toMatchObject({ name: first });
    expect(lookup(third, START + 3)).toMatchObject({ name: third });
    expect(kv.reads).toBe(0);
    expect(await lookup(second, START + 3)).toBeNull();
  });

  it("forgets names when their documents are too long in all, but keeps the one just read", async () => {
    const size = JSON.stringify(documentOf(name)).length;
    const { table, lookup } = newTable({ names: 100, missing: 10, characters: size + 10 });
    const other = newName();
    table.remember(documentOf(name), START);
    table.remember(documentOf(other, { origin: `https://${"x".repeat(500)}.example.com` }), START);
    expect(await lookup(name, START)).toBeNull();
    expect(lookup(other, START)).toMatchObject({ name: other });
  });

  it("counts a document that is read again once", async () => {
    const size = JSON.stringify(documentOf(name)).length;
    const { kv, table, lookup } = newTable({ names: 100, missing: 10, characters: 3 * size });
    const other = newName();
    table.remember(documentOf(name), START);
    for (let version = 1; version < 10; version++) table.remember(documentOf(other, { version }), START);
    expect(lookup(name, START)).toMatchObject({ name });
    expect(kv.reads).toBe(0);
  });

  it("bounds the misses that it remembers without forgetting zones", async () => {
    const { kv, table, lookup } = newTable({ names: 10, missing: 2, characters: 1_000_000 });
    table.remember(documentOf(name), START);
    for (const missing of ["m1", "m2", "m3"]) expect(await lookup(missing, START)).toBeNull();
    expect(lookup(name, START)).toMatchObject({ name });
    expect(lookup("m3", START)).toBeNull();
    expect(kv.reads).toBe(3);
    expect(await lookup("m1", START)).toBeNull();
    expect(kv.reads).toBe(4);
  });
});

describe("zoneTableOf()", () => {
  it("is one table for a binding", () => {
    expect(zoneTableOf(env.ZONES)).toBe(zoneTableOf(env.ZONES));
  });
});

describe("ZoneTable that follows a feed of changes", () => {
  let name: string;
  beforeEach(() => {
    name = newName();
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  function following() {
    const { kv, table, settled } = newTable();
    let time = START;
    const feed = tellingFeed(() => time);
    table.follow(feed.copy);
    const work: Promise<unknown>[] = [];
    /** Looks up at a time, and again when what the first look-up has begun is done. */
    const twice = async (ms: number) => {
      time = START + ms;
      await table.lookup(name, time, (promise) => work.push(promise));
      await Promise.allSettled(work);
      return table.lookup(name, time, (promise) => work.push(promise));
    };
    const once = (ms: number) => {
      time = START + ms;
      return table.lookup(name, time, (promise) => work.push(promise));
    };
    return { kv, table, settled, once, twice, ...feed };
  }

  it("reads KV once a minute while the feed tells of nothing newer", async () => {
    await put(documentOf(name));
    const { kv, twice } = following();
    for (let ms = 0; ms < 60_000; ms += 1_000) expect(await twice(ms)).toMatchObject({ version: 1 });
    expect(kv.reads).toBeLessThanOrEqual(2);
  });

  it("answers what the publisher has as soon as the feed tells of it, while KV holds what is older", async () => {
    await put(documentOf(name));
    const { told, tell, twice } = following();
    expect(await twice(0)).toMatchObject({ version: 1 });
    tell(documentOf(name, { version: 2 }));
    expect(await twice(2_000)).toMatchObject({ version: 2 });
    expect(await twice(70_000)).toMatchObject({ version: 2 });
    expect(told.asked).toBe(1);
  });

  it("believes KV no more than memory: what is read for the first time is compared as well", async () => {
    await put(documentOf(name));
    const { tell, once } = following();
    tell(documentOf(name, { version: 2, state: "paused" }));
    expect(await once(0)).toMatchObject({ version: 2, state: "paused" });
  });

  it("finds a zone that KV still says is missing, and loses one that KV still has", async () => {
    const { tell, twice } = following();
    expect(await twice(0)).toBeNull();
    expect(await twice(20_000)).toBeNull();
    tell(documentOf(name, { version: 1 }));
    expect(await twice(22_000)).toMatchObject({ version: 1 });
    tell(documentOf(name, { version: 2, state: "deleted" }));
    expect(await twice(24_000)).toBeNull();
  });

  it("waits for KV after five seconds while the feed fails, and serves what it knows only where KV fails as well", async () => {
    await put(documentOf(name));
    const { kv, told, twice } = following();
    await twice(0);
    told.down = true;
    await put(documentOf(name, { version: 2 }));
    expect(await twice(30_000)).toMatchObject({ version: 2 });
    kv.down = true;
    expect(await twice(60_000)).toMatchObject({ version: 2 });
  });

  it("serves what KV has where the publisher cannot be asked, and asks it again", async () => {
    await put(documentOf(name));
    const { told, tell, twice } = following();
    await twice(0);
    tell(documentOf(name, { version: 2 }));
    const { newest } = told;
    told.newest = new Map();
    expect(await twice(2_000)).toMatchObject({ version: 1 });
    told.newest = newest;
    expect(await twice(3_000)).toMatchObject({ version: 2 });
  });
});

import { env, exports } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AccountTable } from "../../src/accounts/account-table.ts";
import type { Change, FeedHead, FeedSource } from "../../src/documents/change.ts";
import { DocumentCopies } from "../../src/documents/document-copies.ts";
import { FeedCopy } from "../../src/documents/feed-copy.ts";
import { storeOrigin } from "../../src/hosts.ts";
import type { ZoneDocument } from "../../src/zones/zone.ts";
import { ZoneTable } from "../../src/zones/zone-table.ts";
import { countingKv } from "../support/counting-kv.ts";
import { zoneDocument } from "../support/zone-document.ts";

const START = Date.UTC(2026, 2, 10, 12);
const MINUTE = 60_000;

/** The feed of the network, of which each segment is one change long. */
class PlayedFeed implements FeedSource {
  now = START;
  changes: Change[] = [];
  first = 0;
  down = false;
  newestText: string | null = null;

  async head(): Promise<{ head: FeedHead; at: number }> {
    if (this.down) throw new Error("the feed is down");
    return { head: { first: this.first, open: this.changes.length, changes: [] }, at: this.now };
  }

  async segment(number: number) {
    return [this.changes[number]!];
  }

  async newest() {
    return this.newestText;
  }
}

let feed: PlayedFeed;
let location: string;
let document: ZoneDocument;
beforeEach(async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  feed = new PlayedFeed();
  location = `https://location-${crypto.randomUUID()}.test`;
  const name = `copied-${crypto.randomUUID().slice(0, 8)}`;
  document = zoneDocument({}, { id: `zone_${name}`, name, version: 7 });
  await env.ZONES.put(`zone:${name}`, JSON.stringify(document));
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** An isolate of a location: its tables, over the KV that all have, the feed, and the copies of its location. */
function isolate(of = location) {
  const { kv, binding } = countingKv();
  const work: Promise<unknown>[] = [];
  const waitUntil = (promise: Promise<unknown>) => void work.push(promise);
  const [zones, accounts] = [new ZoneTable(binding), new AccountTable(binding)];
  const copy = new FeedCopy(feed);
  for (const table of [zones, accounts]) table.follow(copy, new DocumentCopies("documents", of));
  const settled = async <Found>(found: Found | Promise<Found>): Promise<Found> => {
    const value = await found;
    await Promise.all(work);
    return value;
  };
  const at = (time: number) => {
    feed.now = START + time;
    return feed.now;
  };
  return {
    kv,
    zone: (name: string, time: number) => settled(zones.lookup(name, at(time), waitUntil)),
    account: (id: string, time: number) => settled(accounts.lookup(id, at(time), waitUntil)),
  };
}

describe("copies of a location", () => {
  it("spare its other isolates KV for ten minutes while all changes since are told", async () => {
    const [first, elsewhere] = [isolate(), isolate(`${location}.elsewhere`)];
    expect(await first.zone(document.name, 0)).toEqual(document);
    feed.changes.push(["zone:other", 1]);
    for (const time of [1, 2 * MINUTE, 10 * MINUTE - 1]) {
      const another = isolate();
      expect(await another.zone(document.name, time)).toEqual(document);
      expect(another.kv.reads).toBe(0);
    }
    await elsewhere.zone(document.name, 1);
    const late = isolate();
    await late.zone(document.name, 10 * MINUTE);
    expect([first.kv.reads, elsewhere.kv.reads, late.kv.reads]).toEqual([1, 1, 1]);
  });

  it("are beaten by a version that is told to be newer, which then takes their place", async () => {
    await isolate().zone(document.name, 0);
    feed.changes.push([`zone:${document.name}`, 8]);
    feed.newestText = JSON.stringify({ ...document, version: 8 });
    expect((await isolate().zone(document.name, 5_000))?.version).toBe(8);
    feed.newestText = null;
    const third = isolate();
    expect((await third.zone(document.name, 10_000))?.version).toBe(8);
    expect(third.kv.reads).toBe(0);
  });

  it("are not believed where the feed does not go back to them any more", async () => {
    await isolate().zone(document.name, 0);
    feed.changes.push([`zone:${document.name}`, 8], ["zone:other", 1], ["zone:other", 2]);
    feed.first = 1;
    await env.ZONES.put(`zone:${document.name}`, JSON.stringify({ ...document, version: 8 }));
    const late = isolate();
    expect((await late.zone(document.name, 5 * MINUTE))?.version).toBe(8);
    expect(late.kv.reads).toBe(1);
  });

  it("are not believed while the feed cannot be read, and none are made", async () => {
    await isolate().zone(document.name, 0);
    feed.down = true;
    const second = isolate();
    expect(await second.zone(document.name, MINUTE)).toEqual(document);
    const third = isolate(`${location}.elsewhere`);
    await third.zone(document.name, MINUTE);
    feed.down = false;
    const fourth = isolate(`${location}.elsewhere`);
    await fourth.zone(document.name, MINUTE + 1);
    expect([second.kv.reads, third.kv.reads, fourth.kv.reads]).toEqual([1, 1, 1]);
  });

  it("tell that an account has no document, and nothing of names that clients make up", async () => {
    const [first, second] = [isolate(), isolate()];
    const id = `acct_${crypto.randomUUID()}`;
    expect(await first.account(id, 0)).toMatchObject({ state: "active" });
    expect(await second.account(id, MINUTE)).toMatchObject({ state: "active" });
    expect(await first.zone("made-up", 0)).toBeNull();
    expect(await second.zone("made-up", 1)).toBeNull();
    expect([first.kv.reads, second.kv.reads]).toEqual([2, 1]);
  });

  it("are done without where the cache fails", async () => {
    vi.spyOn(caches, "open").mockRejectedValue(new Error("no cache"));
    expect(await isolate().zone(document.name, 0)).toEqual(document);
  });

  it("stand where no client's request leads, and no zone's answer is stored", async () => {
    const origin = storeOrigin({ edgeDomains: ["rescdn.localhost"] });
    for (const method of ["GET", "PUT", "POST"]) {
      const answer = await exports.default.fetch(`${origin}/documents/zone%3A${document.name}`, { method });
      expect(answer.status).toBe(404);
      expect(await answer.text()).not.toContain(document.id);
    }
  });
});

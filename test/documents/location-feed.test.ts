import { env, exports } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FeedCopy } from "../../src/documents/feed-copy.ts";
import { LocationFeed } from "../../src/documents/location-feed.ts";
import { ZoneTable } from "../../src/zones/zone-table.ts";
import { changeRow, newRow } from "../support/zone-rows.ts";

/** KV as a location has it: what it has read once, it goes on answering. */
function laggingKv(): KVNamespace {
  const seen = new Map<string, string | null>();
  return new Proxy(env.ZONES, {
    get(target, property) {
      if (property !== "get") return Reflect.get(target, property);
      return async (key: string) => {
        if (!seen.has(key)) seen.set(key, await target.get(key));
        return seen.get(key);
      };
    },
  });
}

/** An isolate of a location: its table, and how it looks up. */
function isolate(kv: KVNamespace, location: string) {
  const table = new ZoneTable(kv);
  const { Changes } = exports as unknown as { Changes: Fetcher };
  const asked = vi.fn((url: string) => Changes.fetch(url));
  const changes = { fetch: asked } as unknown as Fetcher;
  table.follow(new FeedCopy(new LocationFeed("zones", changes, `https://${location}.test`)));
  const work: Promise<unknown>[] = [];
  const lookup = async (name: string) => {
    await table.lookup(name, Date.now(), (promise) => work.push(promise));
    await Promise.all(work);
    return table.lookup(name, Date.now(), (promise) => work.push(promise));
  };
  return { lookup, asked };
}

describe("a location whose KV lags", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("knows a change that was published elsewhere within three seconds, through the real feed and publisher", async () => {
    const row = await newRow();
    const publisher = env.ZONE_PUBLISHER.getByName(row.name);
    await publisher.publish(row.name);
    const { lookup } = isolate(laggingKv(), crypto.randomUUID());
    expect(await lookup(row.name)).toMatchObject({ version: 1 });
    await changeRow(row, { state: "paused" });
    expect(await publisher.publish(row.name)).toMatchObject({ kind: "published", isTold: true });
    expect(await lookup(row.name)).toMatchObject({ version: 1 });
    vi.setSystemTime(Date.now() + 3_000);
    expect(await lookup(row.name)).toMatchObject({ version: 2, state: "paused" });
  });

  it("reads the feed once for all its isolates", async () => {
    const location = crypto.randomUUID();
    const [first, second] = [isolate(laggingKv(), location), isolate(laggingKv(), location)];
    const row = await newRow();
    await env.ZONE_PUBLISHER.getByName(row.name).publish(row.name);
    for (const { lookup } of [first, second]) expect(await lookup(row.name)).toMatchObject({ version: 1 });
    const heads = [first, second].map(({ asked }) => asked.mock.calls.filter(([url]) => url.endsWith("/head")).length);
    expect(heads).toEqual([1, 0]);
  });
});

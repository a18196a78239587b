import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from "vitest";
import type { Env } from "../../src/env.ts";
import { republishLagging } from "../../src/zones/publication.ts";
import type { ZonePublisher } from "../../src/zones/publisher.ts";
import { recordPurge } from "../../src/zones/purge/purges.ts";
import type { ZoneDocument } from "../../src/zones/zone.ts";
import { changeRow, deleteRow, newRow, noAudit, replaceRow } from "../support/zone-rows.ts";

beforeEach(() => {
  // Ahead of the runtime's own clock: an alarm in its past would run by itself.
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 });
  vi.spyOn(scheduler, "wait").mockImplementation(async (milliseconds) => {
    vi.setSystemTime(Date.now() + milliseconds);
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

async function inKv(name: string): Promise<ZoneDocument | null> {
  return env.ZONES.get<ZoneDocument>(`zone:${name}`, "json");
}

async function publishedVersion(id: string): Promise<number | undefined> {
  const row = await env.DB.prepare("SELECT published_version FROM zones WHERE id = ?1").bind(id).first<{
    published_version: number;
  }>();
  return row?.published_version;
}

const publisherOf = (name: string) => env.ZONE_PUBLISHER.getByName(name);

/** Runs a script inside a name's publisher, with the `put` of the KV that it writes to. */
function withPut(
  name: string,
  script: (put: MockInstance<KVNamespace["put"]>, publisher: ZonePublisher, storage: Storage) => Promise<void>,
) {
  return runInDurableObject(publisherOf(name), async (loaded, { storage }) => {
    const { object: publisher } = loaded as unknown as { object: ZonePublisher };
    const { ZONES } = (publisher as unknown as { env: Env }).env;
    await script(vi.spyOn(ZONES, "put"), publisher, {
      kv: storage.kv,
      getAlarm: () => storage.getAlarm(),
      deleteAlarm: () => storage.deleteAlarm(),
    });
  });
}

type Storage = Pick<DurableObjectStorage, "kv" | "getAlarm" | "deleteAlarm">;

describe("ZonePublisher", () => {
  it("writes what D1 holds to the zone table and notes that it did", async () => {
    const row = await newRow();
    const result = await publisherOf(row.name).publish(row.name);
    expect(result).toMatchObject({ kind: "published", document: { id: row.id, version: 1, state: "active" } });
    expect(await inKv(row.name)).toEqual(result.kind === "published" && result.document);
    expect(await publishedVersion(row.id)).toBe(1);
  });

  it("sets one mark for all publications within seconds, and takes it away by alarm, without another write", async () => {
    const row = await newRow();
    await withPut(row.name, async (put, publisher, { kv, getAlarm }) => {
      const marked = vi.spyOn(kv, "put");
      for (let n = 0; n < 3; n++) await publisher.publish(row.name);
      expect([marked.mock.calls.length, put.mock.calls.length]).toEqual([1, 3]);
      expect(await getAlarm()).toBe(Date.now() + 5_000);
    });
    expect(await runDurableObjectAlarm(publisherOf(row.name))).toBe(true);
    await withPut(row.name, async (put, publisher, { kv, getAlarm }) => {
      expect([kv.get("dirty"), await getAlarm(), put.mock.calls.length]).toEqual([undefined, null, 3]);
      await publisher.publish(row.name);
      expect([kv.get("dirty"), await getAlarm()]).toEqual([{ name: row.name, failures: 0 }, Date.now() + 5_000]);
    });
  });

  it("keeps mark and alarm where a publication is asked for while the alarm is at work", async () => {
    const row = await newRow();
    await withPut(row.name, async (put, publisher, { kv, getAlarm, deleteAlarm }) => {
      const [began, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      put.mockRejectedValueOnce(new Error("KV is down"));
      vi.spyOn(console, "error").mockImplementation(() => undefined);
      await publisher.publish(row.name);
      put.mockImplementationOnce(() => {
        began.resolve();
        return ended.promise;
      });
      await deleteAlarm(); // which has come
      const alarm = publisher.alarm();
      await began.promise;
      const asked = publisher.publish(row.name);
      ended.resolve();
      await alarm;
      expect(kv.get("dirty")).toMatchObject({ name: row.name });
      expect(await getAlarm()).not.toBeNull();
      expect((await asked).kind).toBe("published");
    });
  });

  it("shares one write between all who ask before it, and leaves a second between two writes", async () => {
    const row = await newRow();
    await withPut(row.name, async (put, publisher) => {
      const writtenAt: number[] = [];
      put.mockImplementation(async () => {
        writtenAt.push(Date.now());
      });
      const slow = Object.assign(Object.create(env), { KV_WRITE_INTERVAL_MS: undefined });
      vi.spyOn(publisher as unknown as { env: Env }, "env", "get").mockReturnValue(slow);
      const start = Date.now();
      await publisher.publish(row.name);
      vi.setSystemTime(start + 300);
      const results = await Promise.all(Array.from({ length: 20 }, () => publisher.publish(row.name)));
      expect(results.every(({ kind }) => kind === "published")).toBe(true);
      expect(writtenAt).toEqual([start, start + 1_000]);
    });
  });

  it("waits for nobody where the store takes any number of writes", async () => {
    const row = await newRow();
    await withPut(row.name, async (put, publisher) => {
      for (let n = 0; n < 3; n++) await publisher.publish(row.name);
      expect(scheduler.wait).not.toHaveBeenCalled();
      expect(put).toHaveBeenCalledTimes(3);
    });
  });

  it("neither answers who asks during a write with what was read before, nor forgets them when it ends", async () => {
    const row = await newRow();
    await withPut(row.name, async (put, publisher, { kv, getAlarm }) => {
      const [began, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      put.mockImplementationOnce(() => {
        began.resolve();
        return ended.promise;
      });
      const first = publisher.publish(row.name);
      await began.promise;
      await changeRow(row);
      const second = publisher.publish(row.name);
      ended.resolve();
      expect(await first).toMatchObject({ kind: "published", document: { version: 1 } });
      expect(kv.get("dirty")).toMatchObject({ name: row.name });
      expect(await getAlarm()).not.toBeNull();
      expect(await second).toMatchObject({ kind: "published", document: { version: 2 } });
    });
    expect(await inKv(row.name)).toMatchObject({ version: 2 });
  });

  it("publishes by alarm what KV has refused, later each time, until it holds", async () => {
    const row = await newRow();
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    await withPut(row.name, async (put, publisher) => {
      put.mockRejectedValueOnce(new Error("KV is down")).mockRejectedValueOnce(new Error("KV is down"));
      expect(await publisher.publish(row.name)).toEqual({ kind: "pending", reason: "Error: KV is down" });
    });
    expect(await inKv(row.name)).toBeNull();
    expect(await publishedVersion(row.id)).toBe(0);

    const delay = () =>
      runInDurableObject(publisherOf(row.name), async (_, { storage }) => (await storage.getAlarm())! - Date.now());
    expect(await delay()).toBe(2_000);
    expect(await runDurableObjectAlarm(publisherOf(row.name))).toBe(true);
    expect(await delay()).toBe(4_000);
    expect(await runDurableObjectAlarm(publisherOf(row.name))).toBe(true);
    expect(await inKv(row.name)).toMatchObject({ id: row.id, version: 1 });
    expect(await publishedVersion(row.id)).toBe(1);
    await runDurableObjectAlarm(publisherOf(row.name));
    expect(await runDurableObjectAlarm(publisherOf(row.name))).toBe(false);
  });

  it("finishes by alarm what an object that was stopped has left", async () => {
    const row = await newRow();
    const publisher = publisherOf(row.name);
    await runInDurableObject(publisher, async (_, { storage }) => {
      storage.kv.put("dirty", { name: row.name, failures: 0 });
      await storage.setAlarm(Date.now() + 10_000);
    });
    await evictDurableObject(publisher);
    expect(await runDurableObjectAlarm(publisher)).toBe(true);
    expect(await inKv(row.name)).toMatchObject({ id: row.id });
  });

  it("says for 30 days that a zone was deleted", async () => {
    const row = await newRow();
    await publisherOf(row.name).publish(row.name);
    await deleteRow(row);
    await publisherOf(row.name).publish(row.name);
    expect(await inKv(row.name)).toMatchObject({ id: row.id, state: "deleted", version: 2 });
    const { keys } = await env.ZONES.list({ prefix: `zone:${row.name}` });
    expect(keys[0]?.expiration).toBeGreaterThan(Date.now() / 1000 + 29 * 86_400);
  });

  it("never lets a deleted zone overwrite the one that took its name", async () => {
    const old = await newRow();
    await deleteRow(old);
    const next = await replaceRow(old);
    expect(next.version).toBeGreaterThan(2);
    await publisherOf(old.name).publish(old.name);
    expect(await inKv(old.name)).toMatchObject({ id: next.id, state: "active", version: next.version });
    expect(await publishedVersion(old.id)).toBe(2);
    expect(await publishedVersion(next.id)).toBe(next.version);
  });

  it("publishes purges of the last 31 days, and no older ones", async () => {
    const row = await newRow();
    const { id: createdBy } = (await env.DB.prepare("SELECT id FROM api_keys LIMIT 1").first<{ id: string }>())!;
    const purge = (id: string, value: string, at: number) =>
      recordPurge(
        env.DB,
        { id, zone: row.id, soft: false, targets: [{ kind: "prefix", value }], createdBy },
        noAudit(),
        at,
        null,
      );
    await purge("purge_old", "/old/", Date.now() - 31 * 86_400_000 - 1);
    await purge("purge_new", "/new/", Date.now() - 31 * 86_400_000);
    await publisherOf(row.name).publish(row.name);
    expect((await inKv(row.name))?.purges.prefixes).toEqual({ "/new/": [3, 0, 0] });
  });
});

describe("republishLagging()", () => {
  it("publishes what D1 holds and nobody published, once", async () => {
    await republishLagging(env.DB, env.ZONE_PUBLISHER);
    const rows = await Promise.all([newRow(), newRow(), newRow()]);
    expect(await republishLagging(env.DB, env.ZONE_PUBLISHER)).toEqual({ lagging: 3, published: 3 });
    for (const row of rows) expect(await inKv(row.name)).toMatchObject({ id: row.id });
    expect(await republishLagging(env.DB, env.ZONE_PUBLISHER)).toEqual({ lagging: 0, published: 0 });
  });
});

describe("ZonePublisher and the feed of changes", () => {
  const head = async () => (await env.CHANGE_FEED.getByName("zones").head()).changes;

  it("tells of a change when KV has it, and before D1 says that it is published", async () => {
    const row = await newRow();
    const result = await publisherOf(row.name).publish(row.name);
    expect(result).toMatchObject({ kind: "published", isTold: true });
    expect(await head()).toContainEqual([`zone:${row.name}`, 1]);
    expect(await publisherOf(row.name).newest(row.name)).toBe(await env.ZONES.get(`zone:${row.name}`));
  });

  it("publishes and says so where the feed fails, and tells of it by alarm", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const row = await newRow();
    const publisher = publisherOf(row.name);
    const feeds = await runInDurableObject(publisher, (object) => {
      const { CHANGE_FEED } = (object as unknown as { env: Env }).env;
      return vi.spyOn(CHANGE_FEED, "getByName").mockImplementation(() => {
        throw new Error("the feed is down");
      });
    });
    expect(await publisher.publish(row.name)).toMatchObject({ kind: "published", isTold: false });
    expect(await inKv(row.name)).toMatchObject({ version: 1 });
    expect(await publishedVersion(row.id)).toBe(0);
    feeds.mockRestore();
    expect(await runDurableObjectAlarm(publisher)).toBe(true);
    expect(await head()).toContainEqual([`zone:${row.name}`, 1]);
    expect(await publishedVersion(row.id)).toBe(1);
  });

  it("answers what D1 says where it has published nothing since it was put out of memory", async () => {
    const row = await newRow();
    const publisher = publisherOf(row.name);
    await publisher.publish(row.name);
    const before = await publisher.newest(row.name);
    await evictDurableObject(publisher);
    expect(JSON.parse((await publisher.newest(row.name))!)).toEqual(JSON.parse(before!));
  });
});

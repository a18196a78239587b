import {
  createScheduledController,
  evictDurableObject,
  runDurableObjectAlarm,
  runInDurableObject,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Env } from "../../src/env.ts";
import type { NamespaceDocument, RecordDocument } from "../../src/records/documents.ts";
import { republishLaggingRecords } from "../../src/records/record-publication.ts";
import worker from "../../src/worker.ts";
import { type Customer, newCustomer } from "../support/control-plane.ts";
import { errorOf, newNamespaceName, newRecord, rest } from "../support/records-api.ts";

let customer: Customer;
let namespace: string;
let key: string;

beforeEach(async () => {
  // Ahead of the runtime's own clock: an alarm in its past would run by itself.
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 });
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  customer = await newCustomer();
  namespace = newNamespaceName();
  key = `config.${namespace}.v1`;
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const publisherOf = (documentKey: string) => env.RECORD_PUBLISHER.getByName(documentKey);
const record = () => env.ZONES.get<RecordDocument>(`rec:${key}`, "json");
const inKv = () => env.ZONES.get<NamespaceDocument>(`ns:${namespace}`, "json");
const store = () =>
  rest("/records", { method: "POST", key: customer.resolvedb, body: { record: { key, data: btoa("{}") } } });

/** Makes the KV that the publisher of a document writes to refuse writes of it. */
async function breakKv(documentKey: string): Promise<void> {
  await runInDurableObject(publisherOf(documentKey), async (publisher) => {
    const { ZONES } = (publisher as unknown as { env: Env }).env;
    const put = ZONES.put.bind(ZONES) as (...put: unknown[]) => Promise<void>;
    vi.spyOn(ZONES, "put").mockImplementation((async (written: string, ...more: unknown[]) => {
      if (written === documentKey) throw new Error("KV is down");
      return put(written, ...more);
    }) as never);
  });
}

describe("RecordPublisher", () => {
  it("has published when a record's creation is answered, and leaves nothing behind", async () => {
    await newRecord(customer.resolvedb, key);
    for (const documentKey of [`rec:${key}`, `ns:${namespace}`]) {
      await runDurableObjectAlarm(publisherOf(documentKey));
      await runInDurableObject(publisherOf(documentKey), async (_, { storage }) => {
        expect(storage.kv.get("dirty")).toBeUndefined();
        expect(await storage.getAlarm()).toBeNull();
      });
    }
    const lagging = "SELECT COUNT(*) AS n FROM records WHERE key = ?1 AND published_revision < revision";
    expect(await env.DB.prepare(lagging).bind(key).first("n")).toBe(0);
  });

  it("says for 30 days that a record was deleted", async () => {
    const { id } = await newRecord(customer.resolvedb, key);
    await rest(`/records/${id}`, { method: "DELETE", key: customer.resolvedb });
    const { keys } = await env.ZONES.list({ prefix: `rec:${key}` });
    expect(keys[0]?.expiration).toBeGreaterThan(Date.now() / 1000 + 29 * 86_400);
    await newRecord(customer.resolvedb, key);
    expect((await env.ZONES.list({ prefix: `rec:${key}` })).keys[0]?.expiration).toBeUndefined();
  });

  it("refuses with a 503 what KV does not take, keeps it, and publishes it by alarm", async () => {
    await breakKv(`rec:${key}`);
    const { message } = await errorOf(await store(), 503, "server_error");
    expect(message).toBe("The change is saved and will be published, but readers cannot see it yet");
    expect(await record()).toBeNull();
    expect(await inKv()).toMatchObject({ name: namespace });
    vi.restoreAllMocks();
    expect(await runDurableObjectAlarm(publisherOf(`rec:${key}`))).toBe(true);
    expect(await record()).toMatchObject({ key, state: "active", revision: 1 });
  });

  it("publishes no record before its namespace, and both by the cron where their objects were stopped", async () => {
    await breakKv(`ns:${namespace}`);
    await errorOf(await store(), 503, "server_error");
    expect(await record()).toBeNull();
    vi.restoreAllMocks();
    await runInDurableObject(publisherOf(`ns:${namespace}`), async (_, { storage }) => storage.deleteAll());
    await evictDurableObject(publisherOf(`ns:${namespace}`));
    await republishLaggingRecords(env.DB, env.RECORD_PUBLISHER);
    expect(await inKv()).toMatchObject({ name: namespace, revision: 1 });
    expect(await record()).toMatchObject({ key, revision: 1 });
    expect(await republishLaggingRecords(env.DB, env.RECORD_PUBLISHER)).toEqual({ lagging: 0, published: 0 });
  });

  it("publishes the namespace with the next record where it failed with the first", async () => {
    await breakKv(`ns:${namespace}`);
    await errorOf(await store(), 503, "server_error");
    vi.restoreAllMocks();
    key = `other.${namespace}.v1`;
    expect((await store()).status).toBe(201);
    expect(await inKv()).toMatchObject({ name: namespace });
  });

  it("never lets a deleted record overwrite the one that took its key", async () => {
    const { id } = await newRecord(customer.resolvedb, key);
    await rest(`/records/${id}`, { method: "DELETE", key: customer.resolvedb });
    const next = await newRecord(customer.resolvedb, key);
    await publisherOf(`rec:${key}`).publish(`rec:${key}`);
    expect(await record()).toMatchObject({ id: next.id, state: "active", revision: 3 });
  });
});

describe("the cron", () => {
  it("publishes records that lag, beside zones", async () => {
    const { id } = await newRecord(customer.resolvedb, key);
    await env.DB.prepare("UPDATE records SET ttl = 7, revision = 2 WHERE id = ?1").bind(id).run();
    await worker.scheduled(createScheduledController(), env);
    expect(await record()).toMatchObject({ ttl: 7, revision: 2 });
  });
});

import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { TableUnavailable } from "../../src/documents/document-kind.ts";
import type { NamespaceDocument, RecordDocument } from "../../src/records/documents.ts";
import { RecordTable, recordTableOf } from "../../src/records/record-table.ts";
import { newName } from "../support/control-plane.ts";

const START = 1_800_000_000_000;

/** The real KV, with its reads counted, or failing as a test says. */
function newTable() {
  const kv = { reads: 0, down: false };
  const binding = new Proxy(env.ZONES, {
    get(target, property) {
      if (property !== "get") return Reflect.get(target, property);
      return (key: string, options: KVNamespaceGetOptions<"text">) => {
        kv.reads++;
        return kv.down ? Promise.reject(new Error("KV is down")) : target.get(key, options);
      };
    },
  });
  const table = new RecordTable(binding);
  const work: Promise<unknown>[] = [];
  const keep = (promise: Promise<unknown>) => work.push(promise);
  return {
    kv,
    table,
    record: (key: string, now: number) => table.record(key, now, keep),
    namespace: (name: string, now: number) => table.namespace(name, now, keep),
    settled: () => Promise.all(work),
  };
}

function recordOf(namespace: string, change: Partial<RecordDocument> = {}): RecordDocument {
  return {
    id: `rec_${namespace}`,
    account: "acct_1",
    key: `config.${namespace}.v1`,
    namespace,
    resource: "config",
    version: "v1",
    data: "e30=",
    ttl: 3600,
    createdAt: START,
    updatedAt: START,
    revision: 1,
    state: "active",
    ...change,
  };
}

async function put(document: RecordDocument): Promise<RecordDocument> {
  await env.ZONES.put(`rec:${document.key}`, JSON.stringify(document));
  return document;
}

describe("RecordTable", () => {
  let name: string;
  let key: string;
  beforeEach(() => {
    name = newName();
    key = `config.${name}.v1`;
    vi.spyOn(console, "error").mockImplementation(() => undefined);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("reads a record once and then answers without a promise for 5 s", async () => {
    const document = await put(recordOf(name));
    const { kv, record } = newTable();
    expect(await record(key, START)).toEqual(document);
    expect(record(key, START + 4_999)).toEqual(document);
    expect(kv.reads).toBe(1);
  });

  it("answers what it knows for a minute while it reads anew", async () => {
    await put(recordOf(name));
    const { record, settled } = newTable();
    await record(key, START);
    await put(recordOf(name, { revision: 2 }));
    expect(record(key, START + 59_999)).toMatchObject({ revision: 1 });
    await settled();
    expect(record(key, START + 60_000)).toMatchObject({ revision: 2 });
  });

  it("believes a record no longer than its TTL", async () => {
    await put(recordOf(name, { ttl: 2 }));
    const { kv, record, settled } = newTable();
    await record(key, START);
    expect(record(key, START + 1_999)).toMatchObject({ revision: 1 });
    await put(recordOf(name, { ttl: 2, revision: 2 }));
    expect(await record(key, START + 2_000)).toMatchObject({ revision: 2 });
    await settled();
    kv.down = true;
    await expect(record(key, START + 4_000)).rejects.toThrow(TableUnavailable);
  });

  it("asks KV each time for a record with a TTL of 0", async () => {
    await put(recordOf(name, { ttl: 0 }));
    const { kv, record, settled } = newTable();
    await record(key, START);
    await settled();
    await record(key, START);
    expect(kv.reads).toBe(2);
  });

  it("remembers for 5 s that there is no record", async () => {
    const { kv, record } = newTable();
    expect(await record(key, START)).toBeNull();
    expect(record(key, START + 4_999)).toBeNull();
    expect(kv.reads).toBe(1);
  });

  it.each(["", "config", "config.app", "a b.app.v1", "A.app.v1", `${"a".repeat(64)}.app.v1`, "a..v1", "../x.app.v1"])(
    "asks KV nothing about %j, which no record can have",
    async (bad) => {
      const { kv, record } = newTable();
      expect(await record(bad, START)).toBeNull();
      expect(kv.reads).toBe(0);
    },
  );

  it("sees what was just published and deleted at once, and never goes back to what KV still holds", async () => {
    await put(recordOf(name));
    const { table, record, settled } = newTable();
    await record(key, START);
    table.remember(recordOf(name, { revision: 2, data: "W10=" }), START + 1);
    expect(record(key, START + 2)).toMatchObject({ data: "W10=" });
    table.remember(recordOf(name, { revision: 3, state: "deleted" }), START + 3);
    expect(record(key, START + 4)).toBeNull();
    expect(await record(key, START + 6_000)).toBeNull();
    await settled();
    expect(record(key, START + 6_001)).toBeNull();
  });

  it("knows namespaces, and by the newest revision", async () => {
    const open: NamespaceDocument = { name, account: "acct_1", visibility: "public", revision: 1, state: "active" };
    await env.ZONES.put(`ns:${name}`, JSON.stringify(open));
    const { kv, table, namespace } = newTable();
    expect(await namespace(name, START)).toEqual(open);
    expect(namespace(name, START + 1)).toEqual(open);
    expect(kv.reads).toBe(1);
    table.rememberNamespace({ ...open, visibility: "private", revision: 2 }, START + 2);
    expect(namespace(name, START + 3)).toMatchObject({ visibility: "private" });
    expect(await namespace(name, START + 90_000)).toMatchObject({ visibility: "private" });
    expect(await namespace("no.name", START)).toBeNull();
    expect(kv.reads).toBe(2);
  });

  it("is one table for a binding", () => {
    expect(recordTableOf(env.ZONES)).toBe(recordTableOf(env.ZONES));
  });
});

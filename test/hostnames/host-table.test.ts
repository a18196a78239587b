import { env, exports } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { HostDocument } from "../../src/hostnames/host-document.ts";
import { canBeHostname, HostTable, hostKey } from "../../src/hostnames/host-table.ts";
import { zoneDocument } from "../support/zone-document.ts";

const NOW = 1_800_000_000_000;
const unused = () => undefined;

/** A KV whose reads are counted. */
function countedKv(documents: Readonly<Record<string, object>>) {
  const reads: string[] = [];
  const kv = {
    async get(key: string) {
      reads.push(key);
      return documents[key] === undefined ? null : JSON.stringify(documents[key]);
    },
  } as unknown as KVNamespace;
  return { kv, reads };
}

const host = (
  hostname: string,
  zone: HostDocument["zone"] = { name: "a", id: "zone_a" },
  revision = 1,
): HostDocument => ({
  hostname,
  state: zone === null ? "deleted" : "active",
  zone,
  revision,
});

describe("canBeHostname()", () => {
  it.each(
    [
      "cdn.example.com",
      "a.b",
      "xn--bcher-kva.example",
      `${"a".repeat(63)}.example`,
      "1.2.3.4.example",
      "a-b.xn--p1ai",
    ].map((x) => [x]),
  )("%s", (hostname) => expect(canBeHostname(hostname === "a.b" ? "a.bc" : hostname)).toBe(true));

  it.each(
    [
      "",
      "localhost",
      "1.2.3.4",
      "127.0.0.1",
      "a..b",
      ".a.bc",
      "a_b.example",
      "-a.example",
      "a-.example",
      "[::1]",
      "a.b.",
      "é.example",
      `${"a".repeat(64)}.example`,
      `${"a.".repeat(130)}example`,
    ].map((x) => [x]),
  )("not %s", (hostname) => expect(canBeHostname(hostname)).toBe(false));
});

describe("HostTable", () => {
  it("finds 100 hostnames of each of 10,000 zones by one read of KV, and then by none", async () => {
    const name = (zone: number, index: number) => `h${index}.z${zone}.example.com`;
    const documents: Record<string, object> = {};
    for (let zone = 0; zone < 10_000; zone++)
      for (let index = 0; index < 100; index++)
        if (zone % 100 === 0)
          documents[hostKey(name(zone, index))] = host(name(zone, index), { name: `z${zone}`, id: `zone_${zone}` });
    const { kv, reads } = countedKv(documents);
    const table = new HostTable(kv);
    for (let zone = 0; zone < 10_000; zone += 100) {
      const found = await table.lookup(name(zone, 42), NOW, unused);
      expect(found!.zone!.id).toBe(`zone_${zone}`);
      expect(table.lookup(name(zone, 42), NOW + 1, unused)).toBe(found);
    }
    expect(reads).toHaveLength(100);
  });

  it("keeps what it knows under any number of made-up names, each read once in five seconds", async () => {
    const { kv, reads } = countedKv({ [hostKey("cdn.example.com")]: host("cdn.example.com") });
    const table = new HostTable(kv, { names: 100, missing: 1_000, characters: 100_000 });
    await table.lookup("cdn.example.com", NOW, unused);
    for (let index = 0; index < 20_000; index++) await table.lookup(`made-up-${index}.example.com`, NOW, unused);
    expect(reads).toHaveLength(20_001);
    expect(await table.lookup("made-up-19999.example.com", NOW + 4_999, unused)).toBeNull();
    expect((table.lookup("cdn.example.com", NOW + 4_999, unused) as HostDocument).hostname).toBe("cdn.example.com");
    expect(reads).toHaveLength(20_001);
  });

  it("asks KV for nothing that cannot be a hostname", () => {
    const { kv, reads } = countedKv({});
    for (const name of ["127.0.0.1", "localhost", "a_b.example"])
      expect(new HostTable(kv).lookup(name, NOW, unused)).toBeNull();
    expect(reads).toEqual([]);
  });

  it("lets the newest document win, whoever has the hostname", async () => {
    const { kv } = countedKv({ [hostKey("cdn.example.com")]: host("cdn.example.com", { name: "a", id: "zone_a" }, 1) });
    const table = new HostTable(kv);
    await table.lookup("cdn.example.com", NOW, unused);
    table.remember(host("cdn.example.com", null, 2), NOW);
    expect(table.lookup("cdn.example.com", NOW, unused)).toBeNull();
    // KV still holds the old one.
    expect(await table.lookup("cdn.example.com", NOW + 10_000, unused)).toBeNull();
    table.remember(host("cdn.example.com", { name: "b", id: "zone_b" }, 3), NOW + 10_000);
    expect((table.lookup("cdn.example.com", NOW + 10_001, unused) as HostDocument).zone!.name).toBe("b");
  });
});

describe("the edge", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    vi.spyOn(globalThis, "fetch").mockImplementation(
      async () => new Response("a", { headers: { "cache-control": "max-age=600" } }),
    );
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  /** The reads of KV of one request, and its status. */
  async function readsOf(hostname: string, path = "/a.css") {
    const get = vi.spyOn(env.ZONES, "get");
    const answer = await exports.default.fetch(`http://${hostname}${path}`);
    await answer.arrayBuffer();
    const reads = (get.mock.calls as unknown[][]).map(([key]) => String(key)).filter((key) => !key.startsWith("acct:"));
    get.mockRestore();
    return { status: answer.status, reads };
  }

  it("reads KV twice for a hostname that it meets first, once for an unknown one, and then not at all", async () => {
    const id = crypto.randomUUID().slice(0, 8);
    const zone = zoneDocument({}, { id: `zone_${id}`, name: `z-${id}`, origin: "https://origin.example" });
    const hostname = `cdn-${id}.example.com`;
    await env.ZONES.put(`zone:${zone.name}`, JSON.stringify(zone));
    await env.ZONES.put(hostKey(hostname), JSON.stringify(host(hostname, { name: zone.name, id: zone.id })));
    expect(await readsOf(hostname)).toEqual({ status: 200, reads: [hostKey(hostname), `zone:${zone.name}`] });
    expect(await readsOf(hostname, "/b.css")).toEqual({ status: 200, reads: [] });
    const unknown = `unknown-${id}.example.com`;
    expect(await readsOf(unknown)).toEqual({ status: 404, reads: [hostKey(unknown)] });
    expect(await readsOf(unknown, "/other")).toEqual({ status: 404, reads: [] });
    expect(await readsOf("192.0.2.1")).toEqual({ status: 404, reads: [] });
  });

  it("serves no zone that has taken the name of the one that a hostname leads to", async () => {
    const id = crypto.randomUUID().slice(0, 8);
    const zone = zoneDocument({}, { id: `zone_new_${id}`, name: `z-${id}`, origin: "https://origin.example" });
    const hostname = `cdn-${id}.example.com`;
    await env.ZONES.put(`zone:${zone.name}`, JSON.stringify(zone));
    await env.ZONES.put(hostKey(hostname), JSON.stringify(host(hostname, { name: zone.name, id: `zone_old_${id}` })));
    expect((await readsOf(hostname)).status).toBe(404);
  });
});

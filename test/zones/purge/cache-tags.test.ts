import { describe, expect, it } from "vitest";
import { ownCache } from "../../../src/edge/cache/own-cache.ts";
import { createStore } from "../../../src/edge/cache/store.ts";
import type { StoredResponse } from "../../../src/edge/cache/stored-response.ts";
import { textHash } from "../../../src/text-hash.ts";
import { cacheTagField, tagsOfPurge } from "../../../src/zones/purge/cache-tags.ts";
import type { PurgeTarget } from "../../../src/zones/purge/purges.ts";

/** Whether a purge by tag finds what is stored under a key with a customer's tags. */
function finds(target: PurgeTarget, key: string, tags: string[] = [], zone = "zone_a"): boolean {
  const field = cacheTagField(key, tags.map(textHash)).split(",");
  return tagsOfPurge(zone, [target]).some((tag) => field.includes(tag));
}

describe("a purge by tag", () => {
  it.each<[PurgeTarget["kind"], string, string, string[]]>([
    ["everything", "", "zone_a/a.css?v=1", []],
    ["path", "/a.css", "zone_a/a.css", []],
    ["path", "/a.css", "zone_a/a.css?v=1", []],
    ["url", "/a.css?v=1", "zone_a/a.css?v=1", []],
    ["url", "/a.css", "zone_a/a.css", []],
    ["tag", "blue", "zone_a/a.css", ["red", "blue"]],
  ])("by %s %j finds %j with the tags %j", (kind, value, key, tags) => {
    expect(finds({ kind, value }, key, tags)).toBe(true);
    expect(finds({ kind, value }, key, tags, "zone_b"), "another zone's").toBe(false);
  });

  it.each<[PurgeTarget["kind"], string, string, string[]]>([
    ["path", "/a.css", "zone_a/a.css/b", []],
    ["path", "/b.css", "zone_a/a.css", []],
    ["url", "/a.css?v=1", "zone_a/a.css?v=2", []],
    ["tag", "/a.css", "zone_a/a.css", []],
    ["path", "blue", "zone_a/a.css", ["blue"]],
    ["prefix", "/a", "zone_a/a.css", []],
  ])("by %s %j leaves %j with the tags %j", (kind, value, key, tags) => {
    expect(finds({ kind, value }, key, tags)).toBe(false);
  });
});

describe("cacheTagField()", () => {
  it("fits into the field that Cloudflare reads, whatever a customer's response says", () => {
    const tags = Array.from({ length: 5_000 }, (_, i) => `tag-${i}-${"x".repeat(1_000)}`);
    const field = cacheTagField("zone_x/a.css?v=1", tags);
    expect(field.length).toBeLessThan(16_384);
    expect(field.split(",").length).toBeLessThanOrEqual(1_000);
    expect(field).toMatch(/^[0-9a-z_-]+(,[0-9a-z_-]+)*$/);
  });
});

describe("createStore()", () => {
  const stored = {
    headers: [],
    vary: [],
    tagHashes: [textHash("blue")],
    bodyId: "body",
    variant: "",
  } as unknown as StoredResponse;
  const key = "zone_tags/a.css";
  const urls = ["primary", "part", "body/body", "coded/br/body"].map(
    (kind) => `https://a.example/.cache/${kind}/${key}`,
  );

  async function fieldsWith(tagField: typeof cacheTagField | null): Promise<(string | null | undefined)[]> {
    const store = createStore(ownCache("tags"), "https://a.example", tagField);
    const cache = await caches.open("tags");
    const body = new Blob([new Uint8Array([1])]);
    await store.write(key, stored, body);
    await store.writePart(key, stored, body);
    await store.writeBody(key, "body", new Response(body).body!);
    await store.writeCoded(key, "body", "br", body);
    return Promise.all(urls.map(async (url) => (await cache.match(url))?.headers.get("cache-tag")));
  }

  it("stores everything with its tags where purges are made by tag, and without them elsewhere", async () => {
    const [entry, body] = [cacheTagField(key, [textHash("blue")]), cacheTagField(key, [])];
    expect(await fieldsWith(cacheTagField)).toEqual([entry, entry, body, body]);
    expect(await fieldsWith(null)).toEqual([null, null, null, null]);
  });

  it("finds what older versions stored with its tags as they were, by hashes of them", async () => {
    const store = createStore(ownCache("tags"), "https://a.example");
    const cache = await caches.open("tags");
    const put = async (tags: string[]) => {
      const entry = JSON.stringify({ headers: [], vary: [], bodyId: "body", variant: "", tags });
      const headers = { "rescdn-entry": entry, "cache-control": "max-age=60" };
      await cache.put(`https://a.example/.cache/part/${key}`, new Response("x", { headers }));
      return (await store.findPart(key))?.stored.tagHashes;
    };
    expect(await put(["blue"])).toEqual([textHash("blue")]);
    expect(await put(Array.from({ length: 1_001 }, (_, at) => `${at}`))).toBeNull();
  });
});

import { expect, it } from "vitest";
import { ownCache } from "../../../src/edge/cache/own-cache.ts";
import { createStore } from "../../../src/edge/cache/store.ts";

const text = (body: ReadableStream | undefined) => new Response(body).text();

it("finds codings that stand apart, also those of older versions", async () => {
  const store = createStore(ownCache("apart"), "https://a.example");
  await store.writeCoded("key", "new", "gzip", new Blob(["packed"]).stream());
  const cache = await caches.open("apart");
  const put = (place: string, body: string | null, fields: Record<string, string>) =>
    cache.put(
      `https://a.example/.cache/coded/${place}/key`,
      new Response(body, { headers: { ...fields, "cache-control": "max-age=60" } }),
    );
  await put("gzip-apart/old", "packed", {});
  await put("gzip/old", null, { "rescdn-apart": "1" });
  for (const bodyId of ["new", "old"]) {
    const coded = await store.readCoded("key", bodyId, "gzip");
    expect([await text(coded?.body), coded?.size]).toEqual(["packed", 6]);
    await cache.delete(`https://a.example/.cache/coded/gzip-apart/${bodyId}/key`);
    expect(await store.readCoded("key", bodyId, "gzip")).toBeNull();
  }
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cdn, startCdn } from "./cdn.ts";
import { CloudflareApiServer, refusal } from "./cloudflare-api.ts";
import { get } from "./raw-client.ts";
import { answer, RawOrigin } from "./raw-origin.ts";

let api: CloudflareApiServer;
let cdn: Cdn;
let origin: RawOrigin;

beforeAll(async () => {
  [api, origin] = await Promise.all([CloudflareApiServer.start(), RawOrigin.start()]);
  cdn = await startCdn({
    CLOUDFLARE_API_TOKEN: api.token,
    CLOUDFLARE_ZONE_ID: api.zone,
    CLOUDFLARE_API_BASE: api.base,
  });
});

afterAll(async () => {
  await cdn.stop();
  await Promise.all([api.close(), origin.close()]);
});

describe("a purge with Cloudflare's API at hand", () => {
  it("holds though the API fails, is tried again until it succeeds, and sends what came meanwhile once", async () => {
    const zone = await cdn.zone(origin.url);
    const ask = async () => (await get(cdn.port, zone, "/a.css")) as { body: Buffer; headers: Record<string, string> };
    origin.on(
      "/a.css",
      answer("one", { "cache-control": "max-age=600" }),
      answer("two", { "cache-control": "max-age=600" }),
    );
    for (const _ of [1, 2]) expect((await ask()).body.toString()).toBe("one");
    api.answers(refusal(500, 10_001, "oops"), refusal(403, 10_000, "Authentication error"));
    await cdn.purge(zone, { path: "/a.css" });
    expect((await ask()).body.toString()).toBe("two");
    await cdn.purge(zone, { path: "/a.css" });
    await cdn.purge(zone, { paths: ["/b.css", "/c.css?x"], tags: ["blue"], prefixes: ["/p/"] });
    await cdn.purge(zone, { path: "/soft.css", soft: true });
    await api.called(3);
    const [, , last] = api.calls;
    expect(last!.tags).toHaveLength(4);
    expect(new Set(last!.tags).size).toBe(4);
    expect(cdn.log()).toContain('"reason":"status 500, error codes 10001"');
    expect(cdn.log()).toContain('"reason":"status 403, error codes 10000"');
    expect(cdn.log()).not.toContain(api.token);
  });
});

import { exports } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { type Customer, call, newCustomer, newName, newZone, type ShownZone } from "../support/control-plane.ts";
import { asset, originAt, playEdge } from "../support/edge.ts";

playEdge();

let customer: Customer;
beforeEach(async () => {
  customer = await newCustomer();
});

const ask = ({ name }: { name: string }, path: string) =>
  exports.default.fetch(`http://${name}.rescdn.localhost${path}`);

/** What the edge's cache did for a request. */
async function cacheOf(zone: { name: string }, path: string): Promise<string | null> {
  const answer = await ask(zone, path);
  expect(answer.status).toBe(200);
  await answer.arrayBuffer();
  return answer.headers.get("x-cache");
}

const change = (zone: ShownZone, body: unknown) =>
  call(`/v1/zones/${zone.id}`, { method: "PATCH", key: customer.live, body });

describe("a customer", () => {
  it("creates a zone, is served from it at once, purges a path, and the next request alone reaches the origin", async () => {
    const origin = originAt("https://shop.example.com").answers(asset("a {}"));
    const zone = await newZone(customer.live, { origin: origin.url });
    expect(await cacheOf(zone, "/a.css")).toBe("MISS");
    expect(await cacheOf(zone, "/a.css")).toBe("HIT");
    expect(origin.hits).toBe(1);
    expect((await call(`/v1/purge?zone=${zone.id}&path=/a.css`, { key: customer.live })).status).toBe(200);
    expect(await cacheOf(zone, "/a.css")).toBe("MISS");
    expect(await cacheOf(zone, "/a.css")).toBe("HIT");
    expect(origin.hits).toBe(2);
  });

  it("is not kept waiting by an earlier request for the name before it was a zone", async () => {
    const origin = originAt("https://early.example.com").answers(asset("a {}"));
    const name = newName();
    expect((await ask({ name }, "/a.css")).status).toBe(404);
    const zone = await newZone(customer.live, { name, origin: origin.url });
    expect(await cacheOf(zone, "/a.css")).toBe("MISS");
  });

  it("pauses a zone, resumes it and deletes it, and the edge follows each time", async () => {
    const origin = originAt("https://pause.example.com").answers(asset("a {}"));
    const zone = await newZone(customer.live, { origin: origin.url });
    await change(zone, { active: false });
    expect((await ask(zone, "/a.css")).status).toBe(403);
    await change(zone, { active: true });
    expect((await ask(zone, "/a.css")).status).toBe(200);
    await call(`/v1/zones/${zone.id}`, { method: "DELETE", key: customer.live });
    expect((await ask(zone, "/a.css")).status).toBe(404);
  });

  it("who takes a deleted zone's name never meets its predecessor's objects", async () => {
    const before = originAt("https://before.example.com").answers(asset("before {}"));
    const after = originAt("https://after.example.com").answers(asset("after {}"));
    const old = await newZone(customer.live, { origin: before.url });
    expect(await (await ask(old, "/a.css")).text()).toBe("before {}");
    await call(`/v1/zones/${old.id}`, { method: "DELETE", key: customer.live });
    const next = await newZone(customer.live, { name: old.name, origin: after.url });
    expect(await (await ask(next, "/a.css")).text()).toBe("after {}");
  });

  it("changes settings, and the next answer follows them", async () => {
    const origin = originAt("https://settings.example.com").answers(asset("a {}"));
    const zone = await newZone(customer.live, { origin: origin.url });
    expect((await ask(zone, "/a.css")).headers.get("x-team")).toBeNull();
    await change(zone, { settings: { response_headers: { "X-Team": "shop" } } });
    const answer = await ask(zone, "/a.css");
    expect(answer.headers.get("x-team")).toBe("shop");
  });

  it("moves to another origin, and what is fresh stays until it is purged", async () => {
    const [before, after] = ["https://old.example.com", "https://new.example.com"].map((url) => originAt(url));
    before!.answers(asset("before {}"));
    after!.answers(asset("after {}"));
    const zone = await newZone(customer.live, { origin: before!.url });
    expect(await cacheOf(zone, "/a.css")).toBe("MISS");
    await change(zone, { origin: after!.url });
    expect(await cacheOf(zone, "/a.css")).toBe("HIT");
    expect(await (await ask(zone, "/b.css")).text()).toBe("after {}");
    await call("/v1/purge", { method: "POST", key: customer.live, body: { zone: zone.id, everything: true } });
    expect(await (await ask(zone, "/a.css")).text()).toBe("after {}");
  });

  it("purges one zone without touching another's object of the same path", async () => {
    const origin = originAt("https://shared.example.com").answers(asset("a {}"));
    const [mine, theirs] = [
      await newZone(customer.live, { origin: origin.url }),
      await newZone((await newCustomer()).live, { origin: origin.url }),
    ];
    for (const zone of [mine, theirs]) expect(await cacheOf(zone, "/a.css")).toBe("MISS");
    await call("/v1/purge", { method: "POST", key: customer.live, body: { zone: mine.id, everything: true } });
    expect(await cacheOf(mine, "/a.css")).toBe("MISS");
    expect(await cacheOf(theirs, "/a.css")).toBe("HIT");
  });
});

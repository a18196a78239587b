import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { ZoneDocument } from "../../src/zones/zone.ts";
import { call, customerOf, newZone, type ShownZone } from "../support/control-plane.ts";

const customer = customerOf(beforeAll);

const read = (zone: ShownZone, headers: Record<string, string> = {}, method = "GET") =>
  call(`/v1/zones/${zone.id}`, { key: customer.live, headers, method });
const etagOf = async (zone: ShownZone) => (await read(zone)).headers.get("etag")!;
const patch = (zone: ShownZone, headers: Record<string, string>, body: unknown = { settings: { negative_ttl: 3 } }) =>
  call(`/v1/zones/${zone.id}`, { method: "PATCH", key: customer.live, headers, body });
const remove = (zone: ShownZone, headers: Record<string, string>) =>
  call(`/v1/zones/${zone.id}`, { method: "DELETE", key: customer.live, headers });

/** How a test writes If-Match, from the tag that the zone has. */
const holds: [string, (etag: string) => string][] = [
  ["the tag", (etag) => etag],
  ["a list with the tag", (etag) => `"a,b", ${etag}`],
  ["the tag marked as weak by what has compressed the answer", (etag) => `"a",W/${etag}`],
  ["*", () => "*"],
];
const fails: [string, (etag: string) => string][] = [
  ["another tag", () => '"another"'],
  ["a list without the tag", () => '"a", W/"b"'],
  ["the tag without its quotes", (etag) => etag.replaceAll('"', "")],
  ["no tag at all", () => ","],
];

describe("ETag", () => {
  it("is the same in the answers to POST, GET by id and by name, and HEAD, and another one after a PATCH", async () => {
    const created = await call("/v1/zones", {
      method: "POST",
      key: customer.live,
      body: { name: `etag-${crypto.randomUUID().slice(0, 8)}`, origin: "https://a.example.com" },
    });
    const zone = await created.json<ShownZone>();
    const etag = created.headers.get("etag");
    expect(etag).toMatch(/^"1-[\w-]{22}"$/);
    expect(await etagOf(zone)).toBe(etag);
    expect(await etagOf({ ...zone, id: zone.name })).toBe(etag);
    expect((await read(zone, {}, "HEAD")).headers.get("etag")).toBe(etag);
    const changed = await patch(zone, {});
    expect(changed.headers.get("etag")).toMatch(/^"2-[\w-]{22}"$/);
    expect(await etagOf(zone)).toBe(changed.headers.get("etag"));
  });

  it("stays through purges, as the answer does", async () => {
    const zone = await newZone(customer.live);
    const etag = await etagOf(zone);
    await call(`/v1/purge?zone=${zone.id}&path=/a.css`, { key: customer.live });
    expect(await etagOf(zone)).toBe(etag);
    expect(await (await read(zone)).json()).toEqual(zone);
    expect((await patch(zone, { "if-match": etag })).status).toBe(200);
  });

  it("tells two zones apart that had one name", async () => {
    const old = await newZone(customer.live);
    const etag = await etagOf(old);
    await remove(old, {});
    const next = await newZone(customer.live, { name: old.name });
    expect(await etagOf(next)).not.toBe(etag);
  });
});

describe("If-None-Match", () => {
  it.each(["GET", "HEAD"])(
    "answers %s with 304 while the zone has the tag, weak or not, and no longer",
    async (method) => {
      const zone = await newZone(customer.live);
      const etag = await etagOf(zone);
      for (const known of [etag, `W/${etag}`, `"a", ${etag}`, "*"]) {
        const answer = await read(zone, { "if-none-match": known }, method);
        expect(answer.status).toBe(304);
        expect(answer.headers.get("etag")).toBe(etag);
        expect(await answer.text()).toBe("");
      }
      expect((await read(zone, { "if-none-match": '"a"' }, method)).status).toBe(200);
      await patch(zone, {});
      expect((await read(zone, { "if-none-match": etag }, method)).status).toBe(200);
    },
  );

  it("answers 412 to a change of a zone that has the tag", async () => {
    const zone = await newZone(customer.live);
    expect((await patch(zone, { "if-none-match": "*" })).status).toBe(412);
    expect((await patch(zone, { "if-none-match": '"a"' })).status).toBe(200);
  });
});

describe("If-Match", () => {
  it.each(holds)("lets PATCH and DELETE pass with %s", async (_, write) => {
    const zone = await newZone(customer.live);
    expect((await patch(zone, { "if-match": write(await etagOf(zone)) })).status).toBe(200);
    expect((await remove(zone, { "if-match": write(await etagOf(zone)) })).status).toBe(204);
  });

  it.each(fails)("answers 412 to GET, PATCH and DELETE with %s, and changes nothing", async (_, write) => {
    const zone = await newZone(customer.live);
    const headers = { "if-match": write(await etagOf(zone)) };
    for (const answer of [await patch(zone, headers), await remove(zone, headers), await read(zone, headers)]) {
      expect(answer.status).toBe(412);
      expect(await answer.json()).toMatchObject({
        code: "precondition_failed",
        error: expect.stringContaining("changed"),
      });
    }
    expect(await (await read(zone)).json()).toEqual(zone);
    expect(await env.ZONES.get<ZoneDocument>(`zone:${zone.name}`, "json")).toMatchObject({ version: 1 });
  });

  it("answers 404 about a zone that is not there, whatever the tag", async () => {
    expect((await patch({ id: "zone_missing" } as ShownZone, { "if-match": "*" })).status).toBe(404);
  });

  it("lets one of many changes pass that were made from the same version", async () => {
    const zone = await newZone(customer.live);
    const headers = { "if-match": await etagOf(zone) };
    const answers = await Promise.all([
      ...Array.from({ length: 6 }, (_, i) => patch(zone, headers, { settings: { negative_ttl: i } })),
      remove(zone, headers),
    ]);
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status !== 412)).toHaveLength(1);
  });
});

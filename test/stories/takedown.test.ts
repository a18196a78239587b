import { env, exports } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { type Customer, call, newCustomer, newZone, type ShownZone } from "../support/control-plane.ts";
import { asset, type Origin, originAt, playEdge } from "../support/edge.ts";
import { operate, operated } from "../support/operator.ts";

playEdge();

interface Shown {
  takedown: { id: string; url: string; zone: string; account: string; reference: string };
}

let customer: Customer;
let origin: Origin;
let zone: ShownZone;
let origins = 0;
beforeEach(async () => {
  customer = await newCustomer();
  origin = originAt(`https://taken-${++origins}.example.com`).answers(
    asset("a {}", { "cache-control": "max-age=600" }),
  );
  zone = await newZone(customer.live, { origin: origin.url });
});

const ask = (path: string, init?: RequestInit) =>
  exports.default.fetch(`http://${zone.name}.rescdn.localhost${path}`, init);
const status = async (path: string, init?: RequestInit) => {
  const answer = await ask(path, init);
  await answer.arrayBuffer();
  return answer.status;
};
const takeDown = (path: string, reference = "DSA-1") =>
  operated<Shown>("/takedowns", { url: `https://${zone.name}.rescdn.io${path}`, reference });

describe("a takedown", () => {
  it("answers 451 with its reference at once, also for what is hot, and to every method", async () => {
    await status("/a.css");
    await status("/a.css");
    const { takedown } = await takeDown("/a.css", "DSA-2026-17");
    expect(takedown).toMatchObject({
      zone: zone.name,
      account: customer.account,
      url: `https://${zone.name}.rescdn.io/a.css`,
    });
    const answer = await ask("/a.css");
    expect(answer.status).toBe(451);
    expect(answer.headers.get("cache-status")).toBe("ResCDN; detail=taken-down");
    expect(await answer.json()).toMatchObject({ code: "taken-down", reference: "DSA-2026-17" });
    for (const method of ["HEAD", "OPTIONS", "POST"]) expect(await status("/a.css", { method }), method).toBe(451);
    expect(await status("/a.css", { headers: { range: "bytes=0-0" } })).toBe(451);
    expect(origin.hits).toBe(1);
    expect(await status("/b.css")).toBe(200);
  });

  it("of a path holds for every query and spelling of it", async () => {
    await takeDown("/leak/%61.css");
    for (const path of ["/leak/a.css", "/leak/a.css?x=1", "/leak/%61.css", "/x/../leak/a.css", "/leak/%2e/a.css"])
      expect(await status(path), path).toBe(451);
    // What servers read as the same: several slashes, encoded ones, parameters of a segment.
    for (const path of [
      "/leak//a.css",
      "//leak/a.css",
      "/leak%2Fa.css",
      "/leak/a.css;v=1",
      "/leak;x/a.css",
      "/x/..;/leak/a.css",
    ])
      expect(await status(path), path).toBe(451);
    for (const path of ["/leak/a.cssx", "/leak/", "/leak/b.css"]) expect(await status(path), path).toBe(200);
  });

  it("of a prefix holds for all that begins so", async () => {
    const { takedown } = await takeDown("/leak/*");
    expect(takedown.url).toBe(`https://${zone.name}.rescdn.io/leak/*`);
    for (const path of ["/leak/", "/leak/a.css", "/leak/b/c?d", "//leak//b", "/leak%5Cb"])
      expect(await status(path), path).toBe(451);
    expect(await status("/leaks.css")).toBe(200);
  });

  it("of a query holds for that query, as the zone reads queries", async () => {
    await takeDown("/list.css?page=2&a=1");
    expect(await status("/list.css?page=2&a=1")).toBe(451);
    expect(await status("/list.css?page=3")).toBe(200);
    const settings = (query: unknown) =>
      call(`/v1/zones/${zone.id}`, { method: "PATCH", key: customer.live, body: { settings: { query } } });
    await settings("sort");
    expect(await status("/list.css?a=1&page=2")).toBe(451);
    await settings(["page"]);
    expect(await status("/list.css?page=2&b=2")).toBe(451);
    expect(await status("/list.css?page=3")).toBe(200);
    await settings("ignore");
    expect(await status("/list.css?page=4")).toBe(451);
  });

  it("is lifted, and what was stored before is served again", async () => {
    await status("/a.css");
    const { takedown } = await takeDown("/a.css");
    expect((await operate(`/takedowns/${takedown.id}`, undefined, "DELETE")).status).toBe(204);
    expect(await status("/a.css")).toBe(200);
    expect(origin.hits).toBe(1);
    expect((await operate(`/takedowns/${takedown.id}`, undefined, "DELETE")).status).toBe(404);
  });

  it("outlives its zone: the same account does not lift it by making the zone anew", async () => {
    await takeDown("/a.css");
    await call(`/v1/zones/${zone.id}`, { method: "DELETE", key: customer.live });
    zone = await newZone(customer.live, { name: zone.name, origin: origin.url });
    expect(await status("/a.css")).toBe(451);
  });

  it("does not fall on another account that takes the name much later", async () => {
    await takeDown("/a.css");
    await call(`/v1/zones/${zone.id}`, { method: "DELETE", key: customer.live });
    await env.DB.prepare("UPDATE zones SET deleted_at = 1 WHERE id = ?1").bind(zone.id).run();
    const other = await newCustomer();
    zone = await newZone(other.live, { name: zone.name, origin: origin.url });
    expect(await status("/a.css")).toBe(200);
  });

  it("stands in the audit log of the account, by the operator", async () => {
    const { takedown } = await takeDown("/a.css", "DSA-3");
    await operate(`/takedowns/${takedown.id}`, undefined, "DELETE");
    const { changes } = await (await call(`/v1/audit?target=${zone.id}&actor=operator`, { key: customer.live })).json<{
      changes: object[];
    }>();
    const what = { kind: "path", value: "/a.css", reference: "DSA-3" };
    expect(changes).toMatchObject([
      { action: "zone.takedown_lift", before: what, after: null },
      { action: "zone.takedown", before: null, after: what },
    ]);
  });

  it("is listed by zone and account, and repeated it replaces the reference", async () => {
    await takeDown("/a.css", "first");
    await takeDown("/a.css", "second");
    await takeDown("/b.css", "third");
    for (const filter of [`zone=${zone.name}`, `account=${customer.account}`]) {
      const { takedowns } = await operated<{ takedowns: { reference: string }[] }>(`/takedowns?${filter}`);
      expect(takedowns.map(({ reference }) => reference)).toEqual(["second", "third"]);
    }
    const page = await operated<{ takedowns: object[]; next_cursor: string }>(`/takedowns?zone=${zone.name}&limit=1`);
    const next = await operated<{ takedowns: object[] }>(`/takedowns?zone=${zone.name}&cursor=${page.next_cursor}`);
    expect([page.takedowns, next.takedowns]).toMatchObject([[{ reference: "second" }], [{ reference: "third" }]]);
    expect(await (await ask("/a.css")).json()).toMatchObject({ reference: "second" });
  });

  it.each([
    ["https://example.com/a.css", 422],
    ["/a.css", 422],
    ["ftp://my-assets.rescdn.io/a.css", 422],
    ["https://api.rescdn.io/v1/zones", 422],
    ["https://no-zone-of-anybody.rescdn.io/a.css", 404],
  ])("of %s is refused with %i", async (url, expected) => {
    expect((await operate("/takedowns", { url, reference: "x" })).status).toBe(expected);
  });

  it("takes hosts as browsers show them, and is not made twice by one", async () => {
    const { takedown } = await operated<Shown>("/takedowns", {
      url: `http://${zone.name.toUpperCase()}.RESCDN.localhost:8787/a.css#top`,
      reference: "x",
    });
    expect(takedown.url).toBe(`https://${zone.name}.rescdn.io/a.css`);
    expect(await status("/a.css")).toBe(451);
  });
});

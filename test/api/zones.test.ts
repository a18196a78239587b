import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { DEFAULT_SETTINGS } from "../../src/zones/settings.ts";
import type { ZoneDocument } from "../../src/zones/zone.ts";
import { call, customerOf, newCustomer, newName, newZone, type ShownZone } from "../support/control-plane.ts";
import { newKey } from "../support/keys.ts";

const customer = customerOf(beforeAll);

const inKv = (name: string) => env.ZONES.get<ZoneDocument>(`zone:${name}`, "json");
const create = (body: unknown) => call("/v1/zones", { method: "POST", key: customer.live, body });
const patch = (id: string, body: unknown) => call(`/v1/zones/${id}`, { method: "PATCH", key: customer.live, body });

describe("POST /v1/zones", () => {
  it("answers 201 with the documented zone and its place, when the zone table holds it", async () => {
    const name = newName();
    const answer = await create({ name, origin: "https://your-origin.com" });
    expect(answer.status).toBe(201);
    const zone = await answer.json<ShownZone>();
    expect(zone).toEqual({
      id: expect.stringMatching(/^zone_[0-9A-Za-z]{20}$/),
      name,
      subdomain: `${name}.rescdn.io`,
      origin: "https://your-origin.com",
      created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      active: true,
      mode: "live",
      version: 1,
      settings: DEFAULT_SETTINGS,
    });
    expect(answer.headers.get("location")).toBe(`/v1/zones/${zone.id}`);
    expect(await inKv(name)).toMatchObject({ id: zone.id, account: customer.account, state: "active", version: 1 });
  });

  it("answers 409 to a name that is taken, by whomever", async () => {
    const { name } = await newZone((await newCustomer()).live);
    const answer = await create({ name, origin: "https://a.example.com" });
    expect(answer.status).toBe(409);
    expect(await answer.json()).toMatchObject({ error: "a zone with this name already exists", code: "name_taken" });
  });

  it("gives a name to one of many who ask at once", async () => {
    const body = { name: newName(), origin: "https://a.example.com" };
    const statuses = await Promise.all(Array.from({ length: 8 }, async () => (await create(body)).status));
    expect(statuses.sort()).toEqual([201, ...Array(7).fill(409)]);
  });

  it.each([
    [{}, ["name", "origin"]],
    [{ name: 1, origin: true }, ["name", "origin"]],
    ...["api", "mta-sts", "openpgpkey", "ssladmin", "sso", "ns7", "_dmarc"].map((name): [object, string[]] => [
      { name, origin: "https://a.example.com" },
      ["name"],
    ]),
    [{ name: "Upper", origin: "https://a.example.com" }, ["name"]],
    [{ name: "fine-1", origin: "https://127.0.0.1" }, ["origin"]],
    [{ name: "fine-2", origin: "http://a.example.com" }, ["origin"]],
    [{ name: "fine-3", origin: "https://other.rescdn.io" }, ["origin"]],
    [
      { name: "fine-4", origin: "https://a.example.com", settings: { ttl: { css: -1 }, x: 1 } },
      ["settings.ttl.css", "settings.x"],
    ],
    [
      { name: "fine-5", origin: "https://a.example.com", settings: { fallback_origin: "https://10.0.0.1" } },
      ["settings.fallback_origin"],
    ],
    [
      { name: "fine-8", origin: "https://a.example.com", settings: { origin_host: "other.rescdn.io" } },
      ["settings.origin_host"],
    ],
    [{ name: "fine-6", origin: "https://a.example.com", settings: null }, ["settings"]],
    [{ name: "fine-7", origin: "https://a.example.com", active: false }, ["active"]],
  ])("answers 422 to %j and names the fields", async (body, fields) => {
    const answer = await create(body);
    expect(answer.status).toBe(422);
    const { details, code } = await answer.json<{ code: string; details: { field: string; message: string }[] }>();
    expect(code).toBe("invalid_request");
    expect(details.map(({ field }) => field).sort()).toEqual(fields);
    expect(details.every(({ message }) => message.length > 0)).toBe(true);
  });

  it("gives a deleted zone's name to the same account at once, with an id of its own", async () => {
    const old = await newZone(customer.live);
    await call(`/v1/zones/${old.id}`, { method: "DELETE", key: customer.live });
    const next = await newZone(customer.live, { name: old.name });
    expect(next.id).not.toBe(old.id);
    expect(next.version).toBe(1);
    expect(await inKv(old.name)).toMatchObject({ id: next.id, state: "active", version: 3 });
  });

  it("keeps a deleted zone's name from other accounts for 30 days, as if the zone still were", async () => {
    const other = await newCustomer();
    const old = await newZone(customer.live);
    const take = () =>
      call("/v1/zones", { method: "POST", key: other.live, body: { name: old.name, origin: "https://b.example.com" } });
    const whileItWas = await take();
    await call(`/v1/zones/${old.id}`, { method: "DELETE", key: customer.live });
    const deletedAt = Date.now();
    vi.setSystemTime(deletedAt + 30 * 86_400_000 - 2_000);
    const kept = await take();
    expect(kept.status).toBe(409);
    const { request_id: _, ...problem } = await kept.json<Record<string, unknown>>();
    const { request_id: __, ...before } = await whileItWas.json<Record<string, unknown>>();
    expect(problem).toEqual(before);
    vi.setSystemTime(deletedAt + 30 * 86_400_000);
    expect((await take()).status).toBe(201);
  });

  it("gives a deleted zone's name to one of its account and a stranger who ask at once", async () => {
    const other = await newCustomer();
    const old = await newZone(customer.live);
    await call(`/v1/zones/${old.id}`, { method: "DELETE", key: customer.live });
    const body = { name: old.name, origin: "https://b.example.com" };
    const answers = await Promise.all(
      [other.live, customer.live, other.test].map((key) => call("/v1/zones", { method: "POST", key, body })),
    );
    expect(answers.map(({ status }) => status)).toEqual([409, 201, 409]);
  });

  it("holds an account to its plan's zones, live and test together, even when many are made at once", async () => {
    const { account, live, test } = await newCustomer();
    await env.DB.prepare(
      `INSERT INTO zones (id, account_id, name, mode, origin, settings, state, version, created_at, updated_at)
       WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 97)
       SELECT ?1 || i, ?1, ?2 || i, 'live', 'https://a.example.com', '{}', 'active', 1, 0, 0 FROM n`,
    )
      .bind(account, newName())
      .run();
    const one = (key: string) =>
      call("/v1/zones", { method: "POST", key, body: { name: newName(), origin: "https://a.example.com" } });
    const answers = await Promise.all([live, test, live, test, live, test].map(one));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 403, 403, 403]);
    const refused = answers.find(({ status }) => status === 403)!;
    expect(await refused.json()).toMatchObject({
      code: "limit_reached",
      error: "the plan free allows 100 zones: delete one that is not needed, or ask for a larger plan",
    });
    const { zones } = await (await call("/v1/zones", { key: live })).json<{ zones: ShownZone[] }>();
    await call(`/v1/zones/${zones[0]!.id}`, { method: "DELETE", key: live });
    expect((await one(live)).status).toBe(201);
  });
});

describe("GET /v1/zones", () => {
  it("leads through all zones in pages, oldest first, each once", async () => {
    const { live } = await newCustomer();
    const created: string[] = [];
    for (let i = 0; i < 5; i++) created.push((await newZone(live)).name);
    const seen: string[] = [];
    let path = "/v1/zones?limit=2";
    for (let page = 0; page < 3; page++) {
      const { zones, next_cursor } = await (await call(path, { key: live })).json<{
        zones: ShownZone[];
        next_cursor: string | null;
      }>();
      seen.push(...zones.map(({ name }) => name));
      expect(next_cursor === null).toBe(page === 2);
      path = `/v1/zones?limit=2&cursor=${next_cursor}`;
    }
    expect(seen.sort()).toEqual(created.sort());
    const all = await (await call("/v1/zones", { key: live })).json<{ next_cursor: unknown }>();
    expect(all.next_cursor).toBeNull();
  });

  it.each([
    "limit=0",
    "limit=1001",
    "limit=x",
    "limit=1.5",
    "cursor=x",
    "cursor=",
    "cursor=%00",
    `cursor=${btoa("1 x")}`,
  ])("answers 422 to ?%s", async (query) => {
    expect((await call(`/v1/zones?${query}`, { key: customer.live })).status).toBe(422);
  });
});

describe("GET /v1/zones/:id", () => {
  it("shows the values of headers to the origin, which may be credentials, only to keys that may change the zone", async () => {
    const settings = { origin_headers: { authorization: "Basic c2VjcmV0" }, response_headers: { "x-a": "seen" } };
    const zone = await newZone(customer.live, { settings });
    expect(zone.settings).toMatchObject(settings);
    const { token } = await newKey(customer.live, { scopes: ["zones:read"] });
    const redacted = { ...settings, origin_headers: { authorization: "[redacted]" } };
    const one = await call(`/v1/zones/${zone.id}`, { key: token });
    expect(await one.json()).toMatchObject({ id: zone.id, settings: redacted });
    const { zones } = await (await call("/v1/zones", { key: token })).json<{ zones: ShownZone[] }>();
    expect(zones.find(({ id }) => id === zone.id)?.settings).toMatchObject(redacted);
    expect(JSON.stringify(zones)).not.toContain("c2VjcmV0");

    const headers = { "if-match": one.headers.get("etag")! };
    const change = { method: "PATCH", key: customer.live, body: { active: false }, headers };
    expect((await call(`/v1/zones/${zone.id}`, change)).status).toBe(200);
  });

  it("answers by id and by name", async () => {
    const zone = await newZone(customer.live);
    for (const id of [zone.id, zone.name]) {
      const answer = await call(`/v1/zones/${id}`, { key: customer.live });
      expect(answer.status).toBe(200);
      expect(await answer.json()).toEqual(zone);
    }
  });

  it.each(["%00", "%27%20OR%201=1", "%zz", "..%2fadmin", "x".repeat(5_000), "%F0%9F%92%A9"])(
    "answers 404 to %j",
    async (id) => {
      expect((await call(`/v1/zones/${id}`, { key: customer.live })).status).toBe(404);
    },
  );
});

describe("GET /v1/zones?name=", () => {
  it("finds the zone of a name, or all whose names begin so, in pages, and none of others", async () => {
    const { live } = await newCustomer();
    const start = newName();
    for (const end of ["", "-a", "-b_", "-c"].map((each) => each.replace("_", "")))
      await newZone(live, { name: `${start}${end}` });
    await newZone(live);
    const names = async (query: string) => {
      const answer = await call(`/v1/zones?${query}`, { key: live });
      expect(answer.status).toBe(200);
      return (await answer.json<{ zones: ShownZone[] }>()).zones.map(({ name }) => name.slice(start.length));
    };
    expect(await names(`name=${start}`)).toEqual([""]);
    expect(await names(`name=${start.toUpperCase()}-A`)).toEqual(["-a"]);
    expect(await names(`name=${start}*`)).toEqual(["", "-a", "-b", "-c"]);
    expect(await names(`name=${start}-*&limit=2`)).toEqual(["-a", "-b"]);
    expect(await names("name=%25*")).toEqual([]);
    expect(await names(`name=${start.slice(0, -1)}_`)).toEqual([]);
    expect((await call("/v1/zones?name=*a", { key: live })).status).toBe(422);
  });
});

describe("PATCH /v1/zones/:id", () => {
  it("changes origin, settings and state, each alone, and publishes each", async () => {
    const zone = await newZone(customer.live, { settings: { negative_ttl: 5 } });
    const changes = [
      { body: { origin: "https://b.example.com" }, shows: { origin: "https://b.example.com", active: true } },
      {
        body: { settings: { ttl: { css: 60 } } },
        shows: { settings: { negative_ttl: 5, ttl: { css: 60, js: 86_400 } } },
      },
      { body: { active: false }, shows: { active: false, origin: "https://b.example.com" } },
      { body: { active: true }, shows: { active: true } },
      { body: { settings: { ttl: null } }, shows: { settings: { ttl: { css: 86_400 } } } },
    ];
    for (const [index, { body, shows }] of changes.entries()) {
      const answer = await patch(zone.id, body);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ ...shows, version: index + 2, created: zone.created });
      expect(await inKv(zone.name)).toMatchObject({ version: index + 2 });
    }
    expect(await inKv(zone.name)).toMatchObject({ state: "active", settings: { negative_ttl: 5 } });
  });

  it("loses none of many changes made at once", async () => {
    const zone = await newZone(customer.live);
    const extensions = ["a", "b", "c", "d"];
    const answers = await Promise.all(
      extensions.map((extension) => patch(zone.id, { settings: { ttl_by_extension: { [extension]: 1 } } })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect((await inKv(zone.name))?.settings.ttl_by_extension).toEqual({ a: 1, b: 1, c: 1, d: 1 });
  });

  it("holds a zone to the limits over many changes", async () => {
    const zone = await newZone(customer.live);
    const headers = (prefix: string) =>
      Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`${prefix}${i}`, "1"]));
    expect((await patch(zone.id, { settings: { origin_headers: headers("a") } })).status).toBe(200);
    const answer = await patch(zone.id, { settings: { origin_headers: headers("b") } });
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({
      details: [{ field: "settings.origin_headers", message: "must have at most 50 names" }],
    });
  });

  it.each([
    [{ name: "other" }, "name"],
    [{ id: "zone_x" }, "id"],
    [{ origin: null }, "origin"],
    [{ origin: "https://user@a.example.com" }, "origin"],
    [{ active: "yes" }, "active"],
    [{ settings: { cors: "x" } }, "settings.cors"],
    [{ settings: { fallback_origin: "https://localhost" } }, "settings.fallback_origin"],
    [{ settings: { fallback_origin: "" } }, "settings.fallback_origin"],
    [{ settings: { origin_host: "https://a.example.com" } }, "settings.origin_host"],
    [{ settings: { origin_host: "api.rescdn.io" } }, "settings.origin_host"],
    [{ settings: { origin_host: "a.example.com\r\nx: y" } }, "settings.origin_host"],
  ])("answers 422 to %j and leaves the zone as it is", async (body, field) => {
    const zone = await newZone(customer.live);
    const answer = await patch(zone.id, body);
    expect(answer.status).toBe(422);
    expect((await answer.json<{ details: { field: string }[] }>()).details.map((detail) => detail.field)).toEqual([
      field,
    ]);
    expect((await inKv(zone.name))?.version).toBe(1);
  });
});

describe("DELETE /v1/zones/:id", () => {
  it("answers 204, then 404, and the zone table says that the zone is gone", async () => {
    const zone = await newZone(customer.live);
    const answer = await call(`/v1/zones/${zone.name}`, { method: "DELETE", key: customer.live });
    expect(answer.status).toBe(204);
    expect(await answer.text()).toBe("");
    expect(await inKv(zone.name)).toMatchObject({ id: zone.id, state: "deleted", version: 2 });
    for (const method of ["GET", "DELETE"]) {
      expect((await call(`/v1/zones/${zone.id}`, { method, key: customer.live })).status).toBe(404);
    }
  });
});

import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { ZoneDocument } from "../../src/zones/zone.ts";
import { anyRules, chance } from "../support/any-rules.ts";
import { call, customerOf, newZone, type ShownZone } from "../support/control-plane.ts";
import { newKey } from "../support/keys.ts";

const customer = customerOf(beforeAll);
const patch = (id: string, settings: unknown, headers: Record<string, string> = {}) =>
  call(`/v1/zones/${id}`, { method: "PATCH", key: customer.live, body: { settings }, headers });
const inKv = (name: string) => env.ZONES.get<ZoneDocument>(`zone:${name}`, "json");

const MOVED = { name: "old paths moved", when: { path: "/old/*" }, do: { redirect: { to: "/new/$1", status: 301 } } };

describe("rules in a zone's settings", () => {
  it("are set in their order, replaced as a whole, shown as they are, and gone with null", async () => {
    const zone = await newZone(customer.live);
    const off = { enabled: false, do: { deny: { status: 410 } } };
    const set = await patch(zone.id, { rules: [MOVED, off] });
    expect([set.status, (await set.json<ShownZone>()).settings.rules]).toEqual([200, [MOVED, off]]);
    expect((await inKv(zone.name))?.settings.rules).toEqual([MOVED, off]);
    const stale = { "if-match": '"1-0000"' };
    expect((await patch(zone.id, { rules: [] }, stale)).status).toBe(412);
    expect((await (await patch(zone.id, { rules: [off] })).json<ShownZone>()).settings.rules).toEqual([off]);
    expect((await (await patch(zone.id, { rules: null })).json<ShownZone>()).settings.rules).toEqual([]);
  });

  it("are refused by a sentence that names the rule, by its place and name, and the field", async () => {
    const zone = await newZone(customer.live);
    const answer = await patch(zone.id, {
      rules: [MOVED, { name: "EU only", when: { country: "Europe" }, do: { deny: { status: 200 } } }, { do: {} }],
    });
    expect(answer.status).toBe(422);
    expect((await answer.json<{ details: unknown }>()).details).toEqual([
      {
        field: "settings.rules.1.when.country",
        message: `must be a country's two letters (ISO 3166), or T1 for the Tor network (rule 2, "EU only")`,
      },
      {
        field: "settings.rules.1.do.deny.status",
        message: expect.stringMatching(/^must be 400, .* \(rule 2, "EU only"\)$/),
      },
      { field: "settings.rules.2.do", message: "must have an action (rule 3)" },
    ]);
  });

  it.each(["POST", "PATCH"])(
    "%s: another origin is held to what origins may be, and stored as it will be asked",
    async (method) => {
      const rules = (origin: string) => [{ name: "media", when: { path: "/media/*" }, do: { origin } }];
      const zone = await newZone(customer.live);
      const send = (origin: string) =>
        method === "PATCH"
          ? patch(zone.id, { rules: rules(origin) })
          : call("/v1/zones", {
              method,
              key: customer.live,
              body: {
                name: `r-${crypto.randomUUID().slice(0, 8)}`,
                origin: "https://a.example.com",
                settings: { rules: rules(origin) },
              },
            });
      for (const origin of [
        "http://a.example.com",
        "https://10.0.0.1",
        "https://localhost",
        "https://a.example.com/?x",
        "ftp://a",
      ]) {
        const answer = await send(origin);
        const [problem] = (await answer.json<{ details: { field: string; message: string }[] }>()).details;
        expect([answer.status, problem?.field], origin).toEqual([422, "settings.rules.0.do.origin"]);
        expect(problem?.message).toMatch(/ \(rule 1, "media"\)$/);
      }
      const taken = await (await send("https://Media.Example.com:443/")).json<ShownZone>();
      expect(taken.settings.rules).toEqual(rules("https://media.example.com"));
    },
  );

  it("do not show what they send to origins to a key that may not change them, nor the audit log to anybody", async () => {
    const zone = await newZone(customer.live);
    const rules = [{ do: { request_headers: { authorization: "Basic c2VjcmV0", cookie: null } } }];
    expect((await patch(zone.id, { rules })).status).toBe(200);
    const reader = await newKey(customer.live, { scopes: ["zones:read"] });
    const shown = await (await call(`/v1/zones/${zone.id}`, { key: reader.token })).text();
    const audit = await (await call(`/v1/audit?target=${zone.id}`, { key: customer.live })).text();
    for (const text of [shown, audit]) {
      expect(text).toContain("[redacted]");
      expect(text).not.toContain("c2VjcmV0");
    }
    const whole = await (await call(`/v1/zones/${zone.id}`, { key: customer.live })).json<ShownZone>();
    expect(whole.settings.rules).toEqual(rules);
  });

  it("a purge of a URL is one of its path where rules decide which queries count", async () => {
    const zone = await newZone(customer.live);
    await patch(zone.id, { rules: [{ when: { path: "/img/*" }, do: { query: "ignore" } }] });
    const answer = await call(`/v1/purge?zone=${zone.id}&path=${encodeURIComponent("/img/a?v=1")}`, {
      key: customer.live,
    });
    expect(await answer.json()).toMatchObject({ purged: true, paths: ["/img/a"] });
  });
});

it("any document of rules is taken or refused as documented", async () => {
  const zone = await newZone(customer.live);
  const next = chance(7);
  const counts = { 200: 0, 422: 0 };
  for (let i = 0; i < 60; i++) {
    const { status } = await patch(zone.id, { rules: anyRules(next) });
    expect([200, 422]).toContain(status);
    counts[status as 200 | 422]++;
  }
  expect(Math.min(counts[200], counts[422])).toBeGreaterThan(10);
}, 60_000);

describe("the other settings of a zone's hosts", () => {
  it("merge name by name, and null puts a default back", async () => {
    const zone = await newZone(customer.live);
    const set = async (settings: unknown) => (await (await patch(zone.id, settings)).json<ShownZone>()).settings;
    await set({
      error_pages: { "404": "<p>a</p>", "5xx": "<p>b</p>" },
      hsts: { max_age: 60 },
      maintenance: { retry_after: 5 },
    });
    expect(
      await set({ error_pages: { "404": null }, hsts: { include_subdomains: true }, maintenance: null }),
    ).toMatchObject({
      error_pages: { "5xx": "<p>b</p>" },
      hsts: { max_age: 60, include_subdomains: true },
      maintenance: null,
    });
    expect(await set({ error_pages: null, hsts: null })).toMatchObject({ error_pages: {}, hsts: null });
  });

  it("HSTS needs a max_age in the end, and what is preloaded is warned of", async () => {
    const zone = await newZone(customer.live);
    const answer = await patch(zone.id, { hsts: { include_subdomains: true } });
    expect([answer.status, await answer.json()]).toMatchObject([
      422,
      { details: [{ field: "settings.hsts.max_age" }] },
    ]);
    const short = await patch(zone.id, { hsts: { max_age: 60, preload: true } });
    expect(await short.json()).toMatchObject({ details: [{ field: "settings.hsts.preload" }] });
    const preloaded = await patch(zone.id, { hsts: { max_age: 31_536_000, include_subdomains: true, preload: true } });
    expect(await preloaded.json()).toMatchObject({ warnings: [expect.stringMatching(/^hsts\.preload .* for years/)] });
    expect(await (await patch(zone.id, { hsts: null })).json()).not.toHaveProperty("warnings");
  });
});

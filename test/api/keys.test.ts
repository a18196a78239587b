import { env } from "cloudflare:workers";
import fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { isWithin } from "../../src/accounts/key-powers.ts";
import { SCOPES, type Scope } from "../../src/accounts/scopes.ts";
import { newToken } from "../../src/accounts/token.ts";
import { type Call, call, customerOf, newCustomer, newZone, textWithoutId } from "../support/control-plane.ts";
import { keysSeenBy, newKey, type ShownKey, type ShownNewKey, takeCalls } from "../support/keys.ts";

const customer = customerOf(beforeEach);

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
const shownTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
const create = (key: string, body: unknown) => call("/v1/keys", { method: "POST", key, body });
const read = (key: string, id: string) => call(`/v1/keys/${id}`, { key });
const revoke = (key: string, id: string) => call(`/v1/keys/${id}`, { method: "DELETE", key });
const rotate = (key: string, id: string, body?: unknown) =>
  call(`/v1/keys/${id}/rotate`, { method: "POST", key, body });
const statusWith = async (key: string) => (await call("/v1/me", { key })).status;

const routes: { title: string; path: (id: string) => string; call: Call; own: number }[] = [
  { title: "GET /v1/keys", path: () => "/v1/keys", call: {}, own: 200 },
  { title: "POST /v1/keys", path: () => "/v1/keys", call: { method: "POST", body: { name: "new" } }, own: 201 },
  { title: "GET /v1/keys/:id", path: (id) => `/v1/keys/${id}`, call: {}, own: 200 },
  { title: "POST /v1/keys/:id/rotate", path: (id) => `/v1/keys/${id}/rotate`, call: { method: "POST" }, own: 201 },
  { title: "DELETE /v1/keys/:id", path: (id) => `/v1/keys/${id}`, call: { method: "DELETE" }, own: 204 },
];
const aboutOneKey = routes.filter(({ path }) => path("ID").includes("ID"));

describe.each(routes)("$title", ({ path, call: made, own }) => {
  it(`answers ${own} to a key with keys:write alone`, async () => {
    const { token } = await newKey(customer.live, { scopes: ["keys:write"] });
    const { id } = await newKey(token);
    expect((await call(path(id), { key: token, ...made })).status).toBe(own);
  });

  it("answers 403 to a key without keys:write, and names it", async () => {
    const { id } = await newKey(customer.live, { scopes: ["purge"] });
    const { token } = await newKey(customer.live, {
      scopes: SCOPES.rescdn.filter((scope) => scope !== "keys:write"),
    });
    const answer = await call(path(id), { key: token, ...made });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ error: "this key lacks the scope keys:write", code: "forbidden" });
  });

  it.each([
    ["no key", () => undefined],
    ["a key that nobody has", () => newToken("rk_live")],
    ["a key of ResolveDB", () => customer.resolvedb],
  ])("answers 401 to %s", async (_, key) => {
    const shown = key();
    expect((await call(path("key_x"), { ...(shown && { key: shown }), ...made })).status).toBe(401);
  });

  it("answers 429 beyond the rate of the plan", async () => {
    const { token, id } = await newKey(customer.live);
    await takeCalls(customer.account, id, 100);
    expect((await call(path(id), { key: token, ...made })).status).toBe(429);
  });
});

it.each(["/v1/me", "/v1/audit"])("GET %s answers 429 beyond the rate of the plan", async (path) => {
  const { token, id } = await newKey(customer.live);
  await takeCalls(customer.account, id, 100);
  expect((await call(path, { key: token })).status).toBe(429);
});

describe.each(aboutOneKey)("$title", ({ path, call: made }) => {
  it.each<[string, () => Promise<{ key: string; id: string }>]>([
    ["another account's key", async () => ({ key: (await newCustomer()).live, id: (await newKey(customer.live)).id })],
    ["a live key to a test key", async () => ({ key: customer.test, id: (await newKey(customer.live)).id })],
    ["a test key to a live key", async () => ({ key: customer.live, id: (await newKey(customer.test)).id })],
    ["a key of the other product", async () => ({ key: customer.live, id: await resolvedbKeyId() })],
    [
      "a key with a scope more",
      async () => ({
        key: (await newKey(customer.live, { scopes: ["keys:write"] })).token,
        id: (await newKey(customer.live, { scopes: ["keys:write", "purge"] })).id,
      }),
    ],
    [
      "a key of a zone more",
      async () => {
        const [a, b] = [await newZone(customer.live), await newZone(customer.live)];
        return {
          key: (await newKey(customer.live, { zones: [a.id] })).token,
          id: (await newKey(customer.live, { zones: [a.id, b.id] })).id,
        };
      },
    ],
    [
      "a key that is not restricted",
      async () => {
        const zone = await newZone(customer.live);
        return { key: (await newKey(customer.live, { zones: [zone.id] })).token, id: (await newKey(customer.live)).id };
      },
    ],
    [
      "a key that lives longer",
      async () => ({
        key: (await newKey(customer.live, { expires: inSeconds(1_000) })).token,
        id: (await newKey(customer.live, { expires: inSeconds(2_000) })).id,
      }),
    ],
    [
      "a key that has been revoked",
      async () => {
        const { id } = await newKey(customer.live);
        await revoke(customer.live, id);
        return { key: customer.live, id };
      },
    ],
  ])("answers 404 about %s as if there were none, to the letter, and changes nothing", async (_, prepare) => {
    const { key, id } = await prepare();
    const missing = await call(path("key_missing"), { key, ...made });
    const before = await rows();
    const answer = await call(path(id), { key, ...made });
    expect([answer.status, await textWithoutId(answer)]).toEqual([404, await textWithoutId(missing)]);
    expect(await rows()).toEqual(before);
  });
});

async function rows() {
  const { results } = await env.DB.prepare("SELECT * FROM api_keys WHERE account_id = ?1 ORDER BY id")
    .bind(customer.account)
    .all();
  return results;
}

async function resolvedbKeyId() {
  const row = await env.DB.prepare("SELECT id FROM api_keys WHERE account_id = ?1 AND product = 'resolvedb'")
    .bind(customer.account)
    .first<{ id: string }>();
  return row!.id;
}

describe("POST /v1/keys", () => {
  it("answers 201 with the key, its place and its token, which is shown nowhere else", async () => {
    const zone = await newZone(customer.live);
    const body = {
      name: " CI ",
      scopes: ["purge", "zones:read"],
      zones: [zone.name],
      expires: "2100-01-01T00:00:00+01:00",
    };
    const answer = await create(customer.live, body);
    expect(answer.status).toBe(201);
    const created = await answer.json<ShownNewKey>();
    const { token, ...shown } = created;
    expect(created).toEqual({
      id: expect.stringMatching(/^key_[0-9A-Za-z]{20}$/),
      name: "CI",
      prefix: token.slice(0, 12),
      mode: "live",
      scopes: ["zones:read", "purge"],
      zones: [zone.id],
      created: shownTime,
      expires: "2099-12-31T23:00:00Z",
      last_used: null,
      revoked: null,
      token: expect.stringMatching(/^rk_live_\w{35}$/),
    });
    expect(answer.headers.get("location")).toBe(`/v1/keys/${created.id}`);
    expect(await (await read(customer.live, created.id)).json()).toEqual(shown);
    expect(await keysSeenBy(customer.live)).toContainEqual(shown);
    expect((await call(`/v1/zones/${zone.id}`, { key: token })).status).toBe(200);
  });

  it("gives a new key what the asking one has where nothing is said", async () => {
    const zone = await newZone(customer.test);
    const body = { scopes: ["keys:write", "purge"], zones: [zone.id], expires: inSeconds(3_600) };
    const parent = await newKey(customer.test, body);
    const child = await newKey(parent.token);
    const { mode, scopes, zones, expires } = parent;
    expect(child).toMatchObject({ mode, scopes, zones, expires });
    expect(child.token).toMatch(/^rk_test_/);
  });

  it("holds a key to its zones and scopes", async () => {
    const [mine, other] = [await newZone(customer.live), await newZone(customer.live)];
    const { token } = await newKey(customer.live, { zones: [mine.id], scopes: ["zones:read"] });
    const { zones } = await (await call("/v1/zones", { key: token })).json<{ zones: { id: string }[] }>();
    expect(zones.map(({ id }) => id)).toEqual([mine.id]);
    expect((await call(`/v1/zones/${other.id}`, { key: token })).status).toBe(404);
    expect((await call(`/v1/zones/${mine.id}`, { key: token, method: "DELETE" })).status).toBe(403);
  });

  it("answers 403 to a scope that the asking key lacks, and names it", async () => {
    const { token } = await newKey(customer.live, { scopes: ["keys:write", "purge"] });
    const answer = await create(token, { name: "more", scopes: ["purge", "usage:read", "zones:write"] });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({
      error: "this key lacks the scope usage:read, zones:write, so it cannot grant it",
      code: "forbidden",
      details: [{ field: "scopes" }],
    });
  });

  it("answers 422 to zones beyond the asking key's, and to an end after its own", async () => {
    const [mine, other] = [await newZone(customer.live), await newZone(customer.live)];
    const { token } = await newKey(customer.live, { zones: [mine.id], expires: inSeconds(100) });
    for (const [body, field] of [
      [{ zones: null }, "zones"],
      [{ zones: [mine.id, other.id] }, "zones.1"],
      [{ zones: [other.name] }, "zones.0"],
      [{ expires: null }, "expires"],
      [{ expires: inSeconds(200) }, "expires"],
    ] as const) {
      const answer = await create(token, { name: "more", ...body });
      expect(answer.status).toBe(422);
      expect(await answer.json()).toMatchObject({ code: "invalid_request", details: [{ field }] });
    }
  });

  it("answers the same to a stranger's zone, to one of the other mode and to none", async () => {
    const strangers = await newZone((await newCustomer()).live);
    const test = await newZone(customer.test);
    for (const zone of [strangers.id, strangers.name, test.id, "zone_missing"]) {
      const answer = await create(customer.live, { name: "x", zones: [zone] });
      expect(answer.status).toBe(422);
      expect(await answer.json()).toMatchObject({
        details: [{ field: "zones.0", message: `there is no zone "${zone}"` }],
      });
    }
  });

  it.each([
    [{}, ["name"]],
    [{ name: " " }, ["name"]],
    [{ name: "x".repeat(201) }, ["name"]],
    [{ name: "x", scopes: [] }, ["scopes"]],
    [{ name: "x", scopes: ["read"] }, ["scopes.0"]],
    [{ name: "x", zones: [] }, ["zones"]],
    [{ name: "x", zones: Array(101).fill("zone_a") }, ["zones"]],
    [{ name: "x", zones: ["z".repeat(65)] }, ["zones.0"]],
    [{ name: "x", expires: "tomorrow" }, ["expires"]],
    [{ name: "x", expires: "2100-02-30T00:00:00Z" }, ["expires"]],
    [{ name: "x", expires: "2020-01-01T00:00:00Z" }, ["expires"]],
    [{ name: "x", mode: "test", account: "a" }, ["mode", "account"]],
  ])("answers 422 to %j and names the fields", async (body, fields) => {
    const answer = await create(customer.live, body);
    expect(answer.status).toBe(422);
    const { details } = await answer.json<{ details: { field: string }[] }>();
    expect(details.map(({ field }) => field)).toEqual(fields);
  });

  it("answers 403 beyond the plan's number of keys, and says what to do", async () => {
    await env.DB.prepare(
      `INSERT INTO api_keys (id, account_id, product, mode, hash, prefix, name, scopes, created_at)
       SELECT 'key_' || ?1 || value, ?1, 'rescdn', 'live', ?1 || value, '', '', 'purge', 0
       FROM json_each(?2)`,
    )
      .bind(customer.account, JSON.stringify(Array.from({ length: 48 }, (_, index) => index)))
      .run();
    const answer = await create(customer.live, { name: "one more" });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({
      code: "limit_reached",
      error: "the plan free allows 50 keys: revoke one that is not needed, or ask for a larger plan",
    });
  });

  it("never makes a key that can do more than the one that asks, whatever is asked", async () => {
    const zones = [await newZone(customer.live), await newZone(customer.live)];
    await env.DB.prepare("UPDATE accounts SET plan = 'enterprise' WHERE id = ?1").bind(customer.account).run();
    const ids = zones.map(({ id }) => id);
    const powers = {
      scopes: fc.subarray([...SCOPES.rescdn], { minLength: 1 }),
      zones: fc.option(fc.subarray(ids, { minLength: 1 })),
      expires: fc.option(fc.constantFrom(10_000, 20_000)),
    };
    const dated = (body: { expires?: number | null }) => ({
      name: "x",
      ...body,
      ...(body.expires && { expires: inSeconds(body.expires) }),
    });
    let made = 0;
    await fc.assert(
      fc.asyncProperty(fc.record(powers), fc.record(powers, { requiredKeys: [] }), async (callers, asked) => {
        const scopes = [...new Set<Scope>([...callers.scopes, "keys:write"])];
        const caller = await newKey(customer.live, dated({ ...callers, scopes } as object));
        const answer = await create(caller.token, dated(asked as object));
        expect([201, 403, 422]).toContain(answer.status);
        if (answer.status !== 201) return;
        made++;
        const child = await answer.json<ShownNewKey>();
        expect(isWithin(powersOf(child), powersOf(caller))).toBe(true);
      }),
      { numRuns: 80, seed: 20261125 },
    );
    expect(made).toBeGreaterThan(4);
  }, 60_000);
});

function powersOf({ mode, scopes, zones, expires }: ShownKey) {
  const expiresAt = expires === null ? null : Date.parse(expires);
  return { mode: mode as "live", scopes: scopes as Scope[], zones, expiresAt };
}

describe("GET /v1/keys", () => {
  it("leads through all keys in pages, oldest first, each once", async () => {
    const names = ["first key", "a", "b", "c", "d"];
    for (const name of names.slice(1)) await newKey(customer.live, { name });
    expect((await keysSeenBy(customer.live, 2)).map(({ name }) => name)).toEqual(names);
  });

  it("shows only keys that can do no more, and the asking key", async () => {
    const zone = await newZone(customer.live);
    const weak = await newKey(customer.live, { name: "weak", scopes: ["keys:write"], zones: [zone.id] });
    await newKey(customer.live, { name: "other", scopes: ["purge"] });
    const child = await newKey(weak.token, { name: "child" });
    expect((await keysSeenBy(weak.token)).map(({ id }) => id)).toEqual([weak.id, child.id]);
    expect((await keysSeenBy(customer.test)).map(({ name }) => name)).toEqual(["first key"]);
  });

  it.each(["limit=0", "limit=1001", "cursor=x", `cursor=${btoa("1 zone_1")}`])("answers 422 to ?%s", async (query) => {
    expect((await call(`/v1/keys?${query}`, { key: customer.live })).status).toBe(422);
  });
});

describe("a key", () => {
  it("is refused on the request after it was revoked, also by itself", async () => {
    const { id, token } = await newKey(customer.live);
    expect(await statusWith(token)).toBe(200);
    expect((await revoke(customer.live, id)).status).toBe(204);
    expect(await statusWith(token)).toBe(401);
    const own = await newKey(customer.live);
    expect((await revoke(own.token, own.id)).status).toBe(204);
    expect(await statusWith(own.token)).toBe(401);
  });

  it("is refused from the moment that it expires", async () => {
    const expires = inSeconds(60);
    const { token } = await newKey(customer.live, { expires });
    vi.setSystemTime(Date.parse(expires) - 1_001);
    expect(await statusWith(token)).toBe(200);
    expect(await statusWith(token)).toBe(401);
  });

  it("is refused on the request after it was rotated, and its successor let in", async () => {
    const old = await newKey(customer.live, { name: "CI", scopes: ["purge"] });
    const answer = await rotate(customer.live, old.id);
    expect(answer.status).toBe(201);
    const next = await answer.json<ShownNewKey>();
    expect(next).toMatchObject({ name: "CI", scopes: ["purge"], zones: null, expires: null, revoked: null });
    expect(answer.headers.get("location")).toBe(`/v1/keys/${next.id}`);
    expect(next.id).not.toBe(old.id);
    expect(await statusWith(old.token)).toBe(401);
    expect(await statusWith(next.token)).toBe(200);
  });

  it("works for the grace after it was rotated, and shows until when", async () => {
    const old = await newKey(customer.live);
    await rotate(customer.live, old.id, { grace_seconds: 600 });
    const rotated = Date.now();
    const { revoked } = await (await read(customer.live, old.id)).json<ShownKey>();
    expect(revoked).toBe(new Date(rotated + 600_000).toISOString().replace(/\.\d+/, ""));
    vi.setSystemTime(rotated + 600_000 - 1_001);
    expect(await statusWith(old.token)).toBe(200);
    expect(await statusWith(old.token)).toBe(401);
    expect((await read(customer.live, old.id)).status).toBe(404);
  });

  it("can rotate itself", async () => {
    const old = await newKey(customer.live);
    const next = await (await rotate(old.token, old.id)).json<ShownNewKey>();
    expect(await statusWith(next.token)).toBe(200);
  });
});

describe("POST /v1/keys/:id/rotate", () => {
  it("answers 409 to a key that was rotated before or has expired", async () => {
    const { id } = await newKey(customer.live);
    await rotate(customer.live, id, { grace_seconds: 600 });
    const again = await rotate(customer.live, id);
    expect([again.status, await again.json()]).toMatchObject([409, { code: "key_rotated" }]);
    const expires = inSeconds(5);
    const expiring = await newKey(customer.live, { expires });
    vi.setSystemTime(Date.parse(expires));
    const late = await rotate(customer.live, expiring.id);
    expect([late.status, await late.json()]).toMatchObject([409, { code: "key_expired" }]);
  });

  it.each([
    { grace_seconds: -1 },
    { grace_seconds: 604_801 },
    { grace_seconds: 1.5 },
    { grace_seconds: "1" },
    { grace: 1 },
  ])("answers 422 to %j", async (body) => {
    const { id } = await newKey(customer.live);
    expect((await rotate(customer.live, id, body)).status).toBe(422);
  });
});

describe("PATCH /v1/keys/:id", () => {
  it("changes a key's name, which the audit log keeps, and nothing else", async () => {
    const { token, ...key } = await newKey(customer.live, { scopes: ["purge"] });
    const rename = () =>
      call(`/v1/keys/${key.id}`, { method: "PATCH", key: customer.live, body: { name: " deploy " } });
    for (const answer of [await rename(), await rename()]) {
      expect(answer.status).toBe(200);
      expect(await answer.json()).toEqual({ ...key, name: "deploy" });
    }
    expect((await call("/v1/me", { key: token })).status).toBe(200);
    const audit = await call(`/v1/audit?target=${key.id}&action=key.rename`, { key: customer.live });
    expect((await audit.json<{ changes: object[] }>()).changes).toMatchObject([
      { before: { name: key.name }, after: { name: "deploy" } },
    ]);
  });

  it.each(["scopes", "zones", "expires", "mode"])("says that %s cannot be changed", async (name) => {
    const { id } = await newKey(customer.live);
    const body = { name: "x", [name]: null };
    const answer = await call(`/v1/keys/${id}`, { method: "PATCH", key: customer.live, body });
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({
      details: [{ field: name, message: "cannot be changed: create another key, and revoke this one" }],
    });
  });
});

describe("a key without keys:write", () => {
  it("rotates itself, and no other", async () => {
    const { id, token } = await newKey(customer.live, { scopes: ["purge"] });
    const other = await newKey(customer.live, { scopes: ["purge"] });
    expect((await rotate(token, other.id)).status).toBe(403);
    const answer = await rotate(token, id, { grace_seconds: 60 });
    expect(answer.status).toBe(201);
    const rotated = await answer.json<{ token: string; scopes: string[] }>();
    expect(rotated.scopes).toEqual(["purge"]);
    expect((await call("/v1/me", { key: rotated.token })).status).toBe(200);
  });
});

describe("GET /v1/me", () => {
  it("shows account, key and what is used of the plan, to any key", async () => {
    await newZone(customer.live);
    await newZone(customer.test);
    const { token, ...key } = await newKey(customer.live, { scopes: ["purge"] });
    const answer = await call("/v1/me", { key: token });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      account: {
        id: customer.account,
        name: "Acme",
        email: expect.stringContaining("@"),
        plan: "free",
        created: shownTime,
      },
      key,
      limits: { requests_per_minute: 100, zones: { limit: 100, in_use: 2 }, keys: { limit: 50, in_use: 3 } },
    });
  });

  it("shows a rotated key its end", async () => {
    const { id, token } = await newKey(customer.live);
    await rotate(customer.live, id, { grace_seconds: 600 });
    const { key } = await (await call("/v1/me", { key: token })).json<{ key: ShownKey }>();
    expect(key).toMatchObject({ id, revoked: shownTime });
  });

  it.each([undefined, "rk_live_x"])("answers 401 to %s", async (key) => {
    expect((await call("/v1/me", { ...(key && { key }) })).status).toBe(401);
  });
});

import { env } from "cloudflare:workers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { call, customerOf, newName, newZone, type ShownZone } from "../support/control-plane.ts";
import { operationsOfApi } from "../support/operations.ts";
import { keyedCall, send } from "./causes.ts";

const customer = customerOf(beforeAll);
beforeAll(async () => {
  vi.spyOn(globalThis, "fetch").mockRejectedValue(new Error("these tests have no network"));
  await env.DB.prepare("UPDATE accounts SET plan = 'enterprise'").run(); // for its rate
});
afterAll(() => {
  vi.restoreAllMocks();
});

const calls = (await operationsOfApi()).flatMap((operation) => {
  const keyed = keyedCall(operation);
  return keyed === null ? [] : [{ title: operation.title, ...keyed }];
});

interface Detail {
  field: string;
  message: string;
}

describe("an unknown query parameter", () => {
  it.each(calls)(
    "of $title is a 422 that names it, and what is known",
    async ({ recipe, method, product, operation }) => {
      const key = product.keyOf(customer);
      const at = (await recipe.about?.make(key))?.at ?? "";
      const path = recipe.path(at);
      const answer = await send(method, `${path}${path.includes("?") ? "&" : "?"}zonee=1&a%20b=`, {
        headers: product.shown(key),
        body: recipe.body?.(at),
      });
      expect(answer.status).toBe(422);
      const body = await answer.json<{ details?: Detail[]; error: { details?: Detail[] } }>();
      const details = body.details ?? body.error.details!;
      expect(details.map(({ field }) => field)).toEqual(["zonee", "a b"]);
      const known = (operation.parameters ?? [])
        .filter((parameter) => parameter.in === "query")
        .map(({ name }) => name);
      const said = known.length === 0 ? "this call takes none" : `known here: ${known.join(", ")}`;
      for (const { message } of details) expect(message).toBe(`is not a known parameter; ${said}`);
    },
  );

  it("of a call with an operator's token is one as well", async () => {
    const answer = await call("/admin/accounts?plan=pro", {
      method: "POST",
      headers: { authorization: `Bearer ${env.ADMIN_TOKEN}` },
      body: { name: "A", email: "unknown-parameter@example.com" },
    });
    expect(answer.status).toBe(422);
  });

  it("keeps a purge from being made", async () => {
    const zone = await newZone(customer.live);
    await call(`/v1/purge?zone=${zone.id}&path=/a&sofft=true`, { key: customer.live });
    expect(await (await call(`/v1/purges?zone=${zone.id}`, { key: customer.live })).json()).toMatchObject({
      purges: [],
    });
  });

  it("is named together with those that are wrong", async () => {
    const answer = await call("/v1/usage?zonee=x&from=yesterday&to=later&granularity=week", { key: customer.live });
    const { details } = await answer.json<{ details: Detail[] }>();
    expect(details.map(({ field }) => field).sort()).toEqual(["from", "granularity", "to", "zonee"]);
  });
});

/** What people say of a field. A validator's words would be none of these. */
const SENTENCE = /^(is|has|may|must|cannot|follows|there is) [^:]/;
const VALIDATORS = /invalid|expected|received|too (small|big)|unrecognized|undefined|NaN|nonoptional|zod/i;
const WRONG = [
  undefined,
  null,
  true,
  0,
  -1,
  1.5,
  1e20,
  "",
  "x",
  "x".repeat(9_000),
  [],
  [1],
  [null],
  {},
  { x: 1 },
  { x: [] },
];

function expectSentences(details: readonly Detail[] = []): void {
  for (const { field, message } of details) {
    expect(field).not.toBe("");
    expect(message).toMatch(SENTENCE);
    expect(message).not.toMatch(VALIDATORS);
  }
}

describe("every wrong value gets a sentence for people", () => {
  const SETTINGS =
    `ttl_mode ttl ttl_by_extension browser_ttl negative_ttl query methods stale_while_revalidate stale_if_error
    forward origin_auth origins failover origin_limit origin_host origin_headers response_headers fallback_origin fallback_headers timeouts max_object_bytes compression
    cors`.split(/\s+/);
  const MEMBERS = [
    ["ttl", "css"],
    ["timeouts", "idle_ms"],
    ["forward", "headers"],
    ["forward", "cookies"],
    ["query", "except"],
  ];

  it.each([
    ["POST", "/v1/zones", ["name", "origin", "settings", "active"]],
    ["PATCH", "/v1/zones/ZONE", ["origin", "settings", "active", "name", "version"]],
    ["POST", "/v1/purge", ["zone", "path", "paths", "prefixes", "tags", "everything", "soft"]],
    ["POST", "/v1/keys", ["name", "scopes", "zones", "expires", "mode"]],
    ["PATCH", "/v1/keys/KEY", ["name", "scopes"]],
    ["POST", "/v1/keys/KEY/rotate", ["grace_seconds"]],
  ])("%s %s", async (method, path, names) => {
    const zone = await newZone(customer.live);
    const { key } = await (await call("/v1/me", { key: customer.live })).json<{ key: { id: string } }>();
    const target = path.replace("ZONE", zone.id).replace("KEY", path.endsWith("rotate") ? "key_none" : key.id);
    for (const name of names) {
      for (const value of WRONG) {
        const answer = await call(target, { method, key: customer.live, body: { [name]: value } });
        if (answer.status === 422) expectSentences((await answer.json<{ details: Detail[] }>()).details);
        else await answer.body?.cancel();
      }
    }
  });

  it("settings, and what is in them", async () => {
    const zone = await newZone(customer.live);
    const wrong = [
      ...SETTINGS.flatMap((name) => WRONG.map((value) => ({ [name]: value }))),
      ...MEMBERS.flatMap(([name, member]) => WRONG.map((value) => ({ [name!]: { [member!]: value } }))),
    ];
    for (const settings of wrong) {
      const answer = await call(`/v1/zones/${zone.id}`, { method: "PATCH", key: customer.live, body: { settings } });
      if (answer.status === 422) expectSentences((await answer.json<{ details: Detail[] }>()).details);
      else await answer.body?.cancel();
    }
  }, 60_000);

  it.each([
    "/v1/zones?limit=x&cursor=x&name=*a",
    "/v1/zones?limit=1&limit=2",
    "/v1/keys?limit=0",
    "/v1/purges?limit=1.5&zone=",
    "/v1/audit?from=x&to=x&action=&actor=&target=",
    "/v1/usage?from=2026-02-30&to=x&granularity=x&zone=",
    "/v1/usage/paths?day=x",
    "/v1/purge?soft=maybe",
  ])("GET %s", async (path) => {
    const answer = await call(path, { key: customer.live });
    expect(answer.status).toBe(422);
    expectSentences((await answer.json<{ details: Detail[] }>()).details);
  });
});

describe("a zone that is wrong in many ways", () => {
  const details = async (method: string, path: string, body: object) => {
    const answer = await call(path, { method, key: customer.live, body });
    expect(answer.status).toBe(422);
    return (await answer.json<{ details: Detail[] }>()).details;
  };

  it("hears of all of them at once, of its servers too", async () => {
    expect(
      await details("POST", "/v1/zones", {
        name: "A B",
        origin: "http://127.0.0.1/x?y",
        active: false,
        id: "zone_1",
        settings: { ttl: { css: "60", jpg: 1 }, fallback_origin: "ftp://x", origin_host: "a/b", cors: ["null"] },
      }),
    ).toEqual([
      { field: "name", message: "may hold only lower-case letters a to z, digits and hyphens" },
      { field: "settings.ttl.css", message: "must be a whole number" },
      { field: "settings.ttl.jpg", message: expect.stringContaining("ttl_by_extension") },
      { field: "settings.cors.0", message: expect.stringContaining("must be an origin as browsers send it") },
      { field: "active", message: "cannot be set here: a new zone is active; pause it by PATCH" },
      { field: "id", message: "is given by the server" },
      { field: "origin", message: "must be a scheme, a host and perhaps a path, without query or fragment" },
      { field: "settings.fallback_origin", message: "must begin with https://" },
      { field: "settings.origin_host", message: "must be a host, with a port if it needs one, and nothing else" },
    ]);
  });

  it("hears why its name cannot be changed", async () => {
    const { id } = await newZone(customer.live);
    expect(await details("PATCH", `/v1/zones/${id}`, { name: newName(), origin: "x" })).toEqual([
      { field: "name", message: "cannot be changed: create a zone of the new name, and delete this one" },
      { field: "origin", message: "must begin with https://" },
    ]);
  });

  it("hears the same of a key: what is wrong with its zones and its end as well", async () => {
    const wrong = { name: "", scopes: ["all"], zones: ["nowhere"], expires: "2020-01-01T00:00:00Z", mode: "test" };
    expect(await details("POST", "/v1/keys", wrong)).toEqual([
      { field: "name", message: "must not be empty" },
      {
        field: "scopes.0",
        message: 'must be "zones:read", "zones:write", "purge", "usage:read", "keys:write" or "files:write"',
      },
      {
        field: "mode",
        message: "follows from the calling key: live keys create live keys, test keys create test keys",
      },
      { field: "zones.0", message: 'there is no zone "nowhere"' },
      { field: "expires", message: "must be in the future" },
    ]);
  });
});

describe("a change that changes nothing", () => {
  const patch = async ({ id }: ShownZone, body: object) => {
    const answer = await call(`/v1/zones/${id}`, { method: "PATCH", key: customer.live, body });
    expect(answer.status).toBe(200);
    return { zone: await answer.json<ShownZone>(), etag: answer.headers.get("etag") };
  };

  it("of a zone leaves its version and its ETag, and no entry in the audit log", async () => {
    const zone = await newZone(customer.live, { settings: { query: "ignore", ttl_by_extension: { css: 1, js: 2 } } });
    const { etag } = await patch(zone, {});
    for (const same of [
      { origin: zone.origin },
      { origin: `${zone.origin}/` },
      { active: true },
      { settings: { query: "ignore", ttl_by_extension: { js: 2, css: 1 } } },
      { settings: { compression: true, cors: "*", stale_if_error: null } },
      { origin: zone.origin, active: true, settings: zone.settings },
    ])
      expect(await patch(zone, same)).toEqual({ zone, etag });
    const audit = await call(`/v1/audit?target=${zone.id}`, { key: customer.live });
    expect((await audit.json<{ changes: object[] }>()).changes).toHaveLength(1);
    expect((await patch(zone, { active: false })).zone.version).toBe(zone.version + 1);
  });

  it("of a record, a webhook and a namespace leaves when they were changed", async () => {
    const headers = { authorization: `Bearer ${customer.resolvedb}` };
    const key = `config.${newName()}.v1`;
    const created = await call("/api/v1/records", { method: "POST", headers, body: { record: { key, data: "e30=" } } });
    const { record } = await created.json<{ record: { id: string; namespace: string; updated_at: string } }>();
    const same = await call(`/api/v1/records/${record.id}`, {
      method: "PATCH",
      headers,
      body: { record: { data: "e30=", ttl: 3_600 } },
    });
    expect(await same.json()).toMatchObject({ record: { updated_at: record.updated_at } });
    const webhook = { url: "https://hooks.example.com/a", events: ["record.deleted"], enabled: true };
    const hook = await call("/api/v1/webhooks", { method: "POST", headers, body: { webhook } });
    const { secret: _, ...shown } = (await hook.json<{ webhook: { id: string; secret: string } }>()).webhook;
    const hookPath = `/api/v1/webhooks/${shown.id}`;
    expect(await (await call(hookPath, { method: "PATCH", headers, body: { webhook } })).json()).toEqual({
      webhook: shown,
    });
    const path = `/api/v1/namespaces/${record.namespace}`;
    const before = await (await call(path, { headers })).json();
    const after = await call(path, { method: "PATCH", headers, body: { namespace: { visibility: "public" } } });
    expect(await after.json()).toEqual(before);
  });
});

describe("an Idempotency-Key", () => {
  const post = (path: string, body: unknown, idempotencyKey: string) =>
    call(path, { method: "POST", key: customer.live, body, headers: { "idempotency-key": idempotencyKey } });

  it.each([
    ["a field is wrong", { name: "A B", origin: "https://a.example.com" }, 422],
    ["it is no JSON", "{", 400],
  ])("is left to the mended request where %s", async (_, wrong, status) => {
    const idempotencyKey = crypto.randomUUID();
    expect((await post("/v1/zones", wrong, idempotencyKey)).status).toBe(status);
    const body = { name: newName(), origin: "https://a.example.com" };
    const mended = await post("/v1/zones", body, idempotencyKey);
    expect([mended.status, mended.headers.get("idempotency-replayed")]).toEqual([201, null]);
    expect((await post("/v1/zones", body, idempotencyKey)).headers.get("idempotency-replayed")).toBe("true");
  });

  it("is left to the next request where a name was taken", async () => {
    const { name } = await newZone(customer.live);
    const idempotencyKey = crypto.randomUUID();
    expect((await post("/v1/zones", { name, origin: "https://a.example.com" }, idempotencyKey)).status).toBe(409);
    expect((await post("/v1/keys", { name: "CI" }, idempotencyKey)).status).toBe(201);
  });
});

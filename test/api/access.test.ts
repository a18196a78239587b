import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { hashToken, newToken } from "../../src/accounts/token.ts";
import {
  type Call,
  type Customer,
  call,
  moveClockWithCalls,
  newCustomer,
  newName,
  newZone,
  type ShownZone,
} from "../support/control-plane.ts";

/** Every call that takes a customer's key: how it is made for a zone, what it answers its owner, and its scope. */
const routes: {
  title: string;
  path: (zone: string) => string;
  call: (zone: string) => Call;
  own: number;
  scope: string;
}[] = [
  { title: "GET /v1/zones", path: () => "/v1/zones", call: () => ({}), own: 200, scope: "zones:read" },
  {
    title: "POST /v1/zones",
    path: () => "/v1/zones",
    call: () => ({ method: "POST", body: { name: newName(), origin: "https://a.example.com" } }),
    own: 201,
    scope: "zones:write",
  },
  { title: "GET /v1/zones/:id", path: (zone) => `/v1/zones/${zone}`, call: () => ({}), own: 200, scope: "zones:read" },
  {
    title: "PATCH /v1/zones/:id",
    path: (zone) => `/v1/zones/${zone}`,
    call: () => ({ method: "PATCH", body: { settings: { negative_ttl: 1 } } }),
    own: 200,
    scope: "zones:write",
  },
  {
    title: "GET /v1/purge",
    path: (zone) => `/v1/purge?zone=${zone}&path=/a.css`,
    call: () => ({}),
    own: 200,
    scope: "purge",
  },
  {
    title: "POST /v1/purge",
    path: () => "/v1/purge",
    call: (zone) => ({ method: "POST", body: { zone, path: "/a.css" } }),
    own: 200,
    scope: "purge",
  },
  {
    title: "GET /v1/usage",
    path: (zone) => `/v1/usage?zone=${zone}`,
    call: () => ({}),
    own: 200,
    scope: "usage:read",
  },
  {
    title: "GET /v1/usage/paths",
    path: (zone) => `/v1/usage/paths?zone=${zone}`,
    call: () => ({}),
    own: 200,
    scope: "usage:read",
  },
  {
    title: "GET /v1/purges",
    path: (zone) => `/v1/purges?zone=${zone}`,
    call: () => ({}),
    own: 200,
    scope: "purge",
  },
  { title: "GET /v1/keys", path: () => "/v1/keys", call: () => ({}), own: 200, scope: "keys:write" },
  { title: "GET /v1/audit", path: () => "/v1/audit", call: () => ({}), own: 200, scope: "keys:write" },
  {
    title: "POST /v1/keys",
    path: () => "/v1/keys",
    call: () => ({ method: "POST", body: { name: "new" } }),
    own: 201,
    scope: "keys:write",
  },
  {
    title: "DELETE /v1/zones/:id",
    path: (zone) => `/v1/zones/${zone}`,
    call: () => ({ method: "DELETE" }),
    own: 204,
    scope: "zones:write",
  },
];
const aboutOneZone = routes.filter(({ path, call: made }) => `${path("Z")}${JSON.stringify(made("Z"))}`.includes("Z"));

let owner: Customer;
let stranger: Customer;

moveClockWithCalls();

/** Anew for each route: all that the tests of one ask is within a key's rate limit. */
async function newParties(): Promise<void> {
  [owner, stranger] = await Promise.all([newCustomer(), newCustomer()]);
}

/** A key of a customer's with only these scopes. */
async function keyWith(customer: Customer, scopes: string): Promise<string> {
  const token = newToken("rk_live");
  await env.DB.prepare(
    `INSERT INTO api_keys (id, account_id, product, mode, hash, prefix, name, scopes, created_at)
     VALUES (?1, ?2, 'rescdn', 'live', ?3, '', '', ?4, 0)`,
  )
    .bind(`key_${crypto.randomUUID()}`, customer.account, await hashToken(token), scopes)
    .run();
  return token;
}

async function bodyOf(answer: Response): Promise<string> {
  expect(answer.headers.get("content-type")).toBe("application/json");
  return answer.text();
}

describe.each(routes)("$title", ({ path, call: made, own, scope }) => {
  beforeAll(newParties);

  it(`answers its owner ${own}`, async () => {
    const zone = await newZone(owner.live);
    expect((await call(path(zone.id), { key: owner.live, ...made(zone.id) })).status).toBe(own);
  });

  it(`answers its owner ${own} with a test key about a test zone`, async () => {
    const zone = await newZone(owner.test);
    expect((await call(path(zone.id), { key: owner.test, ...made(zone.id) })).status).toBe(own);
  });

  it.each([
    ["no key", () => undefined],
    ["an empty key", () => ""],
    ["a malformed key", () => "rk_live_xxxxxxxxxxxxxxxxxxxx"],
    ["a key that nobody has", () => newToken("rk_live")],
    ["a key of another product", () => owner.resolvedb],
    ["the operator's token", () => env.ADMIN_TOKEN],
  ])("answers 401 to %s", async (_, key) => {
    const shown = key();
    const answer = await call(path("zone_x"), { ...(shown !== undefined && { key: shown }), ...made("zone_x") });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toBe('X-ResCDN-Key realm="ResCDN"');
    expect(await answer.json()).toEqual({
      error: "authentication required",
      code: "unauthenticated",
      request_id: answer.headers.get("x-request-id"),
    });
  });

  it("answers 401 to a key in an Authorization header", async () => {
    const headers = { authorization: `Bearer ${owner.live}` };
    expect((await call(path("zone_x"), { ...made("zone_x"), headers })).status).toBe(401);
  });

  it("answers 403 to a key without its scope, and names the scope", async () => {
    const zone = await newZone(owner.live);
    const others = ["zones:read", "zones:write", "purge", "usage:read", "keys:write"].filter(
      (other) => other !== scope,
    );
    const answer = await call(path(zone.id), { key: await keyWith(owner, others.join(" ")), ...made(zone.id) });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ error: `this key lacks the scope ${scope}`, code: "forbidden" });
  });

  it("needs no other scope", async () => {
    const zone = await newZone(owner.live);
    expect((await call(path(zone.id), { key: await keyWith(owner, scope), ...made(zone.id) })).status).toBe(own);
  });
});

describe.each(aboutOneZone)("$title", ({ path, call: made }) => {
  let zone: ShownZone;
  let before: string;
  let missing: string;

  beforeAll(async () => {
    await newParties();
    zone = await newZone(owner.live);
    before = await bodyOf(await call(`/v1/zones/${zone.id}`, { key: owner.live }));
    const answer = await call(path("zone_missing"), { key: stranger.live, ...made("zone_missing") });
    expect(answer.status).toBe(404);
    missing = await bodyOf(answer);
  });

  it.each([
    ["a stranger, by id", () => stranger.live, () => zone.id],
    ["a stranger, by name", () => stranger.live, () => zone.name],
    ["a stranger's test key", () => stranger.test, () => zone.id],
    ["the owner's test key", () => owner.test, () => zone.id],
    ["the owner's test key, by name", () => owner.test, () => zone.name],
  ])("answers %s as if there were no such zone, byte for byte, and changes nothing", async (_, key, id) => {
    const answer = await call(path(id()), { key: key(), ...made(id()) });
    expect(answer.status).toBe(404);
    expect(await bodyOf(answer)).toBe(missing);
    expect(await bodyOf(await call(`/v1/zones/${zone.id}`, { key: owner.live }))).toBe(before);
  });
});

describe("GET /v1/zones", () => {
  it("lists an account's zones of the key's mode, and no others", async () => {
    const [customer, other] = await Promise.all([newCustomer(), newCustomer()]);
    const live = await newZone(customer.live);
    const test = await newZone(customer.test);
    await newZone(other.live);
    const names = async (key: string) => {
      const { zones } = await (await call("/v1/zones", { key })).json<{ zones: ShownZone[] }>();
      return zones.map(({ name }) => name);
    };
    expect(await names(customer.live)).toEqual([live.name]);
    expect(await names(customer.test)).toEqual([test.name]);
  });
});

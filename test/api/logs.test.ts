import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Customer, call, moveClockWithCalls, newCustomer, newZone } from "../support/control-plane.ts";
import { newKey, type ShownNewKey } from "../support/keys.ts";

const METHODS = ["debug", "error", "info", "log", "trace", "warn"] as const;
let customer: Customer;
let logged: string[];

moveClockWithCalls();
beforeEach(async () => {
  logged = [];
  for (const method of METHODS)
    vi.spyOn(console, method).mockImplementation((...texts: unknown[]) => {
      logged.push(texts.map(String).join(" "));
    });
  customer = await newCustomer();
});
afterEach(() => {
  vi.restoreAllMocks();
});

const lastLine = () => JSON.parse(logged.at(-1)!) as Record<string, unknown>;

describe("the log of requests", () => {
  it("has a line for each answer: which request, to what, how it went, whose", async () => {
    const { id, token } = await newKey(customer.live);
    logged = [];
    const answer = await call(`/v1/keys/${id}`, {
      key: token,
      headers: { "cf-connecting-ip": "203.0.113.9" },
    });
    expect(logged).toHaveLength(1);
    expect(lastLine()).toEqual({
      level: "info",
      event: "api_request",
      request_id: answer.headers.get("x-request-id"),
      method: "GET",
      route: "/v1/keys/:id",
      status: 200,
      ms: expect.any(Number),
      account: customer.account,
      key: id,
    });
  });

  it.each<[string, Parameters<typeof call>[1], string, number]>([
    ["/v1/zones", {}, "/v1/zones", 401],
    ["/v1/zones/zone_secret", { method: "PUT" }, "/v1/zones/:id", 405],
    ["/nowhere/secret", {}, "/*", 404],
    ["/health", {}, "/health", 200],
    ["/admin/accounts", { method: "POST", body: { name: "secret" } }, "/admin/accounts", 401],
  ])("names %s with %j by the pattern %s", async (path, how, route, status) => {
    await call(path, how);
    expect(lastLine()).toMatchObject({ event: "api_request", route, status, account: null, key: null });
    expect(logged.join("\n")).not.toContain("secret");
  });

  it("says whose key lacks a scope", async () => {
    const { id, token } = await newKey(customer.live, { scopes: ["purge"] });
    await call("/v1/zones", { key: token });
    expect(lastLine()).toMatchObject({ status: 403, account: customer.account, key: id });
  });

  it("has a line for each answer of ResolveDB's API as well", async () => {
    const answer = await call("/api/v1/records/rec_secret", {
      headers: { authorization: `Bearer ${customer.resolvedb}` },
    });
    expect(lastLine()).toMatchObject({
      event: "api_request",
      request_id: answer.headers.get("x-request-id"),
      route: "/api/v1/records/:id",
      status: 404,
      account: customer.account,
    });
    expect(logged.join("\n")).not.toContain("secret");
  });
});

describe("secrets", () => {
  it("reach neither the log nor D1, whatever is done with keys, and answers leave out all but the new one", async () => {
    const address = "198.51.100.77";
    const from = { "cf-connecting-ip": address };
    const tokens = [customer.live, customer.test, customer.resolvedb];
    const answers: string[] = [];
    const send = async (path: string, options: Parameters<typeof call>[1] = {}) => {
      const answer = await call(path, { key: customer.live, ...options, headers: { ...from, ...options.headers } });
      const text = await answer.text();
      return { answer, text };
    };
    const make = async (path: string, options: Parameters<typeof call>[1]) => {
      const { answer, text } = await send(path, { method: "POST", ...options });
      expect(answer.status).toBe(201);
      const key = JSON.parse(text) as ShownNewKey;
      if (!tokens.includes(key.token)) tokens.push(key.token);
      return key;
    };

    const zone = await newZone(customer.live);
    const repeated = { body: { name: "repeated" }, headers: { "idempotency-key": "k" } };
    const first = await make("/v1/keys", repeated);
    expect((await make("/v1/keys", repeated)).token).toBe(first.token);
    const restricted = await make("/v1/keys", { body: { name: "restricted", zones: [zone.name] } });
    const rotated = await make(`/v1/keys/${restricted.id}/rotate`, {
      body: { grace_seconds: 60 },
      headers: { "idempotency-key": "r" },
    });
    for (const [path, options] of [
      ["/v1/keys", {}],
      [`/v1/keys/${rotated.id}`, {}],
      ["/v1/me", {}],
      ["/v1/audit", {}],
      [`/v1/keys/${rotated.id}`, { method: "DELETE" }],
      // Where keys are put by mistake.
      [`/v1/keys?key=${first.token}`, {}],
      [`/v1/keys/${first.token}`, {}],
      [`/v1/zones/${first.token}`, {}],
      [`/${first.token}`, {}],
      ["/v1/zones", { key: `${first.token}x` }],
      ["/v1/zones", { headers: { authorization: `Bearer ${first.token}` } }],
      [`/api/v1/records/${first.token}`, { headers: { authorization: `Bearer ${first.token}` } }],
      ["/v1/keys", { method: "POST", body: `{"name":"${first.token}"` }],
      ["/v1/keys", { method: "POST", body: "{}", headers: { "idempotency-key": `${first.token} ` } }],
      ["/v1/purge", { method: "POST", body: { zone: first.token, path: "/a" } }],
    ] as const) {
      const { answer, text } = await send(path, options);
      expect(answer.status).not.toBe(500);
      answers.push(text);
    }

    const stored = await everyRow();
    expect(stored).toContain(first.prefix);
    expect(logged.length).toBeGreaterThan(20);
    for (const token of tokens)
      for (const [place, text] of [
        ["the log", logged.join("\n")],
        ["D1", stored],
        ["answers", answers.join("\n")],
      ] as const) {
        expect(text.includes(token), `${place} holds a key`).toBe(false);
        expect(text.includes(token.slice(-20)), `${place} holds the end of a key`).toBe(false);
      }
    for (const personal of [address, "@acme.example", "Acme", "restricted", zone.name])
      expect(logged.join("\n")).not.toContain(personal);
  });
});

/** All that D1 holds, as text; bytes as Latin-1. */
async function everyRow(): Promise<string> {
  const { results: tables } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%\\_cf\\_%' ESCAPE '\\'",
  ).all<{ name: string }>();
  expect(tables.map(({ name }) => name)).toEqual(expect.arrayContaining(["api_keys", "audit_log", "idempotency_keys"]));
  const texts: string[] = [];
  for (const { name } of tables) {
    const { results } = await env.DB.prepare(`SELECT * FROM "${name}"`).all();
    for (const row of results)
      for (const value of Object.values(row))
        texts.push(Array.isArray(value) ? String.fromCharCode(...(value as number[])) : String(value));
  }
  return texts.join("\n");
}

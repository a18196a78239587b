import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { hashToken, newToken } from "../../../src/accounts/token.ts";
import { type Customer, call, moveClockWithCalls, newCustomer } from "../../support/control-plane.ts";
import { RESOLVEDB_RECIPES } from "../../support/recipes/resolvedb.ts";
import { errorOf, rest } from "../../support/records-api.ts";

let owner: Customer;

moveClockWithCalls();
beforeAll(async () => {
  owner = await newCustomer();
  await env.DB.prepare("UPDATE accounts SET plan = 'enterprise'").run(); // for its rate
});

/** A key of a customer's with only these scopes. */
async function keyWith(customer: Customer, scopes: string): Promise<{ id: string; token: string }> {
  const token = newToken("rdb_live");
  const id = `key_${crypto.randomUUID()}`;
  await env.DB.prepare(
    `INSERT INTO api_keys (id, account_id, product, mode, hash, prefix, name, scopes, created_at)
     VALUES (?1, ?2, 'resolvedb', 'live', ?3, '', '', ?4, 0)`,
  )
    .bind(id, customer.account, await hashToken(token), scopes)
    .run();
  return { id, token };
}

describe.each(Object.entries(RESOLVEDB_RECIPES).filter(([, { about }]) => about !== null))("%s", (title, recipe) => {
  it("answers 404 about what it cannot be", async () => {
    const [method] = title.split(" ");
    for (const odd of ["%00", "%27%20OR%201=1", "%zz", "x".repeat(3_000), "%F0%9F%92%A9"]) {
      // In the place of all that names something.
      const at = recipe.about!.missing.replaceAll(/\w*(missing|nobodys)/g, odd);
      const body = recipe.body?.(at);
      const made = { key: owner.resolvedb, method: method!, ...(body !== undefined && { body }) };
      await errorOf(await rest(recipe.path(at).slice("/api/v1".length), made), 404, "not_found");
    }
  });
});

describe("a key", () => {
  it.each<[string, () => Record<string, string>]>([
    ["none", () => ({})],
    ["an empty header", () => ({ authorization: "" })],
    ["an empty one", () => ({ authorization: "Bearer" })],
    ["a malformed one", () => ({ authorization: "Bearer rdb_live_abc123" })],
    ["one that nobody has", () => ({ authorization: `Bearer ${newToken("rdb_live")}` })],
    ["one of another product", () => ({ authorization: `Bearer ${owner.live}` })],
    ["the operator's token", () => ({ authorization: `Bearer ${env.ADMIN_TOKEN}` })],
    ["one by another scheme", () => ({ authorization: `Basic ${btoa(`${owner.resolvedb}:`)}` })],
    ["two", () => ({ authorization: `Bearer ${owner.resolvedb} ${owner.resolvedb}` })],
    ["one without a scheme", () => ({ authorization: owner.resolvedb })],
    ["one in /v1's header", () => ({ "x-rescdn-key": owner.resolvedb })],
  ])("that is %s is answered the same 401", async (_, headers) => {
    const answer = await rest("/me", { headers: headers() });
    expect(answer.headers.get("www-authenticate")).toBe('Bearer realm="ResolveDB"');
    expect([answer.status, await answer.json()]).toEqual([
      401,
      { error: { code: "authentication_error", message: "The API key is missing or not valid", details: [] } },
    ]);
  });

  it("is read by its scheme in any case", async () => {
    for (const scheme of ["bearer", "BEARER", "Bearer "])
      expect((await rest("/me", { headers: { authorization: `${scheme} ${owner.resolvedb}` } })).status).toBe(200);
  });

  it("grants no more than it has", async () => {
    const { token } = await keyWith(owner, "write");
    const make = (api_key: object) => rest("/api_keys", { method: "POST", key: token, body: { api_key } });
    const error = await errorOf(await make({ name: "A" }), 403, "authorization_error");
    expect(error.message).toBe("The API key cannot grant what it lacks: the scope read");
    expect((await make({ name: "A", scopes: ["write"] })).status).toBe(201);
  });

  it.each<[unknown, string]>([
    [undefined, "api_key"],
    [{}, "api_key.name"],
    [{ name: "" }, "api_key.name"],
    [{ name: "x".repeat(101) }, "api_key.name"],
    [{ name: "A", scopes: [] }, "api_key.scopes"],
    [{ name: "A", scopes: ["admin"] }, "api_key.scopes.0"],
    [{ name: "A", scopes: "read" }, "api_key.scopes"],
    [{ name: "A", expires_at: "tomorrow" }, "api_key.expires_at"],
    [{ name: "A", expires_at: "2025-13-31T00:00:00Z" }, "api_key.expires_at"],
    [{ name: "A", expires_at: "2020-01-01T00:00:00Z" }, "api_key.expires_at"],
    [{ name: "A", expires_at: 1 }, "api_key.expires_at"],
    [{ name: "A", token: "rdb_live_mine" }, "api_key.token"],
  ])("is not made of %j", async (api_key, field) => {
    const answer = await rest("/api_keys", { method: "POST", key: owner.resolvedb, body: { api_key } });
    const { details } = await errorOf(answer, 422, "validation_error");
    expect(details.map((problem) => problem.field)).toEqual([field]);
  });

  it("ends when it says", async () => {
    const expires = new Date(Date.now() + 60_000).toISOString();
    const made = await rest("/api_keys", {
      method: "POST",
      key: owner.resolvedb,
      body: { api_key: { name: "A", expires_at: expires } },
    });
    const { token } = (await made.json<{ api_key: { token: string } }>()).api_key;
    expect((await rest("/me", { key: token })).status).toBe(200);
    vi.setSystemTime(Date.now() + 60_000);
    await errorOf(await rest("/me", { key: token }), 401, "authentication_error");
  });

  it("may revoke itself, and is refused from then on", async () => {
    const { id, token } = await keyWith(owner, "write");
    expect((await rest(`/api_keys/${id}`, { method: "DELETE", key: token })).status).toBe(204);
    await errorOf(await rest(`/api_keys/${id}`, { method: "DELETE", key: token }), 401, "authentication_error");
  });
});

describe("the rate limit", () => {
  it("lets 60 calls in a minute pass on the free plan, exactly, and says when to come back", async () => {
    const { resolvedb } = await newCustomer();
    vi.setSystemTime(Date.now() + 120_000);
    const now = Date.now();
    const answers: Response[] = [];
    for (let i = 0; i < 70; i++) {
      vi.setSystemTime(now - 1_000); // the call itself moves it by a second
      answers.push(await rest("/me", { key: resolvedb }));
    }
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(60);
    const refused = answers.at(-1)!;
    expect(Number(refused.headers.get("x-ratelimit-reset"))).toBe(Math.ceil((now + 60_000) / 1000));
    expect(refused.headers.get("x-ratelimit-remaining")).toBe("0");
    expect(refused.headers.get("retry-after")).toBe("60");
    await errorOf(refused, 429, "rate_limit_exceeded");
  });

  it("counts failures by the client's address", async () => {
    const headers = { "cf-connecting-ip": "192.0.2.77", authorization: "Bearer x" };
    for (let i = 0; i < 30; i++) expect((await rest("/me", { headers })).status).toBe(401);
    const refused = await rest("/me", { headers });
    expect(refused.headers.get("x-ratelimit-limit")).toBe("30");
    await errorOf(refused, 429, "rate_limit_exceeded");
  });
});

describe("what is not there", () => {
  it("shows who looks at the API's address, or that of its host, the way, without a key", async () => {
    for (const url of [
      "http://api.rescdn.io/api/v1",
      "http://api.resolvedb.localhost/",
      "http://dns.resolvedb.localhost/",
    ]) {
      const { default: worker } = (await import("cloudflare:workers")).exports;
      const answer = await worker.fetch(new Request(url));
      expect(await answer.json()).toMatchObject({ name: "ResolveDB", docs: "/docs", openapi: "/api/v1/openapi.json" });
    }
  });

  it.each(["/nothing", "/records/rec_x/more", "/v1/zones"])("answers 404 to %s", async (path) => {
    await errorOf(await rest(path, { key: owner.resolvedb }), 404, "not_found");
  });

  it.each([
    ["PUT", "/records", "GET, POST, HEAD"],
    ["POST", "/records/rec_x", "GET, PATCH, DELETE, HEAD"],
    ["DELETE", "/me", "GET, HEAD"],
    ["PATCH", "/api_keys/key_x", "DELETE"],
    ["OPTIONS", "/namespaces", "GET, POST, HEAD"],
  ])("answers 405 to %s %s, and says what there is", async (method, path, allow) => {
    const answer = await rest(path, { method, key: owner.resolvedb });
    expect(answer.headers.get("allow")).toBe(allow);
    await errorOf(answer, 405, "method_not_allowed");
  });

  it("answers 401 to whoever shows no key, whatever is asked for", async () => {
    for (const path of ["/nothing", "/records/rec_x"]) expect((await rest(path, { method: "PUT" })).status).toBe(401);
  });

  it("answers HEAD as GET, without a body", async () => {
    const answer = await rest("/me", { method: "HEAD", key: owner.resolvedb });
    expect([answer.status, await answer.text()]).toEqual([200, ""]);
  });
});

describe("a failure", () => {
  it("says nothing of itself, and carries what every answer does", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const prepare = vi.spyOn(env.DB, "prepare").mockImplementation(() => {
      throw new Error("D1 is down: secret");
    });
    const answer = await rest("/me", { key: owner.resolvedb });
    prepare.mockRestore();
    expect(logged).toHaveBeenCalledOnce();
    logged.mockRestore();
    const error = await errorOf(answer, 500, "server_error");
    expect(error).toEqual({ code: "server_error", message: "Internal server error", details: [] });
  });
});

describe("the hosts", () => {
  it("are ResolveDB's own and those of the whole control plane", async () => {
    const hosts = ["api.resolvedb.localhost", "dns.resolvedb.localhost", "localhost", "api.rescdn.io"];
    for (const host of hosts) {
      const request = new Request(`http://${host}/api/v1/me`, {
        headers: { authorization: `Bearer ${owner.resolvedb}` },
      });
      const { default: worker } = (await import("cloudflare:workers")).exports;
      expect([host, (await worker.fetch(request)).status]).toEqual([host, 200]);
    }
    expect((await call("/api/v1/me", { headers: { authorization: `Bearer ${owner.resolvedb}` } })).status).toBe(200);
  });
});

import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type Customer, moveClockWithCalls, newCustomer } from "../../support/control-plane.ts";
import { errorOf, newNamespaceName, rest } from "../../support/records-api.ts";

/** The documented examples with their fields in order; what the server chooses stands as a pattern. */
const ISO = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
const POSTGRES = "eyJkYXRhYmFzZSI6InBvc3RncmVzIn0=";
const MYSQL = "eyJkYXRhYmFzZSI6Im15c3FsIn0=";

let customer: Customer;
/** Stands for the example's `myapp`, which only one account can have. */
let namespace: string;

moveClockWithCalls();
beforeAll(async () => {
  customer = await newCustomer();
});
beforeEach(() => {
  namespace = newNamespaceName();
});

/** The documented fields of a record, in the documented order. */
function documentedRecord(more: object = {}) {
  return {
    id: expect.stringMatching(/^rec_\w+$/),
    key: `config.${namespace}.v1`,
    data: POSTGRES,
    namespace,
    resource: "config",
    version: "v1",
    ttl: 3600,
    created_at: ISO,
    updated_at: ISO,
    ...more,
  };
}

/** Compares a body with a documented one: the same fields, in the same order, and no others. */
async function expectBody(answer: Response, status: number, documented: unknown) {
  const body = await answer.json();
  expect([answer.status, body]).toEqual([status, documented]);
  expect(answer.headers.get("content-type")).toBe("application/json");
  expect(namesOf(body)).toEqual(namesOf(documented));
}

function namesOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(namesOf);
  if (typeof value !== "object" || value === null || "asymmetricMatch" in value) return null;
  return Object.entries(value).map(([name, inner]) => [name, namesOf(inner)]);
}

async function create() {
  const answer = await rest("/records", {
    method: "POST",
    key: customer.resolvedb,
    body: { record: { key: `config.${namespace}.v1`, data: POSTGRES, ttl: 3600 } },
  });
  return { answer, id: (await answer.clone().json<{ record: { id: string } }>()).record.id };
}

describe("the documented examples", () => {
  it("Create Record", async () => {
    const { answer } = await create();
    const { created_at, updated_at, ...record } = documentedRecord();
    await expectBody(answer, 201, {
      record: { ...record, dns_query: `get.config.${namespace}.v1.resolvedb.net`, created_at, updated_at },
    });
  });

  it("List Records", async () => {
    await create();
    const answer = await rest(`/records?namespace=${namespace}&per_page=10`, { key: customer.resolvedb });
    await expectBody(answer, 200, {
      records: [documentedRecord()],
      meta: { page: 1, per_page: 10, total: 1, total_pages: 1 },
    });
  });

  it("Get Record", async () => {
    const { id } = await create();
    const answer = await rest(`/records/${id}`, { key: customer.resolvedb });
    await expectBody(answer, 200, { record: documentedRecord() });
  });

  it("Update Record", async () => {
    const { id, answer: created } = await create();
    const { record } = await created.json<{ record: { created_at: string } }>();
    vi.setSystemTime(Date.now() + 8_100_000);
    const answer = await rest(`/records/${id}`, {
      method: "PATCH",
      key: customer.resolvedb,
      body: { record: { data: MYSQL, ttl: 7200 } },
    });
    const { updated_at } = (await answer.clone().json<{ record: { updated_at: string } }>()).record;
    expect(Date.parse(updated_at)).toBeGreaterThanOrEqual(Date.parse(record.created_at) + 8_100_000);
    await expectBody(answer, 200, {
      record: documentedRecord({ data: MYSQL, ttl: 7200, created_at: record.created_at }),
    });
  });

  it("Delete Record", async () => {
    const { id } = await create();
    const answer = await rest(`/records/${id}`, { method: "DELETE", key: customer.resolvedb });
    expect([answer.status, await answer.text()]).toEqual([204, ""]);
    await errorOf(await rest(`/records/${id}`, { key: customer.resolvedb }), 404, "not_found");
  });

  it("Create API Key, and a request with it", async () => {
    const { resolvedb } = await newCustomer();
    const answer = await rest("/api_keys", {
      method: "POST",
      key: resolvedb,
      body: {
        api_key: { name: "Production API Key", scopes: ["read", "write"], expires_at: "2099-12-31T23:59:59Z" },
      },
    });
    const { token } = (await answer.clone().json<{ api_key: { token: string } }>()).api_key;
    await expectBody(answer, 201, {
      api_key: {
        id: expect.stringMatching(/^key_\w+$/),
        name: "Production API Key",
        token: expect.stringMatching(/^rdb_live_\w{35}$/),
        prefix: token.slice(0, 12),
        scopes: ["read", "write"],
        expires_at: "2099-12-31T23:59:59Z",
        created_at: ISO,
      },
    });
    expect((await rest("/me", { key: token })).status).toBe(200);
  });

  it("List API Keys", async () => {
    const { resolvedb } = await newCustomer();
    await rest("/api_keys", {
      method: "POST",
      key: resolvedb,
      body: { api_key: { name: "CI/CD Pipeline", scopes: ["read"], expires_at: "2099-12-31T23:59:59Z" } },
    });
    await expectBody(await rest("/api_keys", { key: resolvedb }), 200, {
      api_keys: [
        {
          id: expect.stringMatching(/^key_\w+$/),
          name: "first key",
          prefix: resolvedb.slice(0, 12),
          scopes: ["read", "write"],
          last_used_at: null,
          expires_at: null,
          created_at: ISO,
        },
        {
          id: expect.stringMatching(/^key_\w+$/),
          name: "CI/CD Pipeline",
          prefix: expect.stringMatching(/^rdb_live_\w{3}$/),
          scopes: ["read"],
          last_used_at: null,
          expires_at: "2099-12-31T23:59:59Z",
          created_at: ISO,
        },
      ],
    });
  });

  it("Revoke API Key", async () => {
    const { resolvedb } = await newCustomer();
    const created = await rest("/api_keys", { method: "POST", key: resolvedb, body: { api_key: { name: "Old" } } });
    const { id, token, scopes } = (await created.json<{ api_key: { id: string; token: string; scopes: string[] } }>())
      .api_key;
    expect(scopes).toEqual(["read", "write"]);
    expect((await rest("/me", { key: token })).status).toBe(200);
    const answer = await rest(`/api_keys/${id}`, { method: "DELETE", key: resolvedb });
    expect([answer.status, await answer.text()]).toEqual([204, ""]);
    await errorOf(await rest("/me", { key: token }), 401, "authentication_error");
  });

  it("Get Current User", async () => {
    const { resolvedb, account } = await newCustomer();
    await rest("/records", {
      method: "POST",
      key: resolvedb,
      body: { record: { key: `a.${namespace}.v1`, data: POSTGRES } },
    });
    await expectBody(await rest("/me", { key: resolvedb }), 200, {
      user: {
        id: account.replace("acct_", "usr_"),
        email: expect.stringContaining("@acme.example"),
        name: "Acme",
        plan: "free",
        records_count: 1,
        records_limit: 100,
        created_at: ISO,
      },
    });
  });

  it("Error Response Format", async () => {
    const answer = await rest("/records", {
      method: "POST",
      key: customer.resolvedb,
      body: { record: { data: MYSQL } },
    });
    await expectBody(answer, 422, {
      error: {
        code: "validation_error",
        message: "The request body contains invalid data",
        details: [{ field: "record.key", message: "is required" }],
      },
    });
  });

  it("Rate Limit Headers count down to a Unix time", async () => {
    const { resolvedb } = await newCustomer();
    const [first, second] = [await rest("/me", { key: resolvedb }), await rest("/me", { key: resolvedb })];
    expect(first.headers.get("x-ratelimit-limit")).toBe("60");
    expect([first, second].map(({ headers }) => headers.get("x-ratelimit-remaining"))).toEqual(["59", "58"]);
    const reset = Number(second.headers.get("x-ratelimit-reset")) * 1000;
    expect(reset).toBeGreaterThan(Date.now());
    expect(reset).toBeLessThanOrEqual(Date.now() + 61_000);
  });
});

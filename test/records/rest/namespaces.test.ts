import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { NamespaceDocument } from "../../../src/records/documents.ts";
import { type Customer, moveClockWithCalls, newCustomer } from "../../support/control-plane.ts";
import { dataOf, textOf } from "../../support/records.ts";
import { errorOf, newNamespaceName, newRecord, rest } from "../../support/records-api.ts";

const DATA = btoa('{"secret":1}');
const NO_TOKEN = "v=rdb1;s=auth;err=E006";
const WRONG_TOKEN = "v=rdb1;s=auth;err=E007";

let customer: Customer;
let name: string;

moveClockWithCalls();
beforeEach(async () => {
  customer = await newCustomer();
  name = newNamespaceName();
});

interface Shown {
  name: string;
  visibility: string;
  records_count: number;
  created_at: string;
  updated_at: string;
}

interface ShownToken {
  id: string;
  name: string;
  prefix: string;
  token: string;
  label: string;
  expires_at: string | null;
  created_at: string;
}

const send = (method: string, path: string, body?: unknown, key = customer.resolvedb) =>
  rest(`/namespaces${path}`, { method, key, ...(body !== undefined && { body }) });
const create = (namespace: unknown, key = customer.resolvedb) => send("POST", "", { namespace }, key);
const setVisibility = (visibility: unknown) => send("PATCH", `/${name}`, { namespace: { visibility } });
const inKv = () => env.ZONES.get<NamespaceDocument>(`ns:${name}`, "json");

async function newToken(query_token: object = { name: "Servers" }): Promise<ShownToken> {
  const answer = await send("POST", `/${name}/query_tokens`, { query_token });
  expect(answer.status).toBe(201);
  return (await answer.json<{ query_token: ShownToken }>()).query_token;
}

describe("POST /namespaces", () => {
  it("makes a namespace private before it has a record", async () => {
    const answer = await create({ name: name.toUpperCase(), visibility: "private" });
    expect(answer.status).toBe(201);
    expect(answer.headers.get("location")).toBe(`/api/v1/namespaces/${name}`);
    expect(await answer.json()).toEqual({
      namespace: {
        name,
        visibility: "private",
        records_count: 0,
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        updated_at: expect.any(String),
      },
    });
    expect(await inKv()).toMatchObject({ visibility: "private", account: customer.account });
    const { dns_query } = await newRecord(customer.resolvedb, `config.${name}.v1`, { data: DATA });
    expect(await textOf(dns_query!)).toBe(NO_TOKEN);
    expect(await inKv()).toMatchObject({ visibility: "private", revision: 1 });
  });

  it("answers 422 to a name that the account has, and 403 to one that another has or that is reserved", async () => {
    await create({ name });
    const { details } = await errorOf(await create({ name }), 422, "validation_error");
    expect(details).toEqual([{ field: "namespace.name", message: "has already been taken" }]);
    const stranger = await newCustomer();
    await errorOf(await create({ name }, stranger.resolvedb), 403, "authorization_error");
    await errorOf(await create({ name: "public" }), 403, "authorization_error");
  });

  it.each<[unknown, string]>([
    [undefined, "namespace"],
    [{}, "namespace.name"],
    [{ name: "a.b" }, "namespace.name"],
    [{ name: "a_b" }, "namespace.name"],
    [{ name: "-a" }, "namespace.name"],
    [{ name: "" }, "namespace.name"],
    [{ name: "x".repeat(64) }, "namespace.name"],
    [{ name: "\u212a" }, "namespace.name"],
    [{ name: "fine", visibility: "secret" }, "namespace.visibility"],
    [{ name: "fine", owner: "me" }, "namespace.owner"],
  ])("answers 422 to %j", async (namespace, field) => {
    const { details } = await errorOf(await create(namespace), 422, "validation_error");
    expect(details.map((problem) => problem.field)).toEqual([field]);
  });

  it("takes no more names than the plan has records, however many ask at once", async () => {
    await env.DB.prepare(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 97)
       INSERT INTO namespaces (name, account_id, visibility, revision, published_revision, created_at, updated_at)
       SELECT ?2 || '-' || i, ?1, 'public', 1, 1, 0, 0 FROM n`,
    )
      .bind(customer.account, name)
      .run();
    const answers = await Promise.all(Array.from({ length: 8 }, () => create({ name: newNamespaceName() })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 403, 403, 403, 403, 403]);
    const refused = answers.find(({ status }) => status === 403)!;
    expect((await errorOf(refused, 403, "quota_exceeded")).message).toContain("namespaces");
    const record = { key: `a.${newNamespaceName()}.v1`, data: DATA };
    const answer = await rest("/records", { method: "POST", key: customer.resolvedb, body: { record } });
    expect((await errorOf(answer, 403, "quota_exceeded")).message).toContain("namespaces");
  });
});

describe("GET /namespaces", () => {
  it("lists the account's by name, with their records, in pages", async () => {
    const names = [newNamespaceName(), newNamespaceName(), newNamespaceName()].sort();
    for (const one of names) await create({ name: one });
    await newRecord(customer.resolvedb, `a.${names[1]}.v1`);
    const pages = await Promise.all(
      [1, 2].map(async (page) =>
        (await send("GET", `?per_page=2&page=${page}`)).json<{ namespaces: Shown[]; meta: object }>(),
      ),
    );
    expect(pages.flatMap(({ namespaces }) => namespaces.map((shown) => [shown.name, shown.records_count]))).toEqual([
      [names[0], 0],
      [names[1], 1],
      [names[2], 0],
    ]);
    expect(pages[0]?.meta).toEqual({ page: 1, per_page: 2, total: 3, total_pages: 2 });
    const { namespace } = await (await send("GET", `/${names[1]}`)).json<{ namespace: Shown }>();
    expect(namespace).toMatchObject({ name: names[1], visibility: "public", records_count: 1 });
  });
});

describe("a private namespace", () => {
  let asked: string;
  beforeEach(async () => {
    asked = (await newRecord(customer.resolvedb, `config.${name}.v1`, { data: DATA })).dns_query!;
  });

  const withLabel = (label: string) => asked.replace("get.", `get.${label}.`);

  it("refuses who shows no query token from the answer on that says so, until it is public again", async () => {
    expect(dataOf(await textOf(asked))).toBe('{"secret":1}');
    const answer = await setVisibility("private");
    expect(answer.status).toBe(200);
    expect((await answer.json<{ namespace: Shown }>()).namespace).toMatchObject({ visibility: "private" });
    expect(await textOf(asked)).toBe(NO_TOKEN);
    await setVisibility("public");
    expect(dataOf(await textOf(asked))).toBe('{"secret":1}');
  });

  it("opens to who shows a query token, which is shown once", async () => {
    await setVisibility("private");
    const token = await newToken({ name: "Servers", expires_at: null });
    expect(token).toEqual({
      id: expect.stringMatching(/^qtok_\w{20}$/),
      name: "Servers",
      prefix: token.token.slice(0, 12),
      token: expect.stringMatching(/^rdbq[a-z2-7]{32}$/),
      label: `auth-${token.token}`,
      expires_at: null,
      created_at: expect.any(String),
    });
    expect(dataOf(await textOf(withLabel(token.label)))).toBe('{"secret":1}');
    const listed = await (await send("GET", `/${name}/query_tokens`)).text();
    const { token: _, label: __, ...shown } = token;
    expect(JSON.parse(listed)).toEqual({ query_tokens: [shown] });
    expect(listed).not.toContain(token.token);
    const { results } = await env.DB.prepare("SELECT * FROM audit_log WHERE target = ?1").bind(token.id).all();
    expect(results).toHaveLength(1);
    expect(JSON.stringify(results)).not.toContain(token.token);
  });

  it("is closed to a revoked query token from the next query on", async () => {
    await setVisibility("private");
    const { id, label } = await newToken();
    await textOf(withLabel(label));
    expect((await send("DELETE", `/${name}/query_tokens/${id}`)).status).toBe(204);
    expect(await textOf(withLabel(label))).toBe(WRONG_TOKEN);
    await errorOf(await send("DELETE", `/${name}/query_tokens/${id}`), 404, "not_found");
    expect(await (await send("GET", `/${name}/query_tokens`)).json()).toEqual({ query_tokens: [] });
  });

  it("is closed to a query token that has expired, and to one of another namespace", async () => {
    await setVisibility("private");
    const expires = new Date(Math.ceil(Date.now() / 1000) * 1000 + 60_000).toISOString().replace(".000Z", "Z");
    const token = await newToken({ name: "Servers", expires_at: expires });
    expect(token.expires_at).toBe(expires);
    await textOf(withLabel(token.label));
    vi.setSystemTime(Date.parse(expires));
    expect(await textOf(withLabel(token.label))).toBe(WRONG_TOKEN);
    const other = newNamespaceName();
    await create({ name: other });
    const answer = await send("POST", `/${other}/query_tokens`, { query_token: { name: "Other" } });
    const { query_token } = await answer.json<{ query_token: ShownToken }>();
    expect(await textOf(withLabel(query_token.label))).toBe(WRONG_TOKEN);
  });

  it.each<[unknown, string]>([
    [undefined, "query_token"],
    [{}, "query_token.name"],
    [{ name: " " }, "query_token.name"],
    [{ name: "A", expires_at: "never" }, "query_token.expires_at"],
    [{ name: "A", expires_at: "2020-01-01T00:00:00Z" }, "query_token.expires_at"],
    [{ name: "A", token: "rdbqmine" }, "query_token.token"],
  ])("has no query token made of %j", async (query_token, field) => {
    const answer = await send("POST", `/${name}/query_tokens`, { query_token });
    const { details } = await errorOf(answer, 422, "validation_error");
    expect(details.map((problem) => problem.field)).toEqual([field]);
  });

  it("has at most 100 query tokens", async () => {
    await env.DB.prepare(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 99)
       INSERT INTO query_tokens (id, namespace, hash, prefix, name, created_at)
       SELECT ?1 || i, ?1, ?1 || i, '', '', 0 FROM n`,
    )
      .bind(name)
      .run();
    await newToken();
    const answer = await send("POST", `/${name}/query_tokens`, { query_token: { name: "One more" } });
    await errorOf(answer, 403, "quota_exceeded");
  });
});

describe("PATCH /namespaces/:name", () => {
  it.each<[unknown, string]>([
    [{}, "namespace.visibility"],
    [{ visibility: "hidden" }, "namespace.visibility"],
    [{ visibility: "private", name: "other" }, "namespace.name"],
  ])("answers 422 to %j", async (namespace, field) => {
    await create({ name });
    const { details } = await errorOf(await send("PATCH", `/${name}`, { namespace }), 422, "validation_error");
    expect(details.map((problem) => problem.field)).toEqual([field]);
    expect(await inKv()).toMatchObject({ visibility: "public", revision: 1 });
  });
});

describe("DELETE /namespaces/:name", () => {
  it("answers 422 as long as there are records, then deletes the namespace and its query tokens", async () => {
    const { id } = await newRecord(customer.resolvedb, `config.${name}.v1`);
    const { label } = await newToken();
    const error = await errorOf(await send("DELETE", `/${name}`), 422, "validation_error");
    expect(error.message).toBe("The namespace still has records: delete them first");
    await rest(`/records/${id}`, { method: "DELETE", key: customer.resolvedb });
    expect((await send("DELETE", `/${name}`)).status).toBe(204);
    expect(await inKv()).toMatchObject({ state: "deleted", revision: 2 });
    await errorOf(await send("GET", `/${name}`), 404, "not_found");
    await errorOf(await send("DELETE", `/${name}`), 404, "not_found");
    await newRecord(customer.resolvedb, `config.${name}.v1`);
    await setVisibility("private");
    expect(await textOf(`get.${label}.config.${name}.v1.resolvedb.net`)).toBe(WRONG_TOKEN);
  });

  it("keeps the name from others for 30 days, and from its former owner not at all", async () => {
    const stranger = await newCustomer();
    const record = { key: `config.${name}.v1`, data: DATA };
    const store = (key: string) => rest("/records", { method: "POST", key, body: { record } });
    await create({ name, visibility: "private" });
    await send("DELETE", `/${name}`);
    const deletedAt = Date.now();
    await errorOf(await store(stranger.resolvedb), 403, "authorization_error");
    await errorOf(await create({ name }, stranger.resolvedb), 403, "authorization_error");
    expect((await create({ name })).status).toBe(201);
    await send("DELETE", `/${name}`);
    vi.setSystemTime(deletedAt + 30 * 86_400_000);
    await errorOf(await store(stranger.resolvedb), 403, "authorization_error");
    vi.setSystemTime(deletedAt + 30 * 86_400_000 + 10_000);
    expect((await store(stranger.resolvedb)).status).toBe(201);
    expect(await inKv()).toMatchObject({
      account: stranger.account,
      visibility: "public",
      state: "active",
      revision: 5,
    });
    await errorOf(await send("GET", `/${name}`), 404, "not_found");
  });
});

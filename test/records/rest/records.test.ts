import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import type { NamespaceDocument, RecordDocument } from "../../../src/records/documents.ts";
import { type Customer, moveClockWithCalls, newCustomer } from "../../support/control-plane.ts";
import { dataOf, textOf } from "../../support/records.ts";
import { errorOf, newNamespaceName, newRecord, rest, type ShownRecord } from "../../support/records-api.ts";

const DATA = btoa('{"database":"postgres"}');

let customer: Customer;

moveClockWithCalls();
beforeEach(async () => {
  customer = await newCustomer();
});

const inKv = (key: string) => env.ZONES.get<RecordDocument>(`rec:${key}`, "json");
const create = (record: unknown, key = customer.resolvedb) =>
  rest("/records", { method: "POST", key, body: { record } });
const patch = (id: string, record: unknown) =>
  rest(`/records/${id}`, { method: "PATCH", key: customer.resolvedb, body: { record } });
const remove = (id: string) => rest(`/records/${id}`, { method: "DELETE", key: customer.resolvedb });

/** Gives an account a plan. */
async function onPlan(plan: "pro" | "enterprise"): Promise<Customer> {
  const made = await newCustomer();
  await env.DB.prepare("UPDATE accounts SET plan = ?2 WHERE id = ?1").bind(made.account, plan).run();
  return made;
}

/** Gives an account records up to a number, past the API. */
async function fill(account: string, namespace: string, count: number): Promise<void> {
  const now = Date.now();
  await env.DB.prepare(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?3)
     INSERT INTO records (id, account_id, key, namespace, resource, version, data, ttl, state, revision,
                          published_revision, created_at, updated_at)
     SELECT 'rec_' || ?2 || i, ?1, 'r' || i || '.' || ?2 || '.v1', ?2, 'r' || i, 'v1', 'e30=', 60, 'active', 1, 1, ?4, ?4
     FROM n`,
  )
    .bind(account, namespace, count, now)
    .run();
}

describe("POST /records", () => {
  it("answers 201 when the zone table holds the record and its namespace", async () => {
    const namespace = newNamespaceName();
    const record = await newRecord(customer.resolvedb, `config.${namespace}.v1`);
    expect(await inKv(record.key)).toMatchObject({
      id: record.id,
      account: customer.account,
      state: "active",
      revision: 1,
    });
    expect(await env.ZONES.get<NamespaceDocument>(`ns:${namespace}`, "json")).toEqual({
      name: namespace,
      account: customer.account,
      visibility: "public",
      revision: 1,
      state: "active",
    });
  });

  it("names the record's place, and its TTL is an hour by default", async () => {
    const answer = await create({ key: `Config.${newNamespaceName()}.v1`, data: DATA });
    const { record } = await answer.json<{ record: ShownRecord }>();
    expect(answer.headers.get("location")).toBe(`/api/v1/records/${record.id}`);
    expect(record).toMatchObject({ ttl: 3600, resource: "config" });
  });

  it("is read as a name at once, as is what follows", async () => {
    const { id, dns_query } = await newRecord(customer.resolvedb, `config.${newNamespaceName()}.v1`, { data: DATA });
    expect(dataOf(await textOf(dns_query!))).toBe('{"database":"postgres"}');
    await patch(id, { data: btoa('{"database":"mysql"}') });
    expect(dataOf(await textOf(dns_query!))).toBe('{"database":"mysql"}');
    await remove(id);
    expect(await textOf(dns_query!)).toContain("err=E004");
  });

  it("is read as a name at once where somebody asked for it before", async () => {
    const key = `config.${newNamespaceName()}.v1`;
    expect(await textOf(`get.${key}.resolvedb.net`)).toContain("err=E004");
    await newRecord(customer.resolvedb, key, { data: DATA });
    expect(dataOf(await textOf(`get.${key}.resolvedb.net`))).toBe('{"database":"postgres"}');
  });

  it("keeps 32 KiB, and answers them", async () => {
    const bytes = crypto.getRandomValues(new Uint8Array(32 * 1024));
    const answer = await create({ key: `big.${newNamespaceName()}.v1`, data: bytes.toBase64() });
    const { record } = await answer.json<{ record: ShownRecord }>();
    expect(record.data).toBe(bytes.toBase64());
    expect((await textOf(record.dns_query!)).split(";d=")[1]).toHaveLength(Math.ceil((bytes.length * 4) / 3));
  });

  it.each<[unknown, string[]]>([
    [undefined, ["record"]],
    [null, ["record"]],
    [[], ["record"]],
    [{}, ["record.data", "record.key"]],
    [{ key: 1, data: null }, ["record.data", "record.key"]],
    [{ key: "config", data: DATA }, ["record.key"]],
    [{ key: "a.b.v1", data: DATA, namespace: "b" }, ["record.namespace"]],
    [{ key: "a.b.v1", data: "" }, ["record.data"]],
    [{ key: "a.b.v1", data: "e30" }, ["record.data"]],
    [{ key: "a.b.v1", data: "e31=" }, ["record.data"]],
    [{ key: "a.b.v1", data: "e30==" }, ["record.data"]],
    [{ key: "a.b.v1", data: " e30=" }, ["record.data"]],
    [{ key: "a.b.v1", data: "e3\n0=" }, ["record.data"]],
    [{ key: "a.b.v1", data: "-_-_" }, ["record.data"]],
    [{ key: "a.b.v1", data: "=" }, ["record.data"]],
    [{ key: "a.b.v1", data: "A".repeat(43_696) }, ["record.data"]],
    [{ key: "a.b.v1", data: DATA, ttl: -1 }, ["record.ttl"]],
    [{ key: "a.b.v1", data: DATA, ttl: 604_801 }, ["record.ttl"]],
    [{ key: "a.b.v1", data: DATA, ttl: 1.5 }, ["record.ttl"]],
    [{ key: "a.b.v1", data: DATA, ttl: "60" }, ["record.ttl"]],
    [{ key: "a.b.v1", data: DATA, ttl: null }, ["record.ttl"]],
  ])("answers 422 to %j and names the fields", async (record, fields) => {
    const error = await errorOf(await create(record), 422, "validation_error");
    expect(error.message).toBe("The request body contains invalid data");
    expect(error.details.map(({ field }) => field).sort()).toEqual(fields);
    expect(error.details.every(({ message }) => message.length > 0)).toBe(true);
  });

  it("answers 422 to a key that is taken, and names the field", async () => {
    const { key } = await newRecord(customer.resolvedb, `config.${newNamespaceName()}.v1`);
    const { details } = await errorOf(await create({ key: key.toUpperCase(), data: DATA }), 422, "validation_error");
    expect(details).toEqual([{ field: "record.key", message: "has already been taken" }]);
  });

  it("gives a key to one of many who ask at once", async () => {
    const record = { key: `config.${newNamespaceName()}.v1`, data: DATA };
    const statuses = await Promise.all(Array.from({ length: 8 }, async () => (await create(record)).status));
    expect(statuses.sort()).toEqual([201, ...Array(7).fill(422)]);
  });

  it("gives a namespace to one of many accounts who ask at once", async () => {
    const namespace = newNamespaceName();
    const others = await Promise.all(Array.from({ length: 5 }, newCustomer));
    const answers = await Promise.all(
      others.map(({ resolvedb }, i) => create({ key: `r${i}.${namespace}.v1`, data: DATA }, resolvedb)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 403, 403, 403, 403]);
  });

  it("answers 403 for another account's namespace, whether the key is taken or not", async () => {
    const { key, namespace } = await newRecord((await newCustomer()).resolvedb, `config.${newNamespaceName()}.v1`);
    for (const other of [key, `other.${namespace}.v1`]) {
      const { message } = await errorOf(await create({ key: other, data: DATA }), 403, "authorization_error");
      expect(message).toBe(`The namespace ${namespace} belongs to another account`);
    }
  });

  it.each(["public", "system", "resolvedb", "rescdn", "PUBLIC"])("answers 403 for the namespace %s", async (name) => {
    const { message } = await errorOf(await create({ key: `a.${name}.v1`, data: DATA }), 403, "authorization_error");
    expect(message).toBe(`The namespace ${name.toLowerCase()} is reserved`);
  });

  it("stores no more records than the plan has, however many ask at once", async () => {
    const { resolvedb, account } = await newCustomer();
    const { namespace } = await newRecord(resolvedb, `first.${newNamespaceName()}.v1`);
    await fill(account, namespace, 96);
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => create({ key: `new${i}.${namespace}.v1`, data: DATA }, resolvedb)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 403, 403, 403, 403, 403]);
    const refused = answers.find(({ status }) => status === 403)!;
    const { message } = await errorOf(refused, 403, "quota_exceeded");
    expect(message).toBe("The account has as many records as its plan allows");
    const { user } = await (await rest("/me", { key: resolvedb })).json<{ user: { records_count: number } }>();
    expect(user.records_count).toBe(100);
  });

  it("neither stores nor takes a namespace beyond the limit, and goes on when a record has gone", async () => {
    const { resolvedb, account } = await newCustomer();
    const { id, namespace } = await newRecord(resolvedb, `first.${newNamespaceName()}.v1`);
    await fill(account, namespace, 99);
    const other = newNamespaceName();
    await errorOf(await create({ key: `a.${other}.v1`, data: DATA }, resolvedb), 403, "quota_exceeded");
    expect((await create({ key: `a.${other}.v1`, data: DATA })).status).toBe(201);
    expect((await rest(`/records/${id}`, { method: "DELETE", key: resolvedb })).status).toBe(204);
    expect((await create({ key: `a.${namespace}.v1`, data: DATA }, resolvedb)).status).toBe(201);
  });

  it("knows the limits of every plan", async () => {
    const [pro, enterprise] = await Promise.all([onPlan("pro"), onPlan("enterprise")]);
    const limits = async (key: string) =>
      (await (await rest("/me", { key })).json<{ user: { plan: string; records_limit: number | null } }>()).user;
    expect(await limits(pro.resolvedb)).toMatchObject({ plan: "pro", records_limit: 10_000 });
    expect(await limits(enterprise.resolvedb)).toMatchObject({ plan: "enterprise", records_limit: null });
    const { namespace } = await newRecord(enterprise.resolvedb, `first.${newNamespaceName()}.v1`);
    await fill(enterprise.account, namespace, 10_100);
    await newRecord(enterprise.resolvedb, `one-more.${namespace}.v1`);
    expect((await rest("/me", { key: pro.resolvedb })).headers.get("x-ratelimit-limit")).toBe("600");
  });

  it("gives a deleted record's key to a new record, with an id of its own and a higher revision", async () => {
    const old = await newRecord(customer.resolvedb, `config.${newNamespaceName()}.v1`);
    await remove(old.id);
    const next = await newRecord(customer.resolvedb, old.key, { data: DATA });
    expect(next.id).not.toBe(old.id);
    expect(await inKv(old.key)).toMatchObject({ id: next.id, state: "active", revision: 3, data: DATA });
    expect(dataOf(await textOf(next.dns_query!))).toBe('{"database":"postgres"}');
  });
});

describe("GET /records", () => {
  const listed = async (key: string, query: string) => {
    const answer = await rest(`/records${query}`, { key });
    expect(answer.status).toBe(200);
    const { records, meta } = await answer.json<{ records: ShownRecord[]; meta: object }>();
    return { keys: records.map((record) => record.key), meta };
  };

  it("leads through all records in pages, oldest first, each once", async () => {
    const { resolvedb } = await newCustomer();
    const namespace = newNamespaceName();
    const keys: string[] = [];
    for (const name of ["e", "d", "c", "b", "a"])
      keys.push((await newRecord(resolvedb, `${name}.${namespace}.v1`)).key);
    expect(await listed(resolvedb, "?page=1&per_page=2")).toEqual({
      keys: keys.slice(0, 2),
      meta: { page: 1, per_page: 2, total: 5, total_pages: 3 },
    });
    expect((await listed(resolvedb, "?page=2&per_page=2")).keys).toEqual(keys.slice(2, 4));
    expect((await listed(resolvedb, "?page=3&per_page=2")).keys).toEqual(keys.slice(4));
    expect(await listed(resolvedb, "?page=4&per_page=2")).toEqual({
      keys: [],
      meta: { page: 4, per_page: 2, total: 5, total_pages: 3 },
    });
    expect(await listed(resolvedb, "")).toEqual({ keys, meta: { page: 1, per_page: 25, total: 5, total_pages: 1 } });
  });

  it("filters by namespace and by resource, in any case", async () => {
    const { resolvedb } = await newCustomer();
    const [one, two] = [newNamespaceName(), newNamespaceName()];
    for (const key of [`a.${one}.v1`, `b.${one}.v1`, `x.a.${one}.v1`, `a.${two}.v1`]) await newRecord(resolvedb, key);
    expect((await listed(resolvedb, `?namespace=${two}`)).keys).toEqual([`a.${two}.v1`]);
    expect((await listed(resolvedb, "?resource=A")).keys).toEqual([`a.${one}.v1`, `x.a.${one}.v1`, `a.${two}.v1`]);
    expect((await listed(resolvedb, `?resource=b&namespace=${one.toUpperCase()}`)).keys).toEqual([`b.${one}.v1`]);
    expect(await listed(resolvedb, "?namespace=nobody")).toEqual({
      keys: [],
      meta: { page: 1, per_page: 25, total: 0, total_pages: 0 },
    });
  });

  it.each([
    ["page=0", "page"],
    ["page=-1", "page"],
    ["page=x", "page"],
    ["page=", "page"],
    ["page=1.5", "page"],
    ["page=1e3", "page"],
    ["page=9999999999999999999", "page"],
    ["page=1&page=2", "page"],
    ["per_page=0", "per_page"],
    ["per_page=101", "per_page"],
    ["per_page=%00", "per_page"],
  ])("answers 422 to ?%s", async (query, field) => {
    const { details } = await errorOf(
      await rest(`/records?${query}`, { key: customer.resolvedb }),
      422,
      "validation_error",
    );
    expect(details.map((problem) => problem.field)).toEqual([field]);
  });

  it("takes 100 records on a page", async () => {
    const { resolvedb, account } = await newCustomer();
    const { namespace } = await newRecord(resolvedb, `first.${newNamespaceName()}.v1`);
    await fill(account, namespace, 99);
    expect((await listed(resolvedb, "?per_page=100")).keys).toHaveLength(100);
  });
});

describe("PATCH /records/:id", () => {
  it("changes only what is given", async () => {
    const record = await newRecord(customer.resolvedb, `config.${newNamespaceName()}.v1`, { data: DATA, ttl: 60 });
    const { dns_query: _, ...shown } = record;
    for (const [change, expected] of [
      [{ ttl: 0 }, { ...shown, ttl: 0 }],
      [{ data: "AA==" }, { ...shown, ttl: 0, data: "AA==" }],
      [{}, { ...shown, ttl: 0, data: "AA==" }],
    ]) {
      const answer = await patch(record.id, change);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toEqual({ record: { ...expected, updated_at: expect.any(String) } });
    }
    expect(await inKv(record.key)).toMatchObject({ ttl: 0, data: "AA==" });
  });

  it("loses none of two changes made at once", async () => {
    const { id } = await newRecord(customer.resolvedb, `config.${newNamespaceName()}.v1`);
    await Promise.all([patch(id, { ttl: 7 }), patch(id, { data: "AAAA" })]);
    const answer = await rest(`/records/${id}`, { key: customer.resolvedb });
    expect((await answer.json<{ record: ShownRecord }>()).record).toMatchObject({ ttl: 7, data: "AAAA" });
  });

  it("takes all that twenty change at once", async () => {
    const { id, key } = await newRecord(customer.resolvedb, `config.${newNamespaceName()}.v1`);
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => patch(id, { ttl: i })));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(await inKv(key)).toMatchObject({ revision: 21 });
  });

  it.each<[unknown, string[]]>([
    [undefined, ["record"]],
    ["x", ["record"]],
    [{ key: "a.b.v1" }, ["record.key"]],
    [{ id: "rec_x", ttl: 1 }, ["record.id"]],
    [{ data: "?" }, ["record.data"]],
    [{ ttl: 604_801 }, ["record.ttl"]],
    [{ ttl: null }, ["record.ttl"]],
  ])("answers 422 to %j, names the fields and changes nothing", async (change, fields) => {
    const record = await newRecord(customer.resolvedb, `config.${newNamespaceName()}.v1`);
    const { details } = await errorOf(await patch(record.id, change), 422, "validation_error");
    expect(details.map(({ field }) => field)).toEqual(fields);
    expect(await inKv(record.key)).toMatchObject({ revision: 1 });
  });
});

describe("DELETE /records/:id", () => {
  it("drops the data, and leaves a note for late readers", async () => {
    const { id, key } = await newRecord(customer.resolvedb, `config.${newNamespaceName()}.v1`, { data: DATA });
    expect((await remove(id)).status).toBe(204);
    expect(await inKv(key)).toMatchObject({ id, state: "deleted", data: "", revision: 2 });
    const row = await env.DB.prepare("SELECT data FROM records WHERE id = ?1").bind(id).first();
    expect(row).toEqual({ data: "" });
    await errorOf(await remove(id), 404, "not_found");
    await errorOf(await patch(id, { ttl: 1 }), 404, "not_found");
  });
});

describe("a request", () => {
  const send = (body: unknown, headers: Record<string, string> = {}) =>
    rest("/records", { method: "POST", key: customer.resolvedb, body, headers });

  it.each(["{", "", "nothing", "\u0000", '{"record":'])("answers 400 to the body %j", async (body) => {
    const { details } = await errorOf(await send(body), 400, "validation_error");
    expect(details).toEqual([]);
  });

  it.each(["[]", "1", "null", '"x"'])("answers 422 to the body %s", async (body) => {
    await errorOf(await send(body), 422, "validation_error");
  });

  it("answers 413 to a body above 64 KiB", async () => {
    await errorOf(await send({ record: { data: "A".repeat(65_536) } }), 413, "body_too_large");
  });

  it.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])(
    "answers 415 to a body of type %s",
    async (type) => {
      await errorOf(await send({ record: {} }, { "content-type": type }), 415, "unsupported_media_type");
    },
  );
});

describe("the audit log", () => {
  it("keeps who changed which record, and of its data only length and hash", async () => {
    const { resolvedb, account } = await newCustomer();
    const namespace = newNamespaceName();
    const { id, key } = await newRecord(resolvedb, `config.${namespace}.v1`, { data: DATA, ttl: 60 });
    await rest(`/records/${id}`, { method: "PATCH", key: resolvedb, body: { record: { data: "AA==" } } });
    await rest(`/records/${id}`, { method: "DELETE", key: resolvedb });
    const { results } = await env.DB.prepare(
      "SELECT action, target, before, after FROM audit_log WHERE account_id = ?1 AND action NOT LIKE 'account.%' ORDER BY at, action",
    )
      .bind(account)
      .all<{ action: string; target: string; before: string | null; after: string | null }>();
    const zero = { bytes: 1, sha256: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d" };
    const data = { bytes: 23, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) };
    expect(
      results.map(({ before, after, ...row }) => ({
        ...row,
        before: JSON.parse(before ?? "null"),
        after: JSON.parse(after ?? "null"),
      })),
    ).toEqual([
      { action: "namespace.create", target: namespace, before: null, after: { visibility: "public" } },
      { action: "record.create", target: id, before: null, after: { key, ttl: 60, ...data } },
      { action: "record.update", target: id, before: { ttl: 60, ...data }, after: { ttl: 60, ...zero } },
      { action: "record.delete", target: id, before: { key, ttl: 60, ...zero }, after: null },
    ]);
    expect(JSON.stringify(results)).not.toContain(DATA);
  });

  it("says nothing of what was refused", async () => {
    const { resolvedb, account } = await newCustomer();
    const { key } = await newRecord(resolvedb, `config.${newNamespaceName()}.v1`);
    await create({ key, data: DATA }, resolvedb);
    const count = await env.DB.prepare(
      "SELECT COUNT(*) AS n FROM audit_log WHERE account_id = ?1 AND action NOT LIKE 'account.%'",
    )
      .bind(account)
      .first("n");
    expect(count).toBe(2);
  });
});

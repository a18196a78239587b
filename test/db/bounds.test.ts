import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { createAccount } from "../../src/accounts/create-account.ts";
import type { Plan } from "../../src/accounts/plans.ts";
import { everyMinute } from "../../src/cron.ts";
import { BOUNDS, FILE_BYTES } from "../../src/db/bounds.ts";
import { newId } from "../../src/db/new-id.ts";
import { boundSessions } from "../../src/people/delete-old-people-rows.ts";
import { countMail, MAILS_PER_DAY } from "../../src/people/mails-of-day.ts";
import { acceptInvitation, invite } from "../../src/people/members.ts";
import { maySignUp } from "../../src/people/sign-up.ts";
import { boundHistory } from "../../src/records/webhooks/due-deliveries.ts";
import type { LogOutbox } from "../../src/request-log/delivery/log-outbox.ts";
import { MOST_BYTES } from "../../src/request-log/delivery/outbox-tables.ts";
import { announceTail } from "../../src/request-log/tail/announce-tail.ts";
import type { FailureCount } from "../../src/usage/batch.ts";
import { popOf } from "../../src/usage/pop-of.ts";
import { documentOf } from "../../src/zones/zone-document.ts";
import { call, moveClockWithCalls, newEmail, newName, newZone, type ShownZone } from "../support/control-plane.ts";
import { newKey, type ShownNewKey } from "../support/keys.ts";
import { operate } from "../support/operator.ts";
import { newNamespaceName, rest } from "../support/records-api.ts";

const DAY_MS = 86_400_000;

/** An account of the test, whose rows are its own. */
interface Tenant {
  account: string;
  live: string;
  resolvedb: string;
}

moveClockWithCalls();
beforeEach(() => {
  vi.spyOn(globalThis, "fetch").mockRejectedValue(new Error("these tests have no network"));
});

async function newTenant(plan: Plan = "free"): Promise<Tenant> {
  const { account, keys } = await createAccount(env.DB, { name: "A", email: newEmail(), plan }, Date.now());
  return { account: account.id, ...keys };
}

/** A person who has proven to have an address. */
async function newPerson(): Promise<string> {
  const id = newId("person");
  await env.DB.prepare(
    "INSERT INTO people (id, name, email, email_verified, created_at, updated_at) VALUES (?1, '', ?1 || '@acme.example', 1, '', '')",
  )
    .bind(id)
    .run();
  return id;
}

/** How many rows of a table an SQL condition finds; `?1` stands for a value. */
async function count(table: string, where: string, value: string | number): Promise<number> {
  const rows = await env.DB.prepare(`SELECT COUNT(*) AS rows FROM ${table} WHERE ${where}`)
    .bind(value)
    .first<number>("rows");
  return rows ?? 0;
}

/** Inserts so many rows at once: `n` counts them from 1, `?1` stands for a value. */
async function fill(rows: number, insert: string, value: string): Promise<void> {
  await env.DB.prepare(
    `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${rows}) ${insert.replace("$numbers", "FROM numbers")}`,
  )
    .bind(value)
    .run();
}

/** Runs the cron so many days later. */
async function cronAfter(days: number): Promise<void> {
  vi.setSystemTime(Date.now() + days * DAY_MS);
  await everyMinute(env, Date.now());
}

const post = (path: string, key: string, body: object, headers = {}) =>
  call(path, { method: "POST", key, body, headers });
const createZone = (key: string, name = newName()) =>
  post("/v1/zones", key, { name, origin: "https://origin.example.com" });
const createRecord = (key: string, namespace: string, resource = "config") =>
  rest("/records", { method: "POST", key, body: { record: { key: `${resource}.${namespace}.v1`, data: btoa("{}") } } });

/** Settings of a zone whose logs are delivered. */
const LOGGED = { settings: { logs: { target: { type: "https", url: "https://logs.example/in" } } } };
const CHUNK = { zone: "zone_1", text: "{}\n", lines: 1, lost: 0 };

/** How many rows tables of an object have. */
function rowsOfObject(object: DurableObjectStub<LogOutbox>, ...tables: string[]): Promise<number[]> {
  return runInDurableObject(object, (_, { storage }) =>
    tables.map((table) => storage.sql.exec<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}`).one().n),
  );
}

/** For each table, what passes its bound where nothing holds it, by calls that a customer can make. */
const ATTEMPTS = {
  accounts: async () => {
    const { live } = await newTenant();
    const before = await count("accounts", "?1 = ?1", "");
    const body = { name: "B", email: newEmail() };
    expect((await post("/admin/accounts", live, body, { authorization: `Bearer ${live}` })).status).toBe(401);
    expect(await count("accounts", "?1 = ?1", "")).toBe(before);
  },

  api_keys: async () => {
    const { account, live } = await newTenant();
    let key: ShownNewKey = await newKey(live);
    const rotations = 10;
    await fill(
      BOUNDS.api_keys.over.rows - 5,
      `INSERT INTO api_keys (id, account_id, product, mode, hash, prefix, name, scopes, created_at, revoked_at)
       SELECT 'key_' || ?1 || n, ?1, 'rescdn', 'live', ?1 || n, '', '', 'purge', 0, ${Date.now()} - n $numbers`,
      account,
    );
    for (let i = 0; i < rotations; i++) {
      const headers = { "idempotency-key": `rotation-${i}` };
      const answer = await call(`/v1/keys/${key.id}/rotate`, { method: "POST", key: key.token, headers });
      expect(answer.status).toBe(201);
      key = await answer.json<ShownNewKey>();
    }
    const ended = "account_id = ?1 AND revoked_at IS NOT NULL";
    expect(await count("api_keys", ended, account)).toBe(BOUNDS.api_keys.over.rows);
    const used = await call("/v1/me", { key: key.token });
    expect(used.status).toBe(200);
    await cronAfter(BOUNDS.api_keys.over.days + 1);
    expect(await count("api_keys", ended, account)).toBe(0);
    expect(await count("api_keys", "account_id = ?1", account)).toBe(4);
    expect(await count("audit_log", "account_id = ?1 AND action = 'key.rotate'", account)).toBe(rotations);
  },

  files: async () => {
    const { account, live } = await newTenant();
    const { id } = await newZone(live, { origin: "r2://files" });
    await fill(
      BOUNDS.files.rows.free - 1,
      `INSERT INTO files (zone_id, path, account_id, bucket, size, content_type, etag, uploaded_at)
       SELECT '${id}', '/' || n, ?1, 'files', 0, '', '', 0 $numbers`,
      account,
    );
    const put = async (path: string, size: number) => {
      const headers = { "content-type": "text/css", "content-length": String(size) };
      const body = "x".repeat(Math.min(size, 3));
      return (await call(`/v1/zones/${id}/files/${path}`, { method: "PUT", key: live, body, headers })).status;
    };
    expect(await put("a.css", 3)).toBe(201);
    expect(await put("b.css", 3)).toBe(403);
    expect(await put("a.css", 3)).toBe(200);
    await env.DB.prepare("UPDATE files SET size = ?2 WHERE zone_id = ?1 AND path = '/1'")
      .bind(id, FILE_BYTES.account.free - 4)
      .run();
    expect(await put("a.css", 4)).toBe(400); // shorter than it says: allowed, and not stored
    expect(await put("a.css", 5)).toBe(403);
    expect(await put("c.css", FILE_BYTES.file + 1)).toBe(413);
    await env.DB.prepare("UPDATE zones SET state = 'deleted', deleted_at = ?2 WHERE id = ?1")
      .bind(id, Date.now())
      .run();
    await cronAfter(0);
    expect(await count("files", "account_id = ?1", account)).toBe(0);
    expect((await env.BUCKET_FILES!.list({ prefix: id })).objects).toEqual([]);
  },

  zones: async () => {
    const { account, live } = await newTenant();
    const columns =
      "id, account_id, name, mode, origin, settings, state, version, published_version, created_at, updated_at, deleted_at";
    const row = (state: string, prefix: string) =>
      `INSERT INTO zones (${columns}) SELECT '${prefix}' || ?1 || n, ?1, lower('${prefix}' || substr(?1, 6, 8)) || n, 'live', 'https://a.example',
       '{}', '${state}', 1, 1, 0, 0, ${state === "deleted" ? Date.now() : "NULL"} $numbers`;
    await fill(BOUNDS.zones.rows.free! - 1, row("active", "a"), account);
    const last = await createZone(live);
    expect(last.status).toBe(201);
    expect((await createZone(live)).status).toBe(403);
    const { id, name } = await last.json<{ id: string; name: string }>();
    await call(`/v1/zones/${id}`, { method: "PATCH", key: live, body: { settings: { negative_ttl: 3 } } });
    expect((await call(`/v1/zones/${id}`, { method: "DELETE", key: live })).status).toBe(204);
    const deleted = await env.DB.prepare("SELECT settings FROM zones WHERE id = ?1").bind(id).first<string>("settings");
    expect(deleted).toBe("{}");

    await fill(BOUNDS.zones.over.rows.free! - 1, row("deleted", "d"), account);
    const refused = await createZone(live, name);
    expect(await refused.json()).toMatchObject({
      code: "limit_reached",
      error: expect.stringContaining("has deleted 1000"),
    });
    await cronAfter(30);
    expect(await count("zones", "account_id = ?1 AND state = 'deleted'", account)).toBe(1_000);
    for (let run = 0; run < 3; run++) await cronAfter(run === 0 ? 3 : 0);
    expect(await count("zones", "account_id = ?1 AND state = 'deleted'", account)).toBe(0);
    expect((await createZone(live, name)).status).toBe(201);
  },

  purges: async () => {
    const { account, live } = await newTenant();
    const { id: first, name } = await newZone(live);
    const { id: other, name: otherName } = await newZone(live);
    for (let i = 0; i < 6; i++) {
      const paths = Array.from({ length: 1_000 }, (_, index) => `/${i}/${index}`);
      expect((await post("/v1/purge", live, { zone: first, paths })).status).toBe(200);
    }
    expect(await count("purges", "zone_id = ?1", first)).toBe(5_000);
    // What was dropped is purged still.
    expect((await documentOf(env.DB, name, Date.now()))!.purges.everything[0]).toBeGreaterThanOrEqual(2);

    await fill(
      BOUNDS.purges.rows.free! - 5_000,
      `INSERT INTO purges SELECT zone_id, 2, 'path', '/' || n, 'purge_' || ?1 || n, account_id, 1, at, created_by
       FROM (SELECT * FROM purges WHERE zone_id = ?1 LIMIT 1), numbers`,
      first,
    );
    expect(await count("purges", "account_id = ?1", account)).toBe(BOUNDS.purges.rows.free);
    for (let i = 0; i < 5; i++)
      expect((await post("/v1/purge", live, { zone: other, paths: ["/a", `/${i}`], soft: true })).status).toBe(200);
    expect(await count("purges", "account_id = ?1", account)).toBe(BOUNDS.purges.rows.free! + 1);
    expect((await documentOf(env.DB, otherName, Date.now()))!.purges).toMatchObject({
      everything: [6, 0, 0],
      paths: {},
    });
    for (let run = 0; run < 3; run++) await cronAfter(run === 0 ? BOUNDS.purges.days + 1 : 0);
    expect(await count("purges", "account_id = ?1", account)).toBe(0);
  },

  audit_log: async () => {
    const { account, live } = await newTenant();
    const rows = BOUNDS.audit_log.rows.free;
    await fill(
      rows,
      `INSERT INTO audit_log (id, account_id, mode, at, actor, action, target, request_id, number, place)
       SELECT 'audit_' || ?1 || n, ?1, 'live', ${Date.now()} - 10000 + n, 'k', 'x', 'x', 'r', n + 1, n + 1 $numbers`,
      account,
    );
    for (let i = 0; i < 3; i++) await newKey(live);
    expect(await count("audit_log", "account_id = ?1", account)).toBe(rows + 1);
    await env.DB.prepare("DELETE FROM audit_log WHERE account_id = ?1 AND number = 4").bind(account).run();
    for (let i = 0; i < 3; i++) await newKey(live);
    expect(await count("audit_log", "account_id = ?1", account)).toBe(rows);
    expect(await count("audit_log", "account_id = ?1 AND action = 'key.create'", account)).toBe(6);
    const oldest = await env.DB.prepare("SELECT MIN(number) AS number FROM audit_log WHERE account_id = ?1")
      .bind(account)
      .first("number");
    expect(oldest).toBe(rows + 7 - rows + 1);
    for (let run = 0; run < 3; run++) await cronAfter(run === 0 ? BOUNDS.audit_log.days + 1 : 0);
    expect(await count("audit_log", "account_id = ?1", account)).toBe(0);
  },

  idempotency_keys: async () => {
    const { account, live } = await newTenant();
    const rows = BOUNDS.idempotency_keys.rows.free;
    const once = (key: string) => post("/v1/keys", live, { name: "once" }, { "idempotency-key": key });
    expect((await once("first")).status).toBe(201);
    await fill(
      rows - 1,
      `INSERT INTO idempotency_keys (api_key_id, key, fingerprint, created_at, account_id)
       SELECT (SELECT id FROM api_keys WHERE account_id = ?1 LIMIT 1), 'k' || n, 'f', ${Date.now()}, ?1 $numbers`,
      account,
    );
    const refused = await once("another");
    expect([refused.status, await refused.text()]).toEqual([429, expect.stringContaining("1000 Idempotency-Keys")]);
    expect((await once("first")).headers.get("idempotency-replayed")).toBe("true");
    expect((await post("/v1/keys", live, { name: "once" })).status).toBe(201);
    expect(await count("idempotency_keys", "account_id = ?1", account)).toBe(rows);
    await cronAfter(BOUNDS.idempotency_keys.days + 1);
    expect(await count("idempotency_keys", "account_id = ?1", account)).toBe(0);
  },

  records: async () => {
    const { account, resolvedb } = await newTenant();
    const namespace = newNamespaceName();
    expect((await createRecord(resolvedb, namespace)).status).toBe(201);
    const row = (rows: number, state: string, prefix: string) =>
      fill(
        rows,
        `INSERT INTO records (id, account_id, key, namespace, resource, version, data, ttl, state, revision, published_revision, created_at, updated_at)
         SELECT '${prefix}' || ?1 || n, account_id, '${prefix}' || n || '.' || name || '.v1', name, '${prefix}' || n, 'v1', '', 1, '${state}', 1, 1, 0, ${Date.now()}
         FROM namespaces, numbers WHERE account_id = ?1`,
        account,
      );
    await row(BOUNDS.records.rows.free! - 1, "active", "a");
    expect((await createRecord(resolvedb, namespace, "more")).status).toBe(403);
    await env.DB.prepare("DELETE FROM records WHERE account_id = ?1 AND resource LIKE 'a%'").bind(account).run();
    await row(BOUNDS.records.over.rows.free, "deleted", "d");
    const refused = await createRecord(resolvedb, newNamespaceName());
    expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining("deleted as many records")]);
    expect(await count("namespaces", "account_id = ?1", account)).toBe(1);
    for (let run = 0; run < 3; run++) await cronAfter(run === 0 ? BOUNDS.records.over.days + 1 : 0);
    expect(await count("records", "account_id = ?1 AND state = 'deleted'", account)).toBe(0);
    expect((await createRecord(resolvedb, namespace, "more")).status).toBe(201);
  },

  namespaces: async () => {
    const { account, resolvedb } = await newTenant();
    const create = (name = newNamespaceName()) =>
      rest("/namespaces", { method: "POST", key: resolvedb, body: { namespace: { name } } });
    const row = (rows: number, state: string, prefix: string) =>
      fill(
        rows,
        `INSERT INTO namespaces (name, account_id, visibility, revision, published_revision, created_at, updated_at, state)
         SELECT lower('${prefix}' || substr(?1, 6, 8)) || n, ?1, 'public', 1, 1, 0, ${Date.now()}, '${state}' $numbers`,
        account,
      );
    await row(BOUNDS.namespaces.rows.free!, "active", "a");
    expect((await create()).status).toBe(403);
    await env.DB.prepare("UPDATE namespaces SET state = 'deleted' WHERE account_id = ?1").bind(account).run();
    await row(BOUNDS.namespaces.over.rows.free! - BOUNDS.namespaces.rows.free!, "deleted", "d");
    expect((await create()).status).toBe(403);
    const own = await env.DB.prepare("SELECT name FROM namespaces WHERE account_id = ?1")
      .bind(account)
      .first<string>("name");
    expect((await create(own!)).status).toBe(201);
    for (let run = 0; run < 2; run++) await cronAfter(run === 0 ? BOUNDS.namespaces.over.days + 1 : 0);
    expect(await count("namespaces", "account_id = ?1", account)).toBe(1);
  },

  query_tokens: async () => {
    const { resolvedb } = await newTenant();
    const name = newNamespaceName();
    await rest("/namespaces", { method: "POST", key: resolvedb, body: { namespace: { name } } });
    const path = `/namespaces/${name}/query_tokens`;
    const create = () => rest(path, { method: "POST", key: resolvedb, body: { query_token: { name: "A" } } });
    for (let i = 0; i < 5; i++) {
      const { query_token } = await (await create()).json<{ query_token: { id: string } }>();
      expect((await rest(`${path}/${query_token.id}`, { method: "DELETE", key: resolvedb })).status).toBe(204);
    }
    expect(await count("query_tokens", "namespace = ?1", name)).toBe(0);
    await fill(
      BOUNDS.query_tokens.rows,
      "INSERT INTO query_tokens (id, namespace, hash, prefix, name, created_at) SELECT ?1 || n, ?1, ?1 || n, '', '', 0 $numbers",
      name,
    );
    expect((await create()).status).toBe(403);
  },

  webhooks: async () => {
    const { account, resolvedb } = await newTenant("pro");
    const create = () =>
      rest("/webhooks", { method: "POST", key: resolvedb, body: { webhook: { url: "https://hooks.example.com/" } } });
    const row = (rows: number, state: string) =>
      fill(
        rows,
        `INSERT INTO webhooks (id, account_id, url, events, state, secret, created_at, updated_at)
         SELECT '${state}' || ?1 || n, ?1, 'https://a.example/', '[]', '${state}', '', 0, ${Date.now()} $numbers`,
        account,
      );
    await row(BOUNDS.webhooks.rows.pro! - 1, "disabled");
    expect((await create()).status).toBe(201);
    expect((await create()).status).toBe(403);
    await env.DB.prepare("DELETE FROM webhooks WHERE account_id = ?1").bind(account).run();
    await row(BOUNDS.webhooks.over.rows.pro!, "deleted");
    const refused = await create();
    expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining("has deleted 100 webhooks")]);
    await cronAfter(BOUNDS.webhooks.over.days + 1);
    expect(await count("webhooks", "account_id = ?1", account)).toBe(0);
  },

  webhook_deliveries: async () =>
    expect(await deliveriesLeft()).toMatchObject({ deliveries: BOUNDS.webhook_deliveries.over.rows }),
  webhook_events: async () =>
    expect(await deliveriesLeft()).toMatchObject({ events: BOUNDS.webhook_deliveries.over.rows }),

  signing_keys: async () => {
    const { live } = await newTenant();
    const zone = await newZone(live);
    const path = `/v1/zones/${zone.id}/signing-keys`;
    const answers = await Promise.all(Array.from({ length: 4 }, () => post(path, live, {})));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 409, 409]);
    expect(await count("signing_keys", "zone_id = ?1", zone.id)).toBe(2);
    expect((await call(`/v1/zones/${zone.id}`, { method: "DELETE", key: live })).status).toBe(204);
    expect(await count("signing_keys", "zone_id = ?1", zone.id)).toBe(0);
  },

  tails: async () => {
    const { account, live } = await newTenant();
    const zone = await newZone(live);
    const owner = { zone: zone.id, account, mode: "live" } as const;
    for (let n = 0; n < 3; n++) await announceTail(env, owner, { until: Date.now() + n, fraction: 1 });
    expect(await count("tails", "zone_id = ?1", zone.id)).toBe(1);
    await cronAfter(BOUNDS.tails.days + 1);
    expect(await count("tails", "zone_id = ?1", zone.id)).toBe(0);
  },
  log_secrets: async () => {
    const { live } = await newTenant();
    const zone = await newZone(live, LOGGED);
    for (let n = 0; n < 3; n++) expect((await post(`/v1/zones/${zone.id}/logs/secret`, live, {})).status).toBe(200);
    expect(await count("log_secrets", "zone_id = ?1", zone.id)).toBe(1);
    expect((await call(`/v1/zones/${zone.id}`, { method: "DELETE", key: live })).status).toBe(204);
    expect(await count("log_secrets", "zone_id = ?1", zone.id)).toBe(0);
  },
  log_chunks: async () => {
    const outbox = env.LOG_OUTBOX.getByName(crypto.randomUUID());
    for (let n = 0; n < BOUNDS.log_chunks.rows; n++) await outbox.take(CHUNK);
    const rows = await rowsOfObject(outbox, "log_chunks", "log_batches");
    expect(rows).toEqual([0, 1]);
  },
  log_batches: async () => {
    const outbox = env.LOG_OUTBOX.getByName(crypto.randomUUID());
    await outbox.take(CHUNK);
    const fillTo = (size: number, many: number) =>
      runInDurableObject(outbox, (_, { storage }) => {
        storage.sql.exec(
          `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${many})
           INSERT INTO log_batches (id, lines, closed_at, size, body) SELECT 'logs_' || n, 1, ${Date.now()}, ${size}, x'00' FROM numbers`,
        );
      });
    await fillTo(1, BOUNDS.log_batches.rows + 5);
    await outbox.take(CHUNK);
    expect(await rowsOfObject(outbox, "log_batches")).toEqual([BOUNDS.log_batches.rows]);
    expect((await outbox.state()).lost).toBe(5);
    await fillTo(MOST_BYTES / 4, 5);
    await outbox.take(CHUNK);
    expect(await rowsOfObject(outbox, "log_batches")).toEqual([4]);
  },

  takedowns: async () => {
    const { account, live } = await newTenant();
    const { name } = await newZone(live);
    await fill(
      BOUNDS.takedowns.rows,
      `INSERT INTO takedowns (id, account_id, zone, kind, value, reference, created_at)
       SELECT 'take_' || ?1 || n, ?1, '${name}', 'path', '/' || n, 'x', 0 $numbers`,
      account,
    );
    const takeDown = (path: string) =>
      operate("/takedowns", { url: `https://${name}.rescdn.io${path}`, reference: "y" });
    expect((await takeDown("/another")).status).toBe(403);
    expect((await takeDown("/1")).status).toBe(201);
    expect(await count("takedowns", "zone = ?1", name)).toBe(BOUNDS.takedowns.rows);
  },

  version_floor: async () => {
    for (const _ of [1, 2]) expect((await operate("/restore", {})).status).toBe(200);
    expect(await count("version_floor", "?1 = ?1", "")).toBe(BOUNDS.version_floor.rows);
  },

  people: async () => {
    // One for each address, which its owner has to prove; who may sign up is the operator's to say.
    expect(await maySignUp(env.DB, { signUp: "closed", operators: new Set() }, "stranger@acme.example")).toBe(false);
  },

  people_sessions: async () => {
    const person = await newPerson();
    await fill(
      BOUNDS.people_sessions.rows + 5,
      `INSERT INTO people_sessions (id, token, person_id, expires_at, created_at, updated_at)
       SELECT ?1 || n, ?1 || n, ?1, '2099-01-01', '2026-01-01' || n, '' $numbers`,
      person,
    );
    await boundSessions(env.DB, person);
    expect(await count("people_sessions", "person_id = ?1", person)).toBe(BOUNDS.people_sessions.rows);
    await env.DB.prepare("UPDATE people_sessions SET expires_at = ?2 WHERE person_id = ?1")
      .bind(person, new Date().toISOString())
      .run();
    await cronAfter(1);
    expect(await count("people_sessions", "person_id = ?1", person)).toBe(0);
  },

  sign_ins: async () => {
    const person = await newPerson();
    const insert = env.DB.prepare(
      `INSERT INTO sign_ins (id, account_id, provider_id, person_id, created_at, updated_at)
       VALUES (?2, '1', ?3, ?1, '', '')`,
    );
    await insert.bind(person, `${person}1`, person).run();
    await expect(insert.bind(person, `${person}2`, person).run()).rejects.toThrow("UNIQUE");
  },

  sign_in_codes: async () => {
    await env.DB.prepare(
      "INSERT INTO sign_in_codes (id, identifier, value, expires_at, created_at, updated_at) VALUES ('c', 'c', '', ?1, '', '')",
    )
      .bind(new Date().toISOString())
      .run();
    await cronAfter(1);
    expect(await count("sign_in_codes", "id = ?1", "c")).toBe(0);
  },

  // That no more are made is tried in test/people/passkeys.test.ts.
  passkeys: async () => expect(BOUNDS.passkeys.rows).toBeLessThan(100),

  mails_sent: async () => {
    const now = Date.now();
    const sent: boolean[] = [];
    for (let times = 0; times < 70; times++) sent.push(await countMail(env.DB, `${times}@acme.example`, "one", now));
    expect(sent.filter(Boolean)).toHaveLength(MAILS_PER_DAY.from);
    await cronAfter(BOUNDS.mails_sent.days);
    expect(await count("mails_sent", "day <= ?1", now)).toBe(0);
  },

  members: async () => {
    const { account } = await newTenant();
    const person = await newPerson();
    await fill(
      BOUNDS.members.rows,
      `INSERT INTO people (id, name, email, email_verified, created_at, updated_at)
       SELECT 'member_' || ?1 || n, '', ?1 || n, 1, '', '' $numbers`,
      account,
    );
    await fill(
      BOUNDS.members.rows,
      `INSERT INTO members (account_id, person_id, role, created_at) SELECT ?1, 'member_' || ?1 || n, 'owner', 0 $numbers`,
      account,
    );
    const email = `${person}@acme.example`;
    const by = { account, mode: "live", actor: person, address: null, requestId: "" } as const;
    const invited = await invite(env.DB, by, { email, role: "viewer" }, Date.now());
    if (invited.kind !== "invited") throw new Error(invited.kind);
    await acceptInvitation(env.DB, invited.invitation, { id: person, email }, by, Date.now());
    expect(await count("members", "account_id = ?1", account)).toBe(BOUNDS.members.rows);
  },

  invitations: async () => {
    const { account } = await newTenant();
    await fill(
      BOUNDS.invitations.rows,
      `INSERT INTO invitations (id, account_id, email, role, invited_by, created_at)
       SELECT ?1 || n, ?1, n || '@acme.example', 'viewer', 'x', ${Date.now()} $numbers`,
      account,
    );
    const by = { account, mode: "live", actor: "x", address: null, requestId: "" } as const;
    const invited = await invite(env.DB, by, { email: "another@acme.example", role: "viewer" }, Date.now());
    expect(invited.kind).toBe("limit");
    await cronAfter(BOUNDS.invitations.days + 1);
    expect(await count("invitations", "account_id = ?1", account)).toBe(0);
  },

  pops: async () => {
    expect(["AMS", "ams", "A".repeat(500), 5, undefined].map(popOf)).toEqual([
      "AMS",
      "LOCAL",
      "LOCAL",
      "LOCAL",
      "LOCAL",
    ]);
    expect(26 ** 3).toBeLessThanOrEqual(BOUNDS.pops.rows);
  },

  hostnames: async () => {
    const { account, live } = await newTenant("pro");
    const [first, second] = [await newZone(live), await newZone(live)];
    const add = (zone: ShownZone, name: string) =>
      post(`/v1/zones/${zone.id}/hostnames`, live, { hostname: `${name}.example.com` });
    await fill(
      BOUNDS.hostnames.rows.pro! - 1,
      `INSERT INTO hostnames (id, account_id, zone_id, hostname, state, since, created_at)
       SELECT 'host_' || ?1 || n, ?1, '${first.id}', n || '.bounds.example.com', 'failed', 0, 0 $numbers`,
      account,
    );
    expect((await add(first, "a")).status).toBe(201);
    const refused = await add(second, "b");
    expect(await refused.json()).toMatchObject({ code: "limit_reached", error: expect.stringContaining("allows 100") });
    await env.DB.prepare("UPDATE accounts SET plan = 'enterprise' WHERE id = ?1").bind(account).run();
    const full = await add(first, "b");
    expect(await full.json()).toMatchObject({
      code: "limit_reached",
      error: expect.stringContaining("a zone has at most 100"),
    });
    expect((await add(second, "b")).status).toBe(201);
  },

  hosts: async () => {
    const { account, live } = await newTenant();
    const zone = await newZone(live);
    await fill(
      BOUNDS.hosts.over.rows.free!,
      `INSERT INTO hosts (hostname, account_id, revision, published_revision, updated_at)
       SELECT n || '.' || lower(?1) || '.example.com', ?1, 2, 2, ${Date.now()} $numbers`,
      account,
    );
    const add = () => post(`/v1/zones/${zone.id}/hostnames`, live, { hostname: "a.bounds.example.com" });
    expect(await (await add()).json()).toMatchObject({
      code: "limit_reached",
      error: expect.stringContaining("removed 50"),
    });
    await cronAfter(BOUNDS.hosts.over.days + 1);
    expect(await count("hosts", "account_id = ?1", account)).toBe(0);
    expect((await add()).status).toBe(201);
  },

  batches: async () => expect((await meterLeft(BOUNDS.batches.days)).batches).toBe(0),
  packed: async () => expect((await meterLeft(BOUNDS.packed.days)).packed).toBe(0),
  sources: async () => expect((await meterLeft(BOUNDS.sources.days)).sources).toBe(0),
  told: async () => expect((await meterLeft(BOUNDS.told.days)).told).toBe(0),
  unknown: async () => expect((await meterLeft(BOUNDS.unknown.days)).unknown).toBe(0),
  known: async () => expect((await meterLeft(BOUNDS.known.days)).known).toBe(1),
  meters: async () => {
    const account = env.USAGE_METER.getByName("acct_bounds_meters:live");
    const told = { meter: "AMS", month: 0, requests: 1, bytes: 1 };
    for (let again = 0; again < 3; again++) await account.hear({ ...told, requests: again });
    const rows = await runInDurableObject(account, (_, { storage }) =>
      storage.sql.exec<{ n: number }>("SELECT COUNT(*) AS n FROM meters").one(),
    );
    expect(rows.n).toBe(1);
  },

  tags: async () => {
    const accelerator = env.PURGE_ACCELERATOR.getByName(crypto.randomUUID());
    const tags = Array.from({ length: BOUNDS.tags.rows / 2 + 1 }, (_, index) => index);
    const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
    await accelerator.enqueue(tags.map((index) => `a${index}`));
    await accelerator.enqueue(tags.map((index) => `b${index}`));
    expect(logged.mock.calls).toEqual([['{"level":"error","event":"purge_acceleration_overflow","tags":2}']]);
    logged.mockRestore();
    const left = await runInDurableObject(accelerator, (_, { storage }) =>
      storage.sql.exec<{ tags: number }>("SELECT COUNT(*) AS tags FROM tags").one(),
    );
    expect(left.tags).toBe(BOUNDS.tags.rows);
  },

  changes: async () => {
    const feed = env.CHANGE_FEED.getByName(crypto.randomUUID() as "zones");
    const held = await runInDurableObject(feed, (object, { storage }) => {
      for (let revision = 1; revision <= BOUNDS.changes.rows + 300; revision++) object.append("zone:a", revision);
      return storage.sql.exec<{ rows: number }>("SELECT COUNT(*) AS rows FROM changes").one().rows;
    });
    expect(held).toBeGreaterThan(BOUNDS.changes.rows / 2);
    expect(held).toBeLessThanOrEqual(BOUNDS.changes.rows);
  },
} satisfies Record<keyof typeof BOUNDS, () => Promise<void>>;

/** What is left of a webhook's deliveries of some days that have been made, and of their events. */
async function deliveriesLeft(): Promise<{ deliveries: number; events: number }> {
  const { account } = await newTenant("pro");
  const webhook = `hook_${account}`;
  const made = BOUNDS.webhook_deliveries.over.rows + 50;
  await env.DB.prepare(
    `INSERT INTO webhooks (id, account_id, url, events, state, secret, created_at, updated_at)
     VALUES (?1, ?2, 'https://a.example/', '[]', 'enabled', '', 0, 0)`,
  )
    .bind(webhook, account)
    .run();
  await fill(
    made,
    `INSERT INTO webhook_events (id, account_id, type, created_at) SELECT 'evt_' || ?1 || n, ?1, 'x', ${Date.now()} $numbers`,
    account,
  );
  await fill(
    made,
    `INSERT INTO webhook_deliveries (webhook_id, event_id, state, created_at)
     SELECT 'hook_' || ?1, 'evt_' || ?1 || n, 'delivered', ${Date.now()} $numbers`,
    account,
  );
  await boundHistory(env.DB, webhook);
  return {
    deliveries: await count("webhook_deliveries", "webhook_id = ?1", webhook),
    events: await count("webhook_events", "account_id = ?1", account),
  };
}

let boundedMeters = 0;

/** The rows that a location's usage meter holds of one day so many days later. */
async function meterLeft(
  days: number,
): Promise<Record<"batches" | "packed" | "sources" | "told" | "unknown" | "known", number>> {
  const now = Date.now();
  const meter = env.LOCATION_METER.getByName(`ZZ${"ABCDEFGHIJ"[boundedMeters++]}`);
  const hour = now - (now % 3_600_000);
  for (let number = 1; number <= 5; number++) {
    const paths = Array.from({ length: 64 }, (_, index): [string, number, number] => [`/${number}/${index}`, 1, 0]);
    const zones = [
      {
        owner: "acct_bounds:live",
        zone: "zone_a",
        hour,
        lines: [["HIT", 2, 1, 1] as ["HIT", number, number, number]],
        paths: { floor: 0, paths },
        failures: [["origin-dns", number] as FailureCount],
      },
    ];
    await meter.add({ source: "isolate", number, zones });
    await meter.know({ id: `acct_${number}`, state: "active", stoppedUntil: null, revision: 1 });
  }
  await runDurableObjectAlarm(meter);
  vi.setSystemTime(now + (days + 1) * DAY_MS);
  await runDurableObjectAlarm(meter);
  await meter.know({ id: "acct_last", state: "active", stoppedUntil: null, revision: 1 });
  return runInDurableObject(meter, (_, { storage }) => {
    const rows = (table: string) => storage.sql.exec<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}`).one().n;
    return {
      batches: rows("batches"),
      packed: rows("packed"),
      sources: rows("sources"),
      told: rows("told"),
      unknown: rows("unknown"),
      known: rows("known"),
    };
  });
}

describe("the bound of a table", () => {
  it.each(Object.entries(ATTEMPTS))("holds for %s", async (_, attempt) => {
    await attempt();
  });
});

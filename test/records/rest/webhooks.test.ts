import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { Webhook } from "standardwebhooks";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { createKey } from "../../../src/accounts/keys.ts";
import worker from "../../../src/worker.ts";
import type { Call } from "../../support/control-plane.ts";
import { pass } from "../../support/edge.ts";
import { errorOf, newNamespaceName, newRecord, rest } from "../../support/records-api.ts";
import { actorOf, newOwner, newWebhook, PlayedWebhook, playReceivers } from "../../support/webhooks.ts";

const ISO = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
const ALL = [
  "record.upserted",
  "record.deleted",
  "namespace.upserted",
  "namespace.deleted",
  "quota.near",
  "quota.reached",
];

interface ShownWebhook {
  id: string;
  url: string;
  secret?: string;
  enabled: boolean;
}

let account: string;
let key: string;

playReceivers();
beforeEach(async () => {
  ({ account, key } = await newOwner());
});

const post = (path: string, body?: unknown) => rest(path, { method: "POST", key, ...(body ? { body } : {}) });
const patch = (path: string, webhook: object) => rest(path, { method: "PATCH", key, body: { webhook } });

async function shown<Body>(answer: Promise<Response>, status = 200): Promise<Body> {
  const { status: actual } = await answer;
  const body = await (await answer).json<Body>();
  expect(actual, JSON.stringify(body)).toBe(status);
  return body;
}

async function create(more: object = {}): Promise<ShownWebhook & { secret: string }> {
  const body = { webhook: { url: "https://hooks.example.com/a?b=c", ...more } };
  return (await shown<{ webhook: ShownWebhook & { secret: string } }>(post("/webhooks", body), 201)).webhook;
}

/** A call through the Worker, and all that it leaves to be done after its answer. */
async function callAndWait(path: string, method: string, body?: unknown, bindings = env): Promise<Response> {
  pass(1);
  const ctx = createExecutionContext();
  const request = new Request(`http://api.resolvedb.localhost/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const answer = await worker.fetch(request as never, bindings, ctx);
  await waitOnExecutionContext(ctx);
  return answer;
}

describe("GET /webhooks/events", () => {
  it("names every event", async () => {
    const { events } = await shown<{ events: { name: string; description: string }[] }>(
      rest("/webhooks/events", { key }),
    );
    expect(events).toEqual(ALL.map((name) => ({ name, description: expect.any(String) })));
  });
});

describe("POST /webhooks", () => {
  it("creates a webhook for all events and shows its secret this once", async () => {
    const answer = await post("/webhooks", { webhook: { url: "HTTPS://Hooks.Example.com:443/a?b=c" } });
    const { webhook } = await answer.json<{ webhook: ShownWebhook }>();
    const { secret, ...others } = webhook;
    expect(answer.status).toBe(201);
    expect(answer.headers.get("location")).toBe(`/api/v1/webhooks/${webhook.id}`);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const row = await env.DB.prepare("SELECT * FROM webhooks WHERE id = ?1").bind(webhook.id).first();
    expect(JSON.stringify(row)).not.toContain(secret!.slice("whsec_".length));
    expect(others).toEqual({
      id: expect.stringMatching(/^hook_\w{20}$/),
      url: "https://hooks.example.com/a?b=c",
      events: ALL,
      enabled: true,
      disabled_reason: null,
      failing_since: null,
      last_result: null,
      created_at: ISO,
      updated_at: ISO,
    });
    const [one, list] = [
      await shown(rest(`/webhooks/${webhook.id}`, { key })),
      await shown(rest("/webhooks", { key })),
    ];
    expect(one).toEqual({ webhook: others });
    expect(list).toEqual({ webhooks: [others], meta: { page: 1, per_page: 25, total: 1, total_pages: 1 } });
  });

  it("takes a choice of events, each once, and a webhook that is not enabled yet", async () => {
    expect(await create({ events: ["record.deleted", "record.deleted"], enabled: false })).toMatchObject({
      events: ["record.deleted"],
      enabled: false,
    });
  });

  it.each([
    [{}, "webhook.url", "is required"],
    [{ url: 1 }, "webhook.url", "must be a string"],
    [{ url: "http://hooks.example.com/" }, "webhook.url", "must begin with https://"],
    [{ url: "https://10.0.0.1/" }, "webhook.url", "must not be a private, local or reserved address"],
    [{ url: "https://localhost:8787/" }, "webhook.url", "must not be a host of this CDN"],
    [{ url: "https://api.resolvedb.io/api/v1/records" }, "webhook.url", "must not be a host of this CDN"],
    [{ url: "https://a:b@hooks.example.com/" }, "webhook.url", "must not contain a user name or password"],
    [{ url: "https://hooks.example.com/#a" }, "webhook.url", "must not have a fragment"],
    [{ url: "https://a.example", events: [] }, "webhook.events", "must not be empty"],
    [{ url: "https://a.example", events: "all" }, "webhook.events", "must be a list of events"],
    [{ url: "https://a.example", events: ["webhook.test"] }, "webhook.events.0", `must be one of ${ALL.join(", ")}`],
    [{ url: "https://a.example", enabled: "yes" }, "webhook.enabled", "must be true or false"],
    [{ url: "https://a.example", secret: "mine" }, "webhook.secret", "is not a known name"],
    [{ url: "https://a.example", headers: { host: "b" } }, "webhook.headers", "is not a known name"],
  ])("refuses %j", async (webhook, field, message) => {
    const error = await errorOf(await post("/webhooks", { webhook }), 422, "validation_error");
    expect(error.details).toEqual([{ field, message }]);
  });

  it("refuses the Free plan, and says what to do", async () => {
    const free = await newOwner("free");
    const answer = await rest("/webhooks", {
      method: "POST",
      key: free.key,
      body: { webhook: { url: "https://a.example" } },
    });
    const { message } = await errorOf(answer, 403, "quota_exceeded");
    expect(message).toBe("The plan free has no webhooks: ask for a larger plan");
  });

  it("holds the plan's number, however many are wanted at once, and frees a place with each deletion", async () => {
    const wanted = await Promise.all(
      Array.from({ length: 13 }, () => post("/webhooks", { webhook: { url: "https://a.example" } })),
    );
    expect(wanted.filter(({ status }) => status === 201)).toHaveLength(10);
    const { message } = await errorOf(wanted.find(({ status }) => status !== 201)!, 403, "quota_exceeded");
    expect(message).toBe("The account has 10 webhooks, as many as its plan allows");
    const { webhooks, meta } = await shown<{ webhooks: ShownWebhook[]; meta: object }>(
      rest("/webhooks?per_page=3&page=4", { key }),
    );
    expect(webhooks).toHaveLength(1);
    expect(meta).toEqual({ page: 4, per_page: 3, total: 10, total_pages: 4 });
    expect((await rest(`/webhooks/${webhooks[0]!.id}`, { method: "DELETE", key })).status).toBe(204);
    await create();
  });
});

describe("PATCH /webhooks/:id", () => {
  it("changes what is given and nothing else", async () => {
    const { id, secret: _, ...before } = await create();
    const [url, changed] = [`/webhooks/${id}`, { updated_at: ISO }];
    expect(await shown(patch(url, { events: ["record.deleted"] }))).toEqual({
      webhook: { id, ...before, events: ["record.deleted"], ...changed },
    });
    expect(await shown(patch(url, { enabled: false }))).toMatchObject({
      webhook: { enabled: false, disabled_reason: null, events: ["record.deleted"] },
    });
    expect(await shown(patch(url, { url: "https://b.example" }))).toMatchObject({
      webhook: { url: "https://b.example/", enabled: false },
    });
    expect(await shown(patch(url, {}))).toMatchObject({ webhook: { url: "https://b.example/", enabled: false } });
  });

  it("checks a new URL as a first one", async () => {
    const { id, url } = await create();
    const error = await errorOf(await patch(`/webhooks/${id}`, { url: "https://[::1]/" }), 422, "validation_error");
    expect(error.details[0]?.field).toBe("webhook.url");
    expect(await shown(rest(`/webhooks/${id}`, { key }))).toMatchObject({ webhook: { url } });
  });
});

/** Every call about a webhook: how it is made and its scope. */
const calls: [method: string, path: string, scope: "read" | "write", body?: object][] = [
  ["GET", "", "read"],
  ["PATCH", "", "write", { webhook: { enabled: false } }],
  ["POST", "/rotate_secret", "write"],
  ["POST", "/test", "write"],
  ["GET", "/deliveries", "read"],
  ["POST", "/deliveries/evt_x/retry", "write"],
  ["DELETE", "", "write"],
];

describe("a webhook of somebody else", () => {
  it.each(calls)(
    "%s %s is answered as a missing one, to the byte, and left as it is",
    async (method, path, _, body) => {
      const { id } = await create();
      const before = await shown(rest(`/webhooks/${id}`, { key }));
      const stranger = await newOwner();
      const made: Call = { method, key: stranger.key, ...(body && { body }) };
      const [foreign, missing] = [
        await rest(`/webhooks/${id}${path}`, made),
        await rest(`/webhooks/hook_missing${path}`, made),
      ];
      expect([foreign.status, missing.status]).toEqual([404, 404]);
      expect(await foreign.text()).toBe(await missing.text());
      expect(await shown(rest(`/webhooks/${id}`, { key }))).toEqual(before);
      expect(await shown(rest("/webhooks", { key: stranger.key }))).toMatchObject({ webhooks: [] });
    },
  );

  it("does not lend its deliveries to another webhook", async () => {
    const theirs = (await newWebhook()).answers(500);
    const { delivery } = await testEvent(theirs.id, (await keyOf(theirs.account)).token);
    const { id } = await create();
    await errorOf(await post(`/webhooks/${id}/deliveries/${delivery.id}/retry`), 404, "not_found");
  });
});

describe("a key without the scope", () => {
  it.each([
    ["GET", "s", "read"],
    ["GET", "s/events", "read"],
    ["POST", "s", "write"],
  ] as const)("is refused: %s /webhook%s", async (method, path, scope) => {
    await refused(method, `/webhook${path}`, scope);
  });

  it.each(calls)("is refused: %s /webhooks/:id%s", async (method, path, scope, body) => {
    const { id } = await create();
    await refused(method, `/webhooks/${id}${path}`, scope, body);
  });

  async function refused(method: string, path: string, scope: "read" | "write", body?: object) {
    const other = await keyOf(account, scope === "read" ? "write" : "read");
    const answer = await rest(path, { method, key: other.token, ...(body && { body }) });
    expect((await errorOf(answer, 403, "authorization_error")).message).toBe(`The API key lacks the scope ${scope}`);
  }
});

it("shows nobody who may not change a webhook the path and query of its URL, which may be credentials", async () => {
  const { id, url } = await create();
  const urlsSeenBy = async (as: string) => {
    const [one, list] = [
      await shown<{ webhook: ShownWebhook }>(rest(`/webhooks/${id}`, { key: as })),
      await shown<{ webhooks: ShownWebhook[] }>(rest("/webhooks", { key: as })),
    ];
    return [one.webhook.url, ...list.webhooks.map((each) => each.url)];
  };
  expect(await urlsSeenBy((await keyOf(account, "read")).token)).toEqual(
    Array(2).fill("https://hooks.example.com/[redacted]"),
  );
  expect(await urlsSeenBy(key)).toEqual([url, url]);
});

/** A new key of an account. */
async function keyOf(owner: string, scope?: "read" | "write") {
  const { id } = (await env.DB.prepare("SELECT id FROM api_keys WHERE account_id = ?1 AND product = 'resolvedb'")
    .bind(owner)
    .first<{ id: string }>())!;
  const caller = {
    keyId: id,
    countedAs: "key_1",
    account: owner,
    product: "resolvedb",
    plan: "pro",
    mode: "live",
    scopes: ["read", "write"],
    zones: null,
    expiresAt: null,
    suspended: false,
  } as const;
  const request = { name: "k", ...(scope && { scopes: [scope] }) };
  const result = await createKey(env.DB, caller, request, actorOf(owner), Date.now());
  if (result.kind !== "created") throw new Error(result.kind);
  return result;
}

interface ShownDelivery {
  id: string;
  event: string;
  status: string;
  attempts: number;
}

function testEvent(id: string, as = key): Promise<{ delivery: ShownDelivery }> {
  return shown(rest(`/webhooks/${id}/test`, { method: "POST", key: as }), 202);
}

describe("POST /webhooks/:id/test", () => {
  it("sends a signed test event to this webhook alone, and shows what came of it", async () => {
    const webhook = (await new PlayedWebhook(account).insert()).answers(200);
    const other = (await new PlayedWebhook(account).insert()).answers(200);
    const { delivery } = await testEvent(webhook.id);
    expect(delivery).toEqual({
      id: expect.stringMatching(/^evt_\w{20}$/),
      event: "webhook.test",
      status: "pending",
      attempts: 0,
      response_status: null,
      reason: null,
      last_attempt_at: null,
      next_attempt_at: ISO,
      created_at: ISO,
    });
    await webhook.deliver();
    await other.deliver();
    expect([webhook.receiver.hits, other.receiver.hits]).toEqual([1, 0]);
    const [{ headers, body }] = webhook.received as [(typeof webhook.received)[0]];
    expect(headers).toMatchObject({ "webhook-id": delivery.id, "x-resolvedb-event": "webhook.test" });
    expect(new Webhook(webhook.secret).verify(body, headers)).toMatchObject({
      type: "webhook.test",
      data: { webhook: { id: webhook.id } },
    });
    const last_result = {
      at: ISO,
      delivery_id: delivery.id,
      event: "webhook.test",
      delivered: true,
      response_status: 200,
      reason: null,
    };
    expect(await shown(rest(`/webhooks/${webhook.id}`, { key }))).toMatchObject({ webhook: { last_result } });
    expect(await shown(rest("/webhooks", { key }))).toMatchObject({
      webhooks: expect.arrayContaining([expect.objectContaining({ id: webhook.id, last_result })]),
    });
  });

  it("refuses where the webhook is disabled", async () => {
    const { id } = await create({ enabled: false });
    const { message } = await errorOf(await post(`/webhooks/${id}/test`), 422, "validation_error");
    expect(message).toBe("The webhook is disabled: enable it first");
  });
});

describe("POST /webhooks/:id/rotate_secret", () => {
  it("shows a new secret once; what is sent then is signed with both", async () => {
    const webhook = (await new PlayedWebhook(account).insert()).answers(200);
    const rotated = await shown<{ webhook: ShownWebhook }>(post(`/webhooks/${webhook.id}/rotate_secret`));
    const secret = rotated.webhook.secret!;
    expect(secret).not.toBe(webhook.secret);
    await testEvent(webhook.id);
    await webhook.deliver();
    pass(24 * 3_600);
    await testEvent(webhook.id);
    await webhook.deliver();
    const [during, after] = webhook.received as [(typeof webhook.received)[0], (typeof webhook.received)[0]];
    expect(during.headers["webhook-signature"]!.split(" ")).toHaveLength(2);
    expect(after.headers["webhook-signature"]!.split(" ")).toHaveLength(1);
    expect(new Webhook(secret).verify(after.body, after.headers)).toMatchObject({ type: "webhook.test" });
    expect(JSON.stringify(await shown(rest("/webhooks", { key })))).not.toContain("whsec_");
  });
});

describe("a webhook's deliveries", () => {
  it("are listed newest first, with status, attempts, what was answered and the next attempt", async () => {
    const webhook = (await new PlayedWebhook(account).insert()).answers(
      200,
      () => Promise.reject(new Error("reset")),
      302,
    );
    for (let count = 0; count < 3; count++) await testEvent(webhook.id);
    await webhook.deliver();
    const page = await shown<{ deliveries: ShownDelivery[]; meta: object }>(
      rest(`/webhooks/${webhook.id}/deliveries?per_page=2`, { key }),
    );
    expect(page.meta).toEqual({ page: 1, per_page: 2, total: 3, total_pages: 2 });
    expect(page.deliveries).toMatchObject([
      {
        status: "pending",
        attempts: 1,
        response_status: 302,
        reason: "Answered 302: redirects are not followed",
        last_attempt_at: ISO,
        next_attempt_at: ISO,
      },
      { status: "pending", attempts: 1, response_status: null, reason: "The server could not be reached" },
    ]);
    const rest2 = await shown(rest(`/webhooks/${webhook.id}/deliveries?per_page=2&page=2`, { key }));
    expect(rest2).toMatchObject({
      deliveries: [{ status: "delivered", attempts: 1, response_status: 200, reason: null, next_attempt_at: null }],
    });
  });

  it("are attempted again on demand, also when they were given up, but not when they were made", async () => {
    const webhook = (await new PlayedWebhook(account).insert()).answers(500);
    const { delivery } = await testEvent(webhook.id);
    for (await webhook.poke(); await webhook.alarm(); );
    const path = `/webhooks/${webhook.id}/deliveries`;
    expect(await shown(rest(path, { key }))).toMatchObject({ deliveries: [{ status: "failed", attempts: 10 }] });
    webhook.answers(204);
    const retried = await callAndWait(`${path}/${delivery.id}/retry`, "POST");
    expect(retried.status).toBe(202);
    expect(await retried.json()).toMatchObject({ delivery: { status: "pending", next_attempt_at: ISO } });
    await webhook.alarm();
    expect(await shown(rest(path, { key }))).toMatchObject({ deliveries: [{ status: "delivered", attempts: 11 }] });
    const { message } = await errorOf(await post(`${path}/${delivery.id}/retry`), 422, "validation_error");
    expect(message).toBe("This has been delivered: there is nothing to retry");
    await errorOf(await post(`${path}/evt_missing/retry`), 404, "not_found");
  });
});

describe("a change", () => {
  let webhook: PlayedWebhook;
  beforeEach(async () => {
    webhook = (await new PlayedWebhook(account).insert()).answers(200);
  });

  /** The events that have been sent since the last call. */
  async function events() {
    while (await webhook.alarm());
    return webhook.received.splice(0).map(({ headers, body }) => {
      const event = new Webhook(webhook.secret).verify(body, headers) as { type: string; data: object };
      expect(headers["x-resolvedb-event"]).toBe(event.type);
      return [event.type, event.data];
    });
  }

  it("of a record or a namespace is told as REST shows what came of it, in order", async () => {
    const namespace = newNamespaceName();
    const recordKey = `config.${namespace}.v1`;
    const created = await callAndWait("/records", "POST", { record: { key: recordKey, data: "AAA=" } });
    const { dns_query: _, ...record } = (await created.json<{ record: Record<string, unknown> }>()).record;
    const claimed = (await shown<{ namespace: object }>(rest(`/namespaces/${namespace}`, { key }))).namespace;
    expect(claimed).toMatchObject({ name: namespace, records_count: 1 });
    expect(await events()).toEqual([
      ["namespace.upserted", claimed],
      ["record.upserted", record],
    ]);

    const updated = await callAndWait(`/records/${record.id}`, "PATCH", { record: { data: "AAE=", ttl: 7 } });
    const changed = (await updated.json<{ record: object }>()).record;
    expect(changed).toMatchObject({ data: "AAE=", ttl: 7 });
    expect(await events()).toEqual([["record.upserted", changed]]);

    const hidden = await callAndWait(`/namespaces/${namespace}`, "PATCH", { namespace: { visibility: "private" } });
    const closed = (await hidden.json<{ namespace: object }>()).namespace;
    expect(await events()).toEqual([["namespace.upserted", closed]]);

    expect((await callAndWait(`/records/${record.id}`, "DELETE")).status).toBe(204);
    const { data: gone, ...deleted } = changed as { data: string };
    expect(gone).toBe("AAE=");
    expect(await events()).toEqual([["record.deleted", deleted]]);

    expect((await callAndWait(`/namespaces/${namespace}`, "DELETE")).status).toBe(204);
    expect(await events()).toEqual([["namespace.deleted", { ...closed, records_count: 0 }]]);

    const again = await callAndWait("/namespaces", "POST", { namespace: { name: namespace } });
    expect(await events()).toEqual([["namespace.upserted", (await again.json<{ namespace: object }>()).namespace]]);
  });

  it("that is refused is not told of", async () => {
    const { key: taken } = await newRecord(key, `a.${newNamespaceName()}.v1`);
    await webhook.deliver();
    await events();
    const stranger = await newOwner();
    expect((await callAndWait("/records", "POST", { record: { key: taken, data: "AAA=" } })).status).toBe(422);
    const foreign = await rest("/records", {
      method: "POST",
      key: stranger.key,
      body: { record: { key: taken, data: "AAA=" } },
    });
    expect(foreign.status).toBe(403);
    expect((await callAndWait(`/namespaces/${taken.split(".")[1]}`, "DELETE")).status).toBe(422);
    await webhook.deliver();
    expect(await events()).toEqual([]);
  });

  it("is told to nobody but its own account", async () => {
    const stranger = await newOwner();
    await newRecord(stranger.key, `a.${newNamespaceName()}.v1`);
    await webhook.deliver();
    expect(webhook.receiver.hits).toBe(0);
  });

  it("goes through however badly the dispatcher fares; the cron has it told then", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const unreachable = {
      getByName: () => ({ poke: () => Promise.reject(new Error("overloaded")) }),
    } as unknown as typeof env.WEBHOOK_DISPATCHER;
    const body = { record: { key: `a.${newNamespaceName()}.v1`, data: "AAA=" } };
    const answer = await callAndWait("/records", "POST", body, { ...env, WEBHOOK_DISPATCHER: unreachable });
    expect(answer.status).toBe(201);
    expect(logged.mock.calls.flat().join()).toContain("overloaded");
    expect(await webhook.alarmAt()).toBeNull();
    pass(60);
    const ctx = createExecutionContext();
    await worker.scheduled({ cron: "* * * * *", scheduledTime: Date.now(), noRetry() {} } as never, env);
    await waitOnExecutionContext(ctx);
    expect((await events()).map(([type]) => type)).toEqual(["namespace.upserted", "record.upserted"]);
  });
});

describe("the audit log", () => {
  it("has every change of a webhook, and neither its secrets nor the path of its URL", async () => {
    const { id } = await create({ url: "https://hooks.example.com/T000/very-secret?token=1" });
    await shown(patch(`/webhooks/${id}`, { enabled: false }));
    await shown(post(`/webhooks/${id}/rotate_secret`));
    await rest(`/webhooks/${id}`, { method: "DELETE", key });
    const { results } = await env.DB.prepare("SELECT * FROM audit_log WHERE target = ?1 ORDER BY at, rowid")
      .bind(id)
      .all();
    const state = (enabled: boolean) => JSON.stringify({ origin: "https://hooks.example.com", events: ALL, enabled });
    expect(results).toMatchObject([
      { action: "webhook.create", account_id: account, before: null, after: state(true) },
      { action: "webhook.update", before: state(true), after: state(false) },
      { action: "webhook.rotate_secret", before: null, after: null },
      { action: "webhook.delete", before: state(false), after: null },
    ]);
    expect(JSON.stringify(results)).not.toMatch(/whsec_|very-secret|token=1/);
  });
});

import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { Webhook } from "standardwebhooks";
import { describe, expect, it, vi } from "vitest";
import { BACKLOG_BOUND } from "../../../src/records/webhooks/due-deliveries.ts";
import { keptSecret } from "../../../src/records/webhooks/kept-secret.ts";
import { deleteWebhook, findWebhook, rotateSecret, updateWebhook } from "../../../src/records/webhooks/webhook-rows.ts";
import { settingsOf } from "../../../src/settings.ts";
import { newSecret } from "../../../src/signed-delivery/secret.ts";
import { asset, pass } from "../../support/edge.ts";
import { actorOf, happen, newOwner, newWebhook, PlayedWebhook, playReceivers } from "../../support/webhooks.ts";

playReceivers();

const sentIds = ({ receiver }: PlayedWebhook) => receiver.requests.map(({ headers }) => headers.get("webhook-id"));
const row = async ({ account, id }: PlayedWebhook) => (await findWebhook(env.DB, account, id))!;
const bodies = (account: string) =>
  env.DB.prepare("SELECT body FROM webhook_events WHERE account_id = ?1 ORDER BY rowid").bind(account).all();

describe("WebhookDispatcher", () => {
  it("delivers what happened, in its order, each with the event's name and a signature that holds", async () => {
    const webhook = (await newWebhook()).answers(200);
    await happen(webhook.account, { type: "namespace.upserted", data: { name: "myapp" } });
    await happen(webhook.account, { type: "record.upserted", data: { key: "config.myapp.v1" } });
    await happen(webhook.account, { type: "record.deleted", data: { key: "config.myapp.v1" } });
    await webhook.deliver();
    const received = webhook.received.map(({ headers, body }) => {
      const event = new Webhook(webhook.secret).verify(body, headers) as { type: string };
      expect(headers["x-resolvedb-event"]).toBe(event.type);
      return event;
    });
    const timestamp = new Date().toISOString();
    expect(received).toEqual([
      { type: "namespace.upserted", timestamp, data: { name: "myapp" } },
      { type: "record.upserted", timestamp, data: { key: "config.myapp.v1" } },
      { type: "record.deleted", timestamp, data: { key: "config.myapp.v1" } },
    ]);
    expect(await webhook.deliveries()).toMatchObject(
      sentIds(webhook).map((event_id) => ({
        event_id,
        state: "delivered",
        attempts: 1,
        next_attempt_at: null,
        response_status: 200,
        reason: null,
      })),
    );
    expect(await webhook.alarmAt()).toBeNull();
    await webhook.deliver();
    expect(webhook.receiver.hits).toBe(3);
  });

  it("keeps the webhook's last result", async () => {
    const webhook = (await newWebhook()).answers(503, 201);
    await happen(webhook.account);
    await webhook.deliver();
    const at = Date.now();
    const event = sentIds(webhook)[0];
    const result = { at, event, type: "record.upserted", delivered: false, status: 503, reason: "Answered 503" };
    expect(await row(webhook)).toMatchObject({ failingSince: at, lastResult: result });
    await webhook.alarm();
    expect(await row(webhook)).toMatchObject({
      failingSince: null,
      lastResult: { ...result, at: at + 5_000, delivered: true, status: 201, reason: null },
    });
  });

  it("drops a body once every webhook has got it, and keeps it as long as one has not", async () => {
    const { account } = await newOwner();
    const quick = (await new PlayedWebhook(account).insert()).answers(200);
    const slow = (await new PlayedWebhook(account).insert()).answers(500, 200);
    await happen(account);
    await quick.deliver();
    expect((await bodies(account)).results).toEqual([{ body: expect.any(String) }]);
    await slow.deliver();
    expect((await bodies(account)).results).toEqual([{ body: expect.any(String) }]);
    await slow.alarm();
    expect((await bodies(account)).results).toEqual([{ body: null }]);
    expect(sentIds(quick)[0]).toBe(sentIds(slow)[0]);
  });

  it("tries for 76 hours by the schedule, always with the same id, then gives up and keeps it", async () => {
    const webhook = (await newWebhook()).answers(500);
    await happen(webhook.account);
    const start = Date.now();
    const triedAt: number[] = [];
    for (await webhook.poke(); await webhook.alarm(); ) triedAt.push((Date.now() - start) / 1_000);
    expect(triedAt).toEqual([0, 5, 305, 2_105, 9_305, 27_305, 63_305, 113_705, 185_705, 272_105]);
    expect(webhook.receiver.hits).toBe(10);
    expect(new Set(sentIds(webhook)).size).toBe(1);
    expect(new Set(webhook.receiver.requests.map(({ headers }) => headers.get("webhook-signature"))).size).toBe(10);
    expect(await webhook.deliveries()).toMatchObject([
      { state: "failed", attempts: 10, next_attempt_at: null, response_status: 500, reason: "Answered 500" },
    ]);
    expect(await row(webhook)).toMatchObject({ enabled: true, failingSince: start });
    expect((await bodies(webhook.account)).results).toEqual([{ body: expect.any(String) }]);
  });

  it("delivers what came while the receiver was away, once it is back", async () => {
    const webhook = await newWebhook();
    webhook.answers(() => Promise.reject(new Error("connection refused")));
    for (let count = 0; count < 8; count++) await happen(webhook.account);
    await webhook.deliver();
    webhook.answers(200);
    while (await webhook.alarm());
    const deliveries = await webhook.deliveries();
    expect(deliveries.map(({ state }) => state)).toEqual(Array(8).fill("delivered"));
    expect(new Set(sentIds(webhook))).toEqual(new Set(deliveries.map(({ event_id }) => event_id)));
  });

  it("logs of a receiver that cannot be reached neither path nor query, which may hold tokens", async () => {
    const logged = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const webhook = await newWebhook();
    webhook.answers(() => Promise.reject(new Error("connection refused")));
    await happen(webhook.account);
    await webhook.deliver();
    const { origin } = new URL((await row(webhook)).url);
    const [line] = logged.mock.calls.flat();
    expect(JSON.parse(String(line))).toEqual({
      level: "warn",
      event: "webhook_failed",
      origin,
      message: sentIds(webhook)[0],
      error: "Error: connection refused",
    });
  });

  it("leaves a webhook alone for 5 seconds after 3 failures in a row, whoever pokes", async () => {
    const webhook = (await newWebhook()).answers(500);
    for (let count = 0; count < 8; count++) await happen(webhook.account);
    await webhook.deliver();
    expect(webhook.receiver.hits).toBe(3);
    const start = Date.now();
    await webhook.poke();
    expect(await webhook.alarmAt()).toBe(start + 5_000);
    await webhook.alarm();
    expect(webhook.receiver.hits).toBe(6);
    expect((await webhook.deliveries()).map(({ attempts }) => attempts)).toEqual([1, 1, 1, 1, 1, 1, 0, 0]);
  });

  it("makes a hundred deliveries with one alarm, and goes on with the next", async () => {
    const webhook = (await newWebhook()).answers(200);
    for (let count = 0; count < 101; count++) await happen(webhook.account);
    await webhook.deliver();
    expect(webhook.receiver.hits).toBe(100);
    expect(await webhook.alarm()).toBe(true);
    expect(webhook.receiver.hits).toBe(101);
    expect(await webhook.alarm()).toBe(false);
  });

  it("ends an alarm after a minute with a slow receiver, and goes on with the next", async () => {
    const webhook = (await newWebhook()).answers(() => {
      pass(20);
      return new Response("at last");
    });
    for (let count = 0; count < 5; count++) await happen(webhook.account);
    await webhook.deliver();
    expect(webhook.receiver.hits).toBe(3);
    await webhook.alarm();
    expect((await webhook.deliveries()).map(({ attempts }) => attempts)).toEqual([1, 1, 1, 1, 1]);
  });

  it("goes on behind one that failed, and comes back to it", async () => {
    const webhook = (await newWebhook()).answers(500, 200);
    for (let count = 0; count < 3; count++) await happen(webhook.account);
    await webhook.deliver();
    expect((await webhook.deliveries()).map(({ state }) => state)).toEqual(["pending", "delivered", "delivered"]);
    await webhook.alarm();
    expect((await webhook.deliveries()).map(({ state }) => state)).toEqual(["delivered", "delivered", "delivered"]);
    const [first] = sentIds(webhook);
    expect(sentIds(webhook)[3]).toBe(first);
  });

  it("does not let a webhook that hangs hold up another one", async () => {
    const { account } = await newOwner();
    const hang = Promise.withResolvers<Response>();
    const hanging = (await new PlayedWebhook(account).insert()).answers(() => hang.promise);
    const other = (await new PlayedWebhook(account).insert()).answers(200);
    await happen(account);
    await hanging.poke();
    const run = hanging.alarm();
    await vi.waitUntil(() => hanging.receiver.hits === 1, { timeout: 10_000 });
    await other.deliver();
    expect(other.receiver.hits).toBe(1);
    expect((await hanging.deliveries())[0]).toMatchObject({ state: "pending", attempts: 0 });
    hang.resolve(new Response("late"));
    await run;
    expect((await hanging.deliveries())[0]).toMatchObject({ state: "delivered", attempts: 1 });
  });

  it("disables a webhook that is gone (410), says so in the audit log, and sends what waits once it is enabled", async () => {
    const webhook = (await newWebhook()).answers(410, 200);
    await happen(webhook.account);
    await happen(webhook.account);
    await webhook.deliver();
    expect(webhook.receiver.hits).toBe(1);
    expect(await row(webhook)).toMatchObject({ enabled: false, disabledReason: "gone" });
    expect(await webhook.alarmAt()).toBeNull();
    await happen(webhook.account);
    expect(await webhook.deliveries()).toMatchObject([{ state: "pending" }, { state: "pending" }]);
    const audit = await env.DB.prepare("SELECT * FROM audit_log WHERE target = ?1 AND action = 'webhook.disable'")
      .bind(webhook.id)
      .all();
    expect(audit.results).toMatchObject([
      { actor: "dispatcher", after: '{"enabled":false,"disabled_reason":"gone"}', account_id: webhook.account },
    ]);
    const enabled = await updateWebhook(
      env.DB,
      actorOf(webhook.account),
      await row(webhook),
      { enabled: true },
      Date.now(),
    );
    expect(enabled).toMatchObject({ enabled: true, disabledReason: null, failingSince: null });
    pass(5);
    await webhook.deliver();
    expect((await webhook.deliveries()).map(({ state }) => state)).toEqual(["delivered", "delivered"]);
  });

  it("disables a webhook to which nothing could be delivered for five days", async () => {
    const webhook = (await newWebhook()).answers(500);
    await happen(webhook.account);
    await webhook.deliver();
    pass(5 * 86_400);
    await happen(webhook.account);
    await webhook.deliver();
    expect(await row(webhook)).toMatchObject({ enabled: false, disabledReason: "failing" });
    expect(await webhook.alarmAt()).toBeNull();
  });

  it("disables a webhook for which too much waits", async () => {
    const webhook = (await newWebhook()).answers(500);
    for (let count = 0; count < 3; count++) await happen(webhook.account);
    await env.DB.batch([
      env.DB.prepare(
        `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?3)
         INSERT INTO webhook_events (id, account_id, type, created_at)
         SELECT ?1 || n, ?2, 'record.upserted', 1 FROM numbers`,
      ).bind(webhook.id, webhook.account, BACKLOG_BOUND),
      env.DB.prepare(
        `INSERT INTO webhook_deliveries (webhook_id, event_id, state, next_attempt_at, created_at)
         SELECT ?1, id, 'pending', ?3, ?3 FROM webhook_events WHERE account_id = ?2 AND body IS NULL`,
      ).bind(webhook.id, webhook.account, Date.now() + 1),
    ]);
    await webhook.deliver();
    expect(await row(webhook)).toMatchObject({ enabled: false, disabledReason: "backlog" });
  });

  it("sends nothing to a webhook after its deletion, not even what waits", async () => {
    const webhook = (await newWebhook()).answers(500, 200);
    await happen(webhook.account);
    await webhook.deliver();
    await deleteWebhook(env.DB, actorOf(webhook.account), await row(webhook), Date.now());
    await happen(webhook.account);
    pass(3_600);
    await webhook.deliver();
    expect(webhook.receiver.hits).toBe(1);
    expect(await webhook.row()).toMatchObject({ state: "deleted", secret: "", previous_secret: null });
  });

  it("stops in the middle of a run when the webhook is deleted", async () => {
    const webhook = await newWebhook();
    webhook.answers(async () => {
      await deleteWebhook(env.DB, actorOf(webhook.account), await row(webhook), Date.now());
      return new Response("ok");
    });
    for (let count = 0; count < 3; count++) await happen(webhook.account);
    await webhook.deliver();
    expect(webhook.receiver.hits).toBe(1);
  });

  it("signs with the old secret as well for as long as it holds", async () => {
    const webhook = (await newWebhook()).answers(200);
    const [now, next] = [Date.now(), newSecret()];
    await rotateSecret(env.DB, actorOf(webhook.account), webhook.id, next, now + 60_000, now);
    await happen(webhook.account);
    await webhook.deliver();
    pass(60);
    await happen(webhook.account);
    await webhook.deliver();
    const [during, after] = webhook.received.map(
      ({ headers, body }) =>
        (secret: string) =>
          new Webhook(secret).verify(body, headers),
    );
    // The library holds a signature for five minutes.
    expect([during!(webhook.secret), during!(next), after!(next)]).toEqual(Array(3).fill(expect.anything()));
    expect(() => after!(webhook.secret)).toThrow("No matching signature");
  });

  it("signs with secrets that are sealed, old and new, and sends nothing where one cannot be opened", async () => {
    const webhook = (await newWebhook()).answers(200);
    const keyring = settingsOf(env).keyring!;
    const [now, next] = [Date.now(), newSecret()];
    const sealed = keptSecret(next, webhook.id, keyring);
    expect(sealed).not.toContain(next);
    await rotateSecret(env.DB, actorOf(webhook.account), webhook.id, sealed, now + 60_000, now);
    await happen(webhook.account);
    await webhook.deliver();
    const [{ headers, body }] = webhook.received as [(typeof webhook.received)[number]];
    for (const secret of [webhook.secret, next]) expect(new Webhook(secret).verify(body, headers)).toBeTruthy();

    const others = keptSecret(next, "hook_other", keyring);
    await rotateSecret(env.DB, actorOf(webhook.account), webhook.id, others, now, now);
    await happen(webhook.account);
    await webhook.deliver();
    expect(webhook.received).toHaveLength(1);
    expect(await webhook.row()).toMatchObject({ last_result: expect.stringContaining("rotate it") });
  });

  it("asks nothing of a URL that is no longer allowed, and says why", async () => {
    const webhook = await newWebhook({ url: "https://10.0.0.1/hook" });
    await happen(webhook.account);
    await webhook.deliver();
    expect(await webhook.deliveries()).toMatchObject([
      { state: "pending", attempts: 1, reason: "The URL must not be a private, local or reserved address" },
    ]);
  });

  it("goes on by alarm after it was stopped", async () => {
    const webhook = (await newWebhook()).answers(200);
    await happen(webhook.account);
    await webhook.poke();
    await evictDurableObject(webhook.dispatcher);
    expect(await webhook.alarm()).toBe(true);
    expect(webhook.receiver.hits).toBe(1);
  });

  it("makes a delivery again that it could not note, with the same id", async () => {
    const webhook = (await newWebhook()).answers(200);
    await happen(webhook.account);
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    await webhook.poke();
    await runInDurableObject(webhook.dispatcher, async (dispatcher) => {
      const { DB } = (dispatcher as unknown as { env: typeof env }).env;
      const batch = vi.spyOn(DB, "batch").mockRejectedValueOnce(new Error("D1 is down"));
      await dispatcher.alarm();
      batch.mockRestore();
    });
    expect(await webhook.deliveries()).toMatchObject([{ state: "pending", attempts: 0 }]);
    pass(30);
    expect(await webhook.alarm()).toBe(true);
    expect(await webhook.deliveries()).toMatchObject([{ state: "delivered", attempts: 1 }]);
    expect(webhook.receiver.hits).toBe(2);
    expect(new Set(sentIds(webhook)).size).toBe(1);
  });

  it("keeps a poke that comes while it delivers, whatever is due later", async () => {
    const webhook = await newWebhook();
    webhook.answers(async () => {
      await happen(webhook.account);
      await webhook.poke();
      return new Response("no", { status: 500 });
    }, 200);
    await happen(webhook.account);
    await webhook.deliver();
    expect((await webhook.deliveries()).map(({ state }) => state)).toEqual(["pending", "delivered"]);
    expect(await webhook.alarmAt()).toBe(Date.now());
    while (await webhook.alarm());
    expect((await webhook.deliveries()).map(({ state }) => state)).toEqual(["delivered", "delivered"]);
  });

  it("does not read what a receiver answers", async () => {
    const webhook = (await newWebhook()).answers(asset("x".repeat(100_000), {}, 500));
    await happen(webhook.account);
    await webhook.deliver();
    expect(JSON.stringify([await webhook.row(), await webhook.deliveries()])).not.toContain("xxx");
  });
});

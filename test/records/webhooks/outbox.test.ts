import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { auditStatement } from "../../../src/accounts/audit-log.ts";
import { createAccount } from "../../../src/accounts/create-account.ts";
import { newId } from "../../../src/db/new-id.ts";
import type { EventName, WebhookEvent } from "../../../src/records/webhooks/events.ts";
import { eventStatements } from "../../../src/records/webhooks/outbox.ts";
import { newEmail } from "../../support/control-plane.ts";

const NOW = Date.parse("2026-11-25T10:00:00Z");
const UPSERTED: WebhookEvent = { type: "record.upserted", data: { id: "rec_1", key: "config.myapp.v1" } };

async function newAccount(): Promise<string> {
  return (await createAccount(env.DB, { name: "A", email: newEmail(), plan: "pro" }, 1)).account.id;
}

async function newWebhook(account: string, events: EventName[], state = "enabled"): Promise<string> {
  const id = newId("hook");
  await env.DB.prepare(
    `INSERT INTO webhooks (id, account_id, url, events, state, secret, created_at, updated_at)
     VALUES (?1, ?2, 'https://hook.example', ?3, ?4, 'whsec_x', 1, 1)`,
  )
    .bind(id, account, JSON.stringify(events), state)
    .run();
  return id;
}

/** A change: it changes something where `account` exists. */
const rename = (account: string) =>
  env.DB.prepare("UPDATE accounts SET name = name || 'x' WHERE id = ?1").bind(account);

const audit = (account: string) =>
  auditStatement(
    env.DB,
    { account, mode: "live", actor: "key_1", address: null, requestId: "req_1" },
    { action: "account.rename", target: account, before: null, after: null },
    NOW,
  );

const audited = (account: string) =>
  env.DB.prepare("SELECT COUNT(*) FROM audit_log WHERE account_id = ?1 AND action = 'account.rename'")
    .bind(account)
    .first("COUNT(*)");

async function outboxOf(account: string) {
  const { results } = await env.DB.prepare(
    `SELECT webhook_id, type, state, attempts, next_attempt_at, webhook_deliveries.created_at
     FROM webhook_events JOIN webhook_deliveries ON event_id = id WHERE account_id = ?1 ORDER BY seq`,
  )
    .bind(account)
    .all<{ webhook_id: string; type: string }>();
  return results;
}

const events = (account: string) =>
  env.DB.prepare("SELECT COUNT(*) FROM webhook_events WHERE account_id = ?1").bind(account).first("COUNT(*)");

describe("eventStatements()", () => {
  it("writes one delivery for each enabled webhook of the account that wants the event", async () => {
    const [account, other] = [await newAccount(), await newAccount()];
    const wanting = [
      await newWebhook(account, ["record.upserted"]),
      await newWebhook(account, ["record.deleted", "record.upserted"]),
    ];
    await newWebhook(account, ["record.deleted"]);
    await newWebhook(account, []);
    await newWebhook(account, ["record.upserted"], "disabled");
    await newWebhook(account, ["record.upserted"], "deleted");
    await newWebhook(other, ["record.upserted"]);
    await env.DB.batch([rename(account), audit(account), ...eventStatements(env.DB, account, UPSERTED, NOW)]);
    expect(
      (await outboxOf(account)).toSorted((a, b) => wanting.indexOf(a.webhook_id) - wanting.indexOf(b.webhook_id)),
    ).toEqual(
      wanting.map((webhook_id) => ({
        webhook_id,
        type: "record.upserted",
        state: "pending",
        attempts: 0,
        next_attempt_at: NOW,
        created_at: NOW,
      })),
    );
    expect(await events(account)).toBe(1);
    expect(await outboxOf(other)).toEqual([]);
  });

  it("keeps the body as Standard Webhooks suggests it", async () => {
    const account = await newAccount();
    await newWebhook(account, ["record.upserted"]);
    await env.DB.batch([rename(account), ...eventStatements(env.DB, account, UPSERTED, NOW)]);
    const row = await env.DB.prepare("SELECT * FROM webhook_events WHERE account_id = ?1").bind(account).first();
    expect(row).toEqual({
      id: expect.stringMatching(/^evt_\w{20}$/),
      account_id: account,
      type: "record.upserted",
      body: '{"type":"record.upserted","timestamp":"2026-11-25T10:00:00.000Z","data":{"id":"rec_1","key":"config.myapp.v1"}}',
      created_at: NOW,
    });
  });

  it("writes nothing where the change before it, with its audit, changed nothing", async () => {
    const account = await newAccount();
    await newWebhook(account, ["record.upserted"]);
    await env.DB.batch([rename(account)]);
    await env.DB.batch([rename("acct_missing"), audit(account), ...eventStatements(env.DB, account, UPSERTED, NOW)]);
    await env.DB.batch([rename("acct_missing"), ...eventStatements(env.DB, account, UPSERTED, NOW)]);
    expect(await events(account)).toBe(0);
    expect(await outboxOf(account)).toEqual([]);
    expect(await audited(account)).toBe(0);
  });

  it("writes no event that nobody wants", async () => {
    const account = await newAccount();
    await newWebhook(account, ["record.deleted"]);
    await env.DB.batch([rename(account), audit(account), ...eventStatements(env.DB, account, UPSERTED, NOW)]);
    expect(await events(account)).toBe(0);
    expect(await audited(account)).toBe(1);
  });

  it.each([
    ["both", true, true, ["namespace.upserted", "record.upserted"]],
    ["the first", true, false, ["namespace.upserted"]],
    ["the second", false, true, ["record.upserted"]],
    ["neither", false, false, []],
  ])("keeps two changes of one batch apart: %s made", async (_, first, second, types) => {
    const account = await newAccount();
    const webhook = await newWebhook(account, ["namespace.upserted", "record.upserted"]);
    const change = (made: boolean) => rename(made ? account : "acct_missing");
    await env.DB.batch([
      change(first),
      audit(account),
      ...eventStatements(env.DB, account, { type: "namespace.upserted", data: {} }, NOW),
      change(second),
      audit(account),
      ...eventStatements(env.DB, account, UPSERTED, NOW),
      env.DB.prepare("SELECT 1"),
    ]);
    expect((await outboxOf(account)).map(({ webhook_id, type }) => [webhook_id, type])).toEqual(
      types.map((type) => [webhook, type]),
    );
    expect(await audited(account)).toBe(types.length);
  });

  it("goes with the change: a batch that fails leaves neither", async () => {
    const account = await newAccount();
    await newWebhook(account, ["record.upserted"]);
    const batch = env.DB.batch([
      rename(account),
      audit(account),
      ...eventStatements(env.DB, account, UPSERTED, NOW),
      env.DB.prepare("INSERT INTO webhook_deliveries (webhook_id) VALUES (NULL)"),
    ]);
    await expect(batch).rejects.toThrow();
    expect(await events(account)).toBe(0);
    expect(await env.DB.prepare("SELECT name FROM accounts WHERE id = ?1").bind(account).first("name")).toBe("A");
  });
});

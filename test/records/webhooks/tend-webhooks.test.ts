import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { pokeWebhooks, tendWebhooks } from "../../../src/records/webhooks/tend-webhooks.ts";
import { deleteWebhook, findWebhook } from "../../../src/records/webhooks/webhook-rows.ts";
import { pass } from "../../support/edge.ts";
import { actorOf, happen, newOwner, newWebhook, PlayedWebhook, playReceivers } from "../../support/webhooks.ts";

playReceivers();

const tend = () => tendWebhooks(env.DB, env.WEBHOOK_DISPATCHER, Date.now());
const DAY = 86_400;

async function rows(account: string) {
  const deliveries = await env.DB.prepare(
    `SELECT COUNT(*) AS n FROM webhook_deliveries JOIN webhooks ON webhooks.id = webhook_id WHERE account_id = ?1`,
  )
    .bind(account)
    .first<number>("n");
  const events = await env.DB.prepare("SELECT COUNT(*) AS n FROM webhook_events WHERE account_id = ?1")
    .bind(account)
    .first<number>("n");
  return { deliveries, events };
}

describe("pokeWebhooks()", () => {
  it("wakes an account's webhooks for which something is due, and no others", async () => {
    const { account } = await newOwner();
    const wanting = await new PlayedWebhook(account).insert({ events: ["record.upserted"] });
    const others = [
      await new PlayedWebhook(account).insert({ events: ["record.deleted"] }),
      await new PlayedWebhook(account).insert({ enabled: false }),
      await newWebhook(),
    ];
    await happen(account);
    await happen(others[2]!.account);
    await pokeWebhooks(env.DB, env.WEBHOOK_DISPATCHER, account, Date.now());
    expect(await wanting.alarmAt()).toBe(Date.now());
    for (const other of others) expect(await other.alarmAt()).toBeNull();
  });

  it("does not fail where D1 does", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const broken = {
      prepare() {
        throw new Error("D1 is down");
      },
    } as unknown as D1Database;
    await pokeWebhooks(broken, env.WEBHOOK_DISPATCHER, "acct_1", Date.now());
    expect(logged.mock.calls.flat().join()).toContain("D1 is down");
  });
});

describe("tendWebhooks()", () => {
  it("wakes whoever was not told, half a minute after what is due", async () => {
    const webhook = (await newWebhook()).answers(200);
    await happen(webhook.account);
    pass(29);
    await tend();
    expect(await webhook.alarmAt()).toBeNull();
    pass(1);
    await tend();
    expect(await webhook.alarm()).toBe(true);
    expect(webhook.receiver.hits).toBe(1);
    pass(60);
    await tend();
    expect(await webhook.alarmAt()).toBeNull();
  });

  it("does not wake what is disabled", async () => {
    const webhook = (await newWebhook()).answers(410);
    await happen(webhook.account);
    await webhook.deliver();
    pass(3_600);
    await tend();
    expect(await webhook.alarmAt()).toBeNull();
  });

  it("drops deliveries and events after 30 days, and not before", async () => {
    const webhook = (await newWebhook()).answers(200);
    await happen(webhook.account);
    pass(1);
    await happen(webhook.account);
    await webhook.deliver();
    pass(30 * DAY - 1);
    await tend();
    expect(await rows(webhook.account)).toEqual({ deliveries: 2, events: 2 });
    pass(1);
    await tend();
    expect(await rows(webhook.account)).toEqual({ deliveries: 1, events: 1 });
    pass(1);
    await tend();
    expect(await rows(webhook.account)).toEqual({ deliveries: 0, events: 0 });
  });

  it("drops a deleted webhook 30 days later, behind its last delivery", async () => {
    const webhook = (await newWebhook()).answers(500);
    await happen(webhook.account);
    await webhook.deliver();
    const found = (await findWebhook(env.DB, webhook.account, webhook.id))!;
    await deleteWebhook(env.DB, actorOf(webhook.account), found, Date.now());
    pass(30 * DAY);
    await tend();
    expect(await webhook.row()).toMatchObject({ state: "deleted" });
    pass(1);
    await tend();
    expect([await webhook.row(), await rows(webhook.account)]).toEqual([null, { deliveries: 0, events: 0 }]);
  });

  it("drops at most a thousand at once", async () => {
    pass(60 * DAY);
    await tend();
    const { account, id } = await newWebhook();
    await env.DB.batch([
      env.DB.prepare(
        `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1500)
         INSERT INTO webhook_events (id, account_id, type, created_at)
         SELECT ?1 || n, ?2, 'record.upserted', ?3 FROM numbers`,
      ).bind(id, account, Date.now()),
      env.DB.prepare(
        `INSERT INTO webhook_deliveries (webhook_id, event_id, state, created_at)
         SELECT ?1, id, 'delivered', created_at FROM webhook_events WHERE account_id = ?2`,
      ).bind(id, account),
    ]);
    pass(31 * DAY);
    await tend();
    expect(await rows(account)).toEqual({ deliveries: 500, events: 500 });
    await tend();
    expect(await rows(account)).toEqual({ deliveries: 0, events: 0 });
  });
});

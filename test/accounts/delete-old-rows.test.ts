import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { createAccount } from "../../src/accounts/create-account.ts";
import { deleteOldRows } from "../../src/accounts/delete-old-rows.ts";
import worker from "../../src/worker.ts";
import { newEmail } from "../support/control-plane.ts";

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 25);
let account: string;

beforeEach(async () => {
  account = (await createAccount(env.DB, { name: "A", email: newEmail(), plan: "free" }, NOW)).account.id;
});

async function audit(ages: number[]): Promise<void> {
  await env.DB.prepare(
    `INSERT INTO audit_log (id, account_id, mode, at, actor, action, target, request_id, number, place)
     SELECT 'audit_' || ?1 || key, ?1, 'live', ?2 - value, 'key_1', 'x', 'x', 'req_1', key + 2, key + 2 FROM json_each(?3)`,
  )
    .bind(account, NOW, JSON.stringify(ages))
    .run();
}

async function ages(sql: string): Promise<number[]> {
  const { results } = await env.DB.prepare(sql).bind(account).all<{ at: number }>();
  return results.map(({ at }) => NOW - at);
}

const agesOfAudit = () => ages("SELECT at FROM audit_log WHERE account_id = ?1 AND action = 'x' ORDER BY at DESC");
const agesOfIdempotency = () =>
  ages(
    `SELECT idempotency_keys.created_at AS at FROM idempotency_keys JOIN api_keys ON api_keys.id = api_key_id
     WHERE api_keys.account_id = ?1 ORDER BY at DESC`,
  );

describe("deleteOldRows()", () => {
  it("deletes what the audit log has held for more than 400 days", async () => {
    await audit([0, 400 * DAY, 400 * DAY + 1, 500 * DAY]);
    await deleteOldRows(env.DB, NOW);
    expect(await agesOfAudit()).toEqual([0, 400 * DAY]);
  });

  it("deletes answers to an Idempotency-Key after a day", async () => {
    const values = JSON.stringify([0, DAY, DAY + 1]);
    await env.DB.prepare(
      `INSERT INTO idempotency_keys (api_key_id, key, fingerprint, created_at)
       SELECT api_keys.id, 'k' || json.key, 'f', ?2 - json.value
       FROM api_keys, json_each(?3) AS json WHERE account_id = ?1 AND product = 'resolvedb'`,
    )
      .bind(account, NOW, values)
      .run();
    await deleteOldRows(env.DB, NOW);
    expect(await agesOfIdempotency()).toEqual([0, DAY]);
  });

  it("deletes a bounded number in one run, the oldest first, and the rest in the next", async () => {
    await audit(Array.from({ length: 5_002 }, (_, index) => 401 * DAY + index));
    await deleteOldRows(env.DB, NOW);
    expect(await agesOfAudit()).toEqual([401 * DAY, 401 * DAY + 1]);
    await deleteOldRows(env.DB, NOW);
    expect(await agesOfAudit()).toEqual([]);
  });

  it("is run by the cron", async () => {
    await audit([0, 401 * DAY]);
    await worker.scheduled({ scheduledTime: NOW, cron: "* * * * *", noRetry() {} }, env);
    expect(await agesOfAudit()).toEqual([0]);
  });
});

import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { auditStatement } from "../../src/accounts/audit-log.ts";
import { createAccount } from "../../src/accounts/create-account.ts";
import { newEmail } from "../support/control-plane.ts";

let account: string;

beforeEach(async () => {
  account = (await createAccount(env.DB, { name: "A", email: newEmail(), plan: "free" }, 1)).account.id;
});

async function rename(id: string) {
  const actor = { account, mode: "live", actor: "key_1", address: "203.0.113.7", requestId: "req_1" } as const;
  const change = { action: "account.rename", target: id, before: { name: "A" }, after: { name: "B" } };
  await env.DB.batch([
    env.DB.prepare("UPDATE accounts SET name = 'B' WHERE id = ?1").bind(id),
    auditStatement(env.DB, actor, change, 5),
  ]);
  const { results } = await env.DB.prepare(
    "SELECT * FROM audit_log WHERE account_id = ?1 AND action = 'account.rename'",
  )
    .bind(account)
    .all();
  return results;
}

describe("auditStatement()", () => {
  it("keeps who did what, when, from where, before and after", async () => {
    expect(await rename(account)).toEqual([
      {
        id: expect.stringMatching(/^audit_\w{20}$/),
        account_id: account,
        mode: "live",
        at: 5,
        actor: "key_1",
        action: "account.rename",
        target: account,
        address: "203.0.113.7",
        request_id: "req_1",
        before: '{"name":"A"}',
        after: '{"name":"B"}',
        number: 2,
        place: 2,
      },
    ]);
  });

  it("keeps of what is large only how large it was", async () => {
    const actor = { account, mode: "live", actor: "key_1", address: null, requestId: "req_1" } as const;
    const change = { action: "x", target: "x", before: null, after: { small: 1, large: "v".repeat(60_000) } };
    await env.DB.batch([env.DB.prepare("UPDATE accounts SET name = 'C'"), auditStatement(env.DB, actor, change, 5)]);
    const after = await env.DB.prepare("SELECT after FROM audit_log WHERE action = 'x'").first<string>("after");
    expect(after).toBe('{"small":1,"large":"[60002 bytes]"}');
  });

  it("keeps nothing of a change that was not made", async () => {
    expect(await rename("acct_missing")).toEqual([]);
  });
});

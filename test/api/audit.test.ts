import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { call, customerOf, newCustomer, newZone } from "../support/control-plane.ts";
import { newKey } from "../support/keys.ts";

interface ShownChange {
  id: string;
  at: string;
  action: string;
  target: string;
  actor: string;
  address: string | null;
  request_id: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

const customer = customerOf(beforeEach);

async function audit(key: string, query = ""): Promise<{ changes: ShownChange[]; next_cursor: string | null }> {
  const answer = await call(`/v1/audit?${query}`, { key });
  expect(answer.status).toBe(200);
  return answer.json();
}
const actions = async (key: string, query?: string) => (await audit(key, query)).changes.map(({ action }) => action);
const ownId = async (key: string) => (await (await call("/v1/me", { key })).json<{ key: { id: string } }>()).key.id;

describe("GET /v1/audit", () => {
  it("shows who created an account, from where and by which request", async () => {
    const answer = await call("/admin/accounts", {
      method: "POST",
      headers: { authorization: `Bearer ${env.ADMIN_TOKEN}`, "cf-connecting-ip": "2001:db8::1" },
      body: { name: "New", email: "new@example.com", plan: "pro" },
    });
    const { account, keys } = await answer.json<{ account: { id: string; created: string }; keys: { live: string } }>();
    expect(await audit(keys.live)).toEqual({
      changes: [
        {
          id: expect.stringMatching(/^audit_/),
          at: account.created,
          action: "account.create",
          target: account.id,
          actor: "operator",
          actor_name: null,
          address: "2001:db8::/64",
          request_id: answer.headers.get("x-request-id"),
          before: null,
          after: { name: "New", email: "new@example.com", plan: "pro" },
        },
      ],
      next_cursor: null,
    });
  });

  it("shows each change of a key, newest first, with what it was and became", async () => {
    const { id, prefix } = await newKey(customer.live, { name: "CI", scopes: ["purge"] });
    await call(`/v1/keys/${id}/rotate`, { method: "POST", key: customer.live, body: { grace_seconds: 60 } });
    await call(`/v1/keys/${id}`, { method: "DELETE", key: customer.live });
    const { changes } = await audit(customer.live, `target=${id}`);
    const actor = await ownId(customer.live);
    const was = { name: "CI", prefix, scopes: ["purge"], zones: null, expires: null, revoked: null };
    const graced = { ...was, revoked: expect.any(String) };
    expect(changes).toMatchObject([
      { action: "key.revoke", actor, before: graced, after: graced },
      { action: "key.rotate", actor, before: was, after: { ...graced, replaced_by: expect.stringMatching(/^key_/) } },
      { action: "key.create", actor, before: null, after: was },
    ]);
  });

  it("keeps live and test apart, and accounts", async () => {
    await newKey(customer.test);
    await newKey((await newCustomer()).live);
    expect(await actions(customer.test)).toEqual(["key.create"]);
    expect(await actions(customer.live)).toEqual(["account.create"]);
  });

  it("finds by action, target, actor and time", async () => {
    const one = await newKey(customer.live);
    const two = await newKey(one.token);
    const [newest] = (await audit(customer.live)).changes;
    expect(await actions(customer.live, "action=account.create")).toEqual(["account.create"]);
    expect(await actions(customer.live, "action=zone.delete")).toEqual([]);
    expect((await audit(customer.live, `actor=${one.id}`)).changes.map(({ target }) => target)).toEqual([two.id]);
    expect(await actions(customer.live, "actor=operator")).toEqual(["account.create"]);
    expect((await audit(customer.live, `from=${newest!.at}`)).changes.map(({ target }) => target)).toEqual([two.id]);
    expect((await audit(customer.live, `to=${newest!.at}`)).changes.map(({ target }) => target)).toEqual([
      one.id,
      customer.account,
    ]);
  });

  it("takes dates as usage does: the last one is included", async () => {
    const today = new Date(Date.now()).toISOString().slice(0, 10);
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    expect(await actions(customer.live, `from=${today}&to=${today}`)).toEqual(["account.create"]);
    expect(await actions(customer.live, `from=${yesterday}&to=${yesterday}`)).toEqual([]);
  });

  it("leads through all changes in pages, each once", async () => {
    for (let i = 0; i < 4; i++) await newKey(customer.live);
    const { changes } = await audit(customer.live);
    const seen: ShownChange[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page: Awaited<ReturnType<typeof audit>> = await audit(
        customer.live,
        `limit=2${cursor && `&cursor=${cursor}`}`,
      );
      seen.push(...page.changes);
      cursor = page.next_cursor;
    }
    expect(changes).toHaveLength(5);
    expect(seen).toEqual(changes);
  });

  it("shows a key that is restricted to zones only changes of those, and its own", async () => {
    const [mine, other] = [await newZone(customer.live), await newZone(customer.live)];
    const restricted = await newKey(customer.live, { zones: [mine.id] });
    const child = await newKey(restricted.token);
    await call(`/v1/zones/${other.id}`, { method: "DELETE", key: customer.live });
    const { changes } = await audit(restricted.token);
    expect(changes.map(({ action, target }) => [action, target])).toEqual([
      ["key.create", child.id],
      ["zone.create", mine.id],
    ]);
  });

  it("answers 403 to a key without keys:write, and 401 to none", async () => {
    const { token } = await newKey(customer.live, { scopes: ["zones:read"] });
    expect((await call("/v1/audit", { key: token })).status).toBe(403);
    expect((await call("/v1/audit")).status).toBe(401);
  });

  it.each([
    "limit=0",
    "cursor=x",
    `cursor=${btoa("1 key_1")}`,
    "from=yesterday",
    "to=1",
    "action=",
    "action=account",
    "action=zone.*",
    "from=2026-02-30",
    "from=2026-11-28T10:00:00",
    "from=2026-11-28&to=2026-11-27",
    `target=${"x".repeat(65)}`,
  ])("answers 422 to ?%s", async (query) => {
    expect((await call(`/v1/audit?${query}`, { key: customer.live })).status).toBe(422);
  });
});

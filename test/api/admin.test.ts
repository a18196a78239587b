import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { call, newEmail, textWithoutId } from "../support/control-plane.ts";
import { handleApi } from "../support/handle-api.ts";

const operator = { authorization: `Bearer ${env.ADMIN_TOKEN}` };
const valid = { name: "Acme", email: "ops@acme.example" };
const create = (body: unknown, headers: Record<string, string> = operator) =>
  call("/admin/accounts", { method: "POST", headers, body });

describe("POST /admin/accounts", () => {
  it("answers 201 with the account and a working key of each kind", async () => {
    const answer = await create({ ...valid, plan: "pro" });
    expect(answer.status).toBe(201);
    const created = await answer.json<{ keys: { live: string; test: string } }>();
    expect(created).toEqual({
      account: {
        id: expect.stringMatching(/^acct_[0-9A-Za-z]{20}$/),
        ...valid,
        plan: "pro",
        created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      },
      keys: {
        live: expect.stringMatching(/^rk_live_/),
        test: expect.stringMatching(/^rk_test_/),
        resolvedb: expect.stringMatching(/^rdb_live_/),
      },
    });
    for (const key of [created.keys.live, created.keys.test]) {
      const list = await call("/v1/zones", { key });
      expect(await list.json()).toEqual({ zones: [], next_cursor: null });
    }
  });

  it("makes a free account where no plan is named", async () => {
    expect(await (await create({ ...valid, email: newEmail() })).json()).toMatchObject({ account: { plan: "free" } });
  });

  it("answers 409 to an e-mail address that an account has, in whatever case, and names the account", async () => {
    const email = newEmail();
    const { account } = await (await create({ ...valid, email })).json<{ account: { id: string } }>();
    const again = await create({ ...valid, email: email.toUpperCase() });
    expect(again.status).toBe(409);
    expect(await again.json()).toMatchObject({
      code: "email_taken",
      error: `the account ${account.id} already has this e-mail address: a customer has one account`,
    });
    const rows = await env.DB.prepare(
      "SELECT COUNT(*) AS keys FROM api_keys WHERE account_id NOT IN (SELECT id FROM accounts)",
    );
    expect(await rows.first()).toEqual({ keys: 0 });
  });

  it.each([
    [{}, ["name", "email"]],
    [{ ...valid, name: " " }, ["name"]],
    [{ ...valid, email: "nobody" }, ["email"]],
    [{ ...valid, plan: "gold" }, ["plan"]],
    [{ ...valid, id: "acct_1" }, ["id"]],
  ])("answers 422 to %j and names the fields", async (body, fields) => {
    const answer = await create(body);
    expect(answer.status).toBe(422);
    const { details } = await answer.json<{ details: { field: string }[] }>();
    expect(details.map(({ field }) => field)).toEqual(fields);
  });

  it.each([
    [{}],
    [{ authorization: "Bearer" }],
    [{ authorization: "Bearer operator-token-of-the-test" }],
    [{ authorization: `Basic ${env.ADMIN_TOKEN}` }],
    [{ "x-rescdn-key": String(env.ADMIN_TOKEN) }],
  ])("answers 401 to %j", async (headers: Record<string, string>) => {
    const answer = await create(valid, headers);
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toBe('Bearer realm="ResCDN"');
    expect(await answer.json()).toMatchObject({ error: "authentication required" });
  });

  it.each(["POST", "GET"])("does not exist without an operator's token: %s", async (method) => {
    const { ADMIN_TOKEN: _, ...without } = env;
    const answerTo = async (path: string) => {
      const request = new Request(`http://api.rescdn.io${path}`, { method, headers: { authorization: "Bearer " } });
      const answer = await handleApi(request, without, createExecutionContext());
      return { status: answer.status, body: await textWithoutId(answer) };
    };
    expect(await answerTo("/admin/accounts")).toEqual(await answerTo("/nope"));
  });
});

import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { call, customerOf, newCustomer, newZone } from "../support/control-plane.ts";
import { OPERATOR, operate, operated, resume, suspend } from "../support/operator.ts";
import { rest } from "../support/records-api.ts";

interface Account {
  id: string;
  name: string;
  email: string;
  plan: string;
  state: string;
  suspended_for: string | null;
  created: string;
  zones: number;
  records: number;
}

const customer = customerOf(beforeEach);
const read = async (id = customer.account) => (await operated<{ account: Account }>(`/accounts/${id}`)).account;
const audit = async (key: string, action: string) =>
  (await (await call(`/v1/audit?action=${action}`, { key })).json<{ changes: Record<string, unknown>[] }>()).changes;

describe("GET /admin/accounts", () => {
  it("lists all accounts in pages, oldest first", async () => {
    const ids = [customer.account, (await newCustomer()).account, (await newCustomer()).account];
    const seen: string[] = [];
    let cursor = "";
    do {
      const page = await operated<{ accounts: Account[]; next_cursor: string | null }>(
        `/accounts?limit=2${cursor && `&cursor=${cursor}`}`,
      );
      seen.push(...page.accounts.map(({ id }) => id));
      cursor = page.next_cursor ?? "";
    } while (cursor !== "");
    expect(seen.filter((id) => ids.includes(id))).toEqual(ids);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it("finds accounts by address, state, plan, and by a zone's name or id", async () => {
    const zone = await newZone(customer.live);
    await operated(`/accounts/${customer.account}`, { email: "Only.Me@acme.example", plan: "pro" }, "PATCH");
    await suspend(customer.account);
    for (const filter of ["email=only.me@ACME.example", `zone=${zone.name}`, `zone=${zone.id}`]) {
      for (const more of ["", "&state=suspended&plan=pro"]) {
        const { accounts } = await operated<{ accounts: Account[] }>(`/accounts?${filter}${more}`);
        expect(
          accounts.map(({ id }) => id),
          filter + more,
        ).toEqual([customer.account]);
      }
      const { accounts } = await operated<{ accounts: Account[] }>(`/accounts?${filter}&state=active`);
      expect(accounts, filter).toEqual([]);
    }
  });

  it.each([["stat=active"], ["state=gone"], ["cursor=x"], ["limit=0"]])("refuses ?%s, and names it", async (query) => {
    const answer = await operate(`/accounts?${query}`);
    expect(answer.status).toBe(422);
    expect((await answer.json<{ details: { field: string }[] }>()).details[0]?.field).toBe(query.split("=")[0]);
  });
});

describe("GET /admin/accounts/{id}", () => {
  it("shows an account, how much it has, and its quota", async () => {
    await newZone(customer.live);
    await newZone(customer.test);
    const shown = await operated<{ account: Account; quota: object }>(`/accounts/${customer.account}`);
    expect(shown).toMatchObject({
      account: {
        id: customer.account,
        name: "Acme",
        plan: "free",
        state: "active",
        suspended_for: null,
        zones: 2,
        records: 0,
      },
      quota: { level: "within", at_quota: "continue" },
    });
  });
});

describe("PATCH /admin/accounts/{id}", () => {
  it("changes what is given, and the audit log of the account says what by whom", async () => {
    const body = { name: "Acme Ltd", plan: "enterprise" };
    const { email } = await read();
    await operated(`/accounts/${customer.account}`, body, "PATCH");
    expect(await read()).toMatchObject({ ...body, email });
    const me = await call("/v1/me", { key: customer.live });
    expect(await me.json()).toMatchObject({ account: body, limits: { requests_per_minute: 1_000 } });
    expect(await audit(customer.live, "account.update")).toMatchObject([
      { actor: "operator", before: { name: "Acme", plan: "free" }, after: body },
    ]);
  });

  it("leaves no trace where nothing changes", async () => {
    const { name, email } = await read();
    await operated(`/accounts/${customer.account}`, { name, email }, "PATCH");
    expect(await audit(customer.live, "account.update")).toEqual([]);
  });

  it("gives no account the address of another, in whatever case; its own it may write anew", async () => {
    const other = await newCustomer();
    const [own, theirs] = [await read(), await read(other.account)];
    const answer = await operate(`/accounts/${customer.account}`, { email: theirs.email.toUpperCase() }, "PATCH");
    expect([answer.status, await answer.json()]).toEqual([
      409,
      expect.objectContaining({
        code: "email_taken",
        error: `the account ${other.account} already has this e-mail address: a customer has one account`,
      }),
    ]);
    expect(await read()).toEqual(own);
    expect(await audit(customer.live, "account.update")).toEqual([]);
    await operated(`/accounts/${customer.account}`, { email: own.email.toUpperCase() }, "PATCH");
    expect(await read()).toMatchObject({ email: own.email.toUpperCase() });
  });

  it("sets caps, and what happens at them", async () => {
    const quota = { requests_cap: 7, at_quota: "stop" };
    await operated(`/accounts/${customer.account}`, { quota }, "PATCH");
    expect(await (await call("/v1/quota", { key: customer.live })).json()).toMatchObject({
      requests: { cap: 7, quota: 7 },
      at_quota: "stop",
    });
    expect(await audit(customer.live, "account.quota")).toMatchObject([{ actor: "operator" }]);
  });

  it.each([
    [{ plan: "gold" }, "plan"],
    [{ email: "nobody" }, "email"],
    [{ name: " " }, "name"],
    [{ state: "suspended" }, "state"],
    [{ quota: { cap: 1 } }, "quota.cap"],
  ])("refuses %j and names the field", async (body, field) => {
    const answer = await operate(`/accounts/${customer.account}`, body, "PATCH");
    expect(answer.status).toBe(422);
    expect((await answer.json<{ details: { field: string }[] }>()).details[0]?.field).toBe(field);
  });
});

describe("POST /admin/accounts/{id}/suspend and /resume", () => {
  it("say what for, once each in the audit log however often they are repeated", async () => {
    await suspend(customer.account, "abuse");
    await suspend(customer.account, "abuse");
    expect(await read()).toMatchObject({ state: "suspended", suspended_for: "abuse" });
    await suspend(customer.account, "abuse, second report");
    await resume(customer.account);
    await resume(customer.account);
    expect(await read()).toMatchObject({ state: "active", suspended_for: null });
    expect(await audit(customer.live, "account.suspend")).toMatchObject([
      { actor: "operator", after: { reason: "abuse, second report" } },
      { actor: "operator", after: { reason: "abuse" } },
    ]);
    expect(await audit(customer.live, "account.resume")).toMatchObject([{ actor: "operator" }]);
  });

  it("need a reason", async () => {
    expect((await operate(`/accounts/${customer.account}/suspend`, { reason: " " })).status).toBe(422);
    expect((await operate(`/accounts/${customer.account}/suspend`, {})).status).toBe(422);
  });
});

describe("POST /admin/accounts/{id}/recover", () => {
  const recover = (revoke_keys: boolean) =>
    operated<{ keys: { live: string; test: string; resolvedb: string } }>(`/accounts/${customer.account}/recover`, {
      revoke_keys,
    });

  it("makes a working key of each kind, and leaves others as they are", async () => {
    const zone = await newZone(customer.live);
    const { keys } = await recover(false);
    expect(await (await call("/v1/zones", { key: keys.live })).json()).toMatchObject({ zones: [{ id: zone.id }] });
    expect((await call("/v1/zones", { key: keys.test })).status).toBe(200);
    expect((await rest("/me", { key: keys.resolvedb })).status).toBe(200);
    expect((await call("/v1/zones", { key: customer.live })).status).toBe(200);
    expect(await audit(keys.live, "account.recover")).toMatchObject([
      { actor: "operator", after: { keys_revoked: false } },
    ]);
  });

  it("ends all keys that there were, where that is wanted", async () => {
    const { keys } = await recover(true);
    expect((await call("/v1/zones", { key: keys.live })).status).toBe(200);
    for (const key of [customer.live, customer.test]) expect((await call("/v1/zones", { key })).status).toBe(401);
    expect((await rest("/me", { key: customer.resolvedb })).status).toBe(401);
  });

  it("stores no token that it shows", async () => {
    const { keys } = await recover(true);
    const { results } = await env.DB.prepare("SELECT * FROM api_keys WHERE account_id = ?1")
      .bind(customer.account)
      .all();
    for (const token of Object.values(keys)) expect(JSON.stringify(results)).not.toContain(token.slice(12));
  });
});

describe("whoever is not the operator", () => {
  const calls: [string, string, unknown?][] = [
    ["GET", "/admin/accounts"],
    ["GET", "/admin/accounts/ID"],
    ["PATCH", "/admin/accounts/ID", { plan: "enterprise" }],
    ["POST", "/admin/accounts/ID/suspend", { reason: "x" }],
    ["POST", "/admin/accounts/ID/resume"],
    ["POST", "/admin/accounts/ID/recover", { revoke_keys: true }],
    ["GET", "/admin/takedowns"],
    ["POST", "/admin/takedowns", { url: "https://a.rescdn.io/", reference: "x" }],
    ["DELETE", "/admin/takedowns/take_1"],
    ["POST", "/admin/restore", {}],
    ["GET", "/metrics"],
  ];

  it.each(calls)("gets 401 for %s %s, the same for accounts that there are and are not", async (method, path, body) => {
    const shown: Record<string, string>[] = [
      {},
      { authorization: "Bearer wrong" },
      { authorization: `Bearer ${customer.live}` },
      { "x-rescdn-key": customer.live },
      { "x-rescdn-key": String(env.ADMIN_TOKEN) },
      { authorization: `Basic ${env.ADMIN_TOKEN}` },
    ];
    const before = await read();
    for (const headers of shown) {
      const texts = await Promise.all(
        [customer.account, "acct_missing"].map(async (id) => {
          const answer = await call(path.replace("ID", id), { method, headers, ...(body !== undefined && { body }) });
          expect(answer.status).toBe(401);
          return (await answer.text()).replace(/req_\w+/, "");
        }),
      );
      expect(texts[0]).toBe(texts[1]);
    }
    expect(await read()).toEqual(before);
  });

  it.each(calls.filter(([, path]) => path.includes("ID")))(
    "the operator gets 404 for %s %s of nobody",
    async (method, path, body) => {
      for (const id of ["acct_missing", "%27%20OR%201=1", "x".repeat(64)]) {
        const answer = await call(path.replace("ID", id), {
          method,
          headers: OPERATOR,
          ...(body !== undefined && { body }),
        });
        expect(answer.status).toBe(404);
      }
    },
  );
});

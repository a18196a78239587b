import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Browser, loadSignIn } from "../support/browser.ts";
import { moveClockWithCalls, newCustomer } from "../support/control-plane.ts";

loadSignIn();
moveClockWithCalls();

interface Signed {
  browser: Browser;
  account: string;
  person: string;
  email: string;
}

/** The owner of an account, signed in. */
async function newOwner(): Promise<Signed> {
  const { account } = await newCustomer();
  const browser = new Browser();
  await browser.signInTo(account);
  const { person } = await (await browser.send("/v1/person")).json<{ person: { id: string; email: string } }>();
  return { browser, account, person: person.id, email: person.email };
}

const post = (browser: Browser, path: string, body?: unknown, headers = {}) =>
  browser.send(path, { method: "POST", headers, ...(body !== undefined && { body }) });

let owner: Signed;
let guest: Signed;
beforeEach(async () => {
  owner = await newOwner();
  guest = await newOwner();
});

/** Has the guest be a member of the owner's account. */
async function join(role: string): Promise<void> {
  const invited = await post(owner.browser, "/v1/members", { email: guest.email.toUpperCase(), role });
  expect(invited.status, await invited.clone().text()).toBe(201);
  const { invitation } = await invited.json<{ invitation: string }>();
  expect((await post(guest.browser, `/v1/invitations/${invitation}/accept`)).status).toBe(200);
}

const asMember = () => ({ "x-rescdn-account": owner.account });

describe("an invitation", () => {
  it("makes whoever has the address a member, when they accept", async () => {
    await join("editor");
    const person = await (await guest.browser.send("/v1/person")).json<{ accounts: object[] }>();
    expect(person.accounts).toHaveLength(2);
    expect(person).toMatchObject({
      accounts: expect.arrayContaining([expect.objectContaining({ id: owner.account, role: "editor" })]),
      invitations: [],
    });
    const { members } = await (await owner.browser.send("/v1/members")).json<{ members: object[] }>();
    expect(members).toMatchObject([
      { email: owner.email, role: "owner" },
      { email: guest.email, role: "editor" },
    ]);
  });

  it("is nobody else's to accept or to end", async () => {
    const stranger = await newOwner();
    const { invitation } = await (
      await post(owner.browser, "/v1/members", { email: guest.email, role: "owner" })
    ).json<{ invitation: string }>();
    expect((await post(stranger.browser, `/v1/invitations/${invitation}/accept`)).status).toBe(404);
    expect((await stranger.browser.send(`/v1/invitations/${invitation}`, { method: "DELETE" })).status).toBe(404);
    expect((await post(guest.browser, `/v1/invitations/${invitation}/accept`)).status).toBe(200);
    expect((await post(guest.browser, `/v1/invitations/${invitation}/accept`)).status).toBe(404);
  });

  it.each([["the one who is invited"], ["an owner"]])("can be ended by %s", async (who) => {
    const { invitation } = await (
      await post(owner.browser, "/v1/members", { email: guest.email, role: "viewer" })
    ).json<{ invitation: string }>();
    const by = who === "an owner" ? owner : guest;
    expect((await by.browser.send(`/v1/invitations/${invitation}`, { method: "DELETE" })).status).toBe(204);
    expect((await post(guest.browser, `/v1/invitations/${invitation}/accept`)).status).toBe(404);
  });

  it("is over after 30 days", async () => {
    const { invitation } = await (
      await post(owner.browser, "/v1/members", { email: guest.email, role: "viewer" })
    ).json<{ invitation: string }>();
    await env.DB.prepare("UPDATE invitations SET created_at = ?2 WHERE id = ?1")
      .bind(invitation, Date.now() - 30 * 86_400_000 - 1)
      .run();
    expect((await post(guest.browser, `/v1/invitations/${invitation}/accept`)).status).toBe(404);
  });

  it("of somebody who is a member already is refused", async () => {
    await join("viewer");
    const answer = await post(owner.browser, "/v1/members", { email: guest.email, role: "owner" });
    expect(answer.status).toBe(409);
  });
});

describe("a member", () => {
  it.each(["editor", "viewer"])("who is %s changes nothing of the members", async (role) => {
    await join(role);
    const headers = asMember();
    const calls = [
      post(guest.browser, "/v1/members", { email: "x@acme.example", role: "owner" }, headers),
      guest.browser.send(`/v1/members/${guest.person}`, { method: "PATCH", body: { role: "owner" }, headers }),
      guest.browser.send(`/v1/members/${owner.person}`, { method: "DELETE", headers }),
      post(guest.browser, "/v1/keys", { name: "mine for ever" }, headers),
    ];
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    expect((await guest.browser.send("/v1/members", { headers })).status).toBe(200);
  });

  it("may leave, and is out at once", async () => {
    await join("editor");
    const headers = asMember();
    const left = await guest.browser.send(`/v1/members/${guest.person}`, { method: "DELETE", headers });
    expect(left.status).toBe(204);
    expect((await guest.browser.send("/v1/zones", { headers })).status).toBe(403);
  });

  it("who is the last owner stays one", async () => {
    await join("editor");
    const demoted = await owner.browser.send(`/v1/members/${owner.person}`, {
      method: "PATCH",
      body: { role: "viewer" },
    });
    expect(demoted.status).toBe(409);
    expect((await owner.browser.send(`/v1/members/${owner.person}`, { method: "DELETE" })).status).toBe(409);
    await owner.browser.send(`/v1/members/${guest.person}`, { method: "PATCH", body: { role: "owner" } });
    expect((await owner.browser.send(`/v1/members/${owner.person}`, { method: "DELETE" })).status).toBe(204);
  });

  it.each([
    ["is taken out", (path: string) => owner.browser.send(path, { method: "DELETE" })],
    ["is made an editor", (path: string) => owner.browser.send(path, { method: "PATCH", body: { role: "editor" } })],
  ])("who was an owner and %s has invited nobody: no address of theirs lets them back in", async (_, lose) => {
    await join("owner");
    const other = await newOwner();
    const invite = { method: "POST", body: { email: other.email, role: "owner" }, headers: asMember() };
    const { invitation } = await (await guest.browser.send("/v1/members", invite)).json<{ invitation: string }>();
    expect((await lose(`/v1/members/${guest.person}`)).ok).toBe(true);
    expect((await post(other.browser, `/v1/invitations/${invitation}/accept`)).status).toBe(404);
    const { invitations } = await (await owner.browser.send("/v1/members")).json<{ invitations: object[] }>();
    expect(invitations).toEqual([]);
  });

  it.each(["editor", "viewer"])("who is %s sees, makes and ends no keys, which would outlive them", async (role) => {
    await join(role);
    const key = { api_key: { name: "of nobody's" } };
    for (const [method, path, body] of [
      ["GET", "/api/v1/api_keys"],
      ["POST", "/api/v1/api_keys", key],
      ["DELETE", "/api/v1/api_keys/key_any"],
      ["GET", "/v1/keys"],
      ["POST", "/v1/keys", { name: "of nobody's", scopes: ["zones:read"] }],
    ] as const) {
      const answer = await guest.browser.send(path, { method, headers: asMember(), ...(body && { body }) });
      expect(answer.status, `${method} ${path}`).toBe(403);
    }
    expect((await post(owner.browser, "/api/v1/api_keys", key)).status).toBe(201);
  });

  it("of another account is not there", async () => {
    const answer = await owner.browser.send(`/v1/members/${guest.person}`, { method: "DELETE" });
    expect(answer.status).toBe(404);
  });

  it("is named in the audit log of the account with what was done", async () => {
    await join("editor");
    await owner.browser.send(`/v1/members/${guest.person}`, { method: "PATCH", body: { role: "viewer" } });
    const { changes } = await (await owner.browser.send("/v1/audit?limit=10")).json<{
      changes: { action: string; actor_name: string }[];
    }>();
    const ofMembers = changes.filter(({ action }) => action.startsWith("member."));
    expect(ofMembers.map(({ action, actor_name }) => [action, actor_name]).sort()).toEqual([
      ["member.change", owner.email],
      ["member.invite", owner.email],
      ...[guest.email, owner.email].sort().map((email) => ["member.join", email]),
    ]);
  });
});

describe("a key", () => {
  it("is no person: it sees no members and makes no accounts", async () => {
    const { live } = await newCustomer();
    const headers = { "x-rescdn-key": live };
    for (const path of ["/v1/person", "/v1/members"])
      expect((await new Browser().send(path, { headers })).status).toBe(401);
    expect((await post(new Browser(), "/v1/accounts", { name: "Mine" }, headers)).status).toBe(401);
  });
});

describe("an account of one's own", () => {
  it("is not made where the operator alone makes accounts", async () => {
    const answer = await post(owner.browser, "/v1/accounts", { name: "Second" });
    expect(answer.status).toBe(403);
    expect(await (await owner.browser.send("/v1/person")).json()).toMatchObject({ may_create_account: false });
  });

  it("is made by who operates the network, and is theirs", async () => {
    const browser = new Browser();
    await env.DB.prepare("DELETE FROM people WHERE email = 'operator@rescdn.example'").run();
    const account = "acct_operators0000000000";
    await env.DB.prepare(
      "INSERT OR IGNORE INTO accounts (id, name, email, plan, created_at) VALUES (?1, 'Ops', 'operator@rescdn.example', 'free', 0)",
    )
      .bind(account)
      .run();
    await browser.signInTo(account);
    expect(await (await browser.send("/v1/person")).json()).toMatchObject({
      person: { operator: true },
      may_create_account: true,
    });
    expect((await browser.send("/admin/accounts?limit=1")).status).toBe(200);
    expect((await owner.browser.send("/admin/accounts?limit=1")).status).toBe(401);
    vi.setSystemTime(Date.now() + 60_000);
    const foreign = { headers: { "sec-fetch-site": "cross-site" } };
    expect((await browser.send("/admin/accounts?limit=1", foreign)).status).toBe(401);
    const suspended = await post(browser, `/admin/accounts/${owner.account}/suspend`, { reason: "unpaid" });
    expect(suspended.status).toBe(200);
    const { actor } = (await env.DB.prepare(
      "SELECT actor FROM audit_log WHERE account_id = ?1 AND action = 'account.suspend'",
    )
      .bind(owner.account)
      .first<{ actor: string }>())!;
    expect(actor).toMatch(/^person_/);
    // Whom it concerns reads that it was the operator, and not the address of who works there.
    await post(browser, `/admin/accounts/${owner.account}/resume`);
    const { changes } = await (await owner.browser.send("/v1/audit?action=account.suspend")).json<{
      changes: object[];
    }>();
    expect(changes).toMatchObject([{ actor, actor_name: "operator" }]);
    const own = await (await browser.send("/v1/audit?action=member.join")).json();
    expect(own).toMatchObject({ changes: [{ actor, actor_name: "operator@rescdn.example" }] });
  });
});

import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Browser, loadSignIn } from "../support/browser.ts";
import { call, moveClockWithCalls, newCustomer, newEmail, textWithoutId } from "../support/control-plane.ts";
import { operated, suspend } from "../support/operator.ts";

loadSignIn();
moveClockWithCalls();

const link = async (account: string) => {
  const { url } = await operated<{ url: string }>(`/accounts/${account}/sign-in-link`, undefined, "POST");
  return new URL(url).hash.slice(1);
};
const use = (browser: Browser, token: string, headers = {}) =>
  browser.send("/auth/links/use", { method: "POST", body: { token }, headers });

let browser: Browser;
let account: string;
beforeEach(async () => {
  ({ account } = await newCustomer());
  browser = new Browser();
});

describe("a passkey", () => {
  it("is removed by nobody who has signed in more than 15 minutes ago, so that a browser left open is no way to take it", async () => {
    await browser.signInTo(account);
    const { person } = await (await browser.send("/v1/person")).json<{ person: { id: string } }>();
    await env.DB.prepare(
      `INSERT INTO passkeys (id, name, public_key, person_id, credential_id, counter, device_type, backed_up, created_at)
       VALUES (?1, 'Laptop', 'x', ?1, ?1, 0, 'singleDevice', 0, '2026-01-01T00:00:00.000Z')`,
    )
      .bind(person.id)
      .run();
    const remove = () => browser.send("/auth/passkey/delete-passkey", { method: "POST", body: { id: person.id } });
    vi.setSystemTime(Date.now() + 15 * 60_000 + 1);
    const late = await remove();
    expect(late.status).toBe(403);
    expect(await late.json()).toMatchObject({ code: "sign_in_again" });
    await browser.signInTo(account);
    expect((await remove()).status).toBe(200);
    expect(await env.DB.prepare("SELECT 1 FROM passkeys WHERE id = ?1").bind(person.id).first()).toBeNull();
  });
});

describe("a link", () => {
  it("signs in the owner of the account's address, who then acts for the account", async () => {
    await browser.signInTo(account);
    const answer = await browser.send("/v1/person");
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ accounts: [{ id: account, role: "owner" }], invitations: [] });
    const me = await browser.send("/v1/me");
    expect(await me.json()).toMatchObject({ account: { id: account }, key: null, person: { role: "owner" } });
  });

  it("leaves a word in the account's audit log of who has become its owner by it, once", async () => {
    for (let times = 0; times < 2; times++) await browser.signInTo(account);
    const { person } = await (await browser.send("/v1/person")).json<{ person: { id: string; email: string } }>();
    const audit = await (await browser.send("/v1/audit?action=member.join")).json<{ changes: unknown[] }>();
    expect(audit.changes).toEqual([
      expect.objectContaining({
        actor: person.id,
        actor_name: person.email,
        target: person.id,
        address: "203.0.113.9",
        after: { email: person.email, role: "owner" },
      }),
    ]);
  });

  it("works once", async () => {
    const token = await link(account);
    expect((await use(browser, token)).status).toBe(200);
    const again = await use(new Browser(), token);
    expect(again.status).toBe(400);
    expect(await again.json()).toEqual({
      error: "this link has been used, or is too old: ask for a new one",
      code: "link_over",
    });
  });

  it("is over after 15 minutes", async () => {
    const token = await link(account);
    vi.setSystemTime(Date.now() + 15 * 60_000 + 1);
    expect((await use(browser, token)).status).toBe(400);
  });

  it.each([
    ["another site's page", { "sec-fetch-site": "cross-site", origin: "https://evil.example" }],
    ["a sibling host's page", { "sec-fetch-site": "same-site", origin: "http://demo.localhost" }],
    ["a page of another port", { "sec-fetch-site": "same-site", origin: "http://localhost:8788" }],
    ["a sandboxed page", { "sec-fetch-site": "cross-site", origin: "null" }],
    ["an old browser that says no origin", { "sec-fetch-site": null, origin: null }],
  ])("cannot be used by %s, so that nobody signs another one in", async (_, headers) => {
    const token = await link(account);
    expect((await use(browser, token, headers)).status).toBe(403);
    expect(browser.cookies.size).toBe(0);
    expect((await use(browser, token)).status).toBe(200);
  });

  it("is kept as a hash alone: the table lets nobody in", async () => {
    const token = await link(account);
    const { results } = await env.DB.prepare("SELECT * FROM sign_in_codes").all();
    expect(results.length).toBeGreaterThan(0);
    expect(JSON.stringify(results)).not.toContain(token);
  });

  it("gives each sign-in a session of its own, whatever cookie the browser had", async () => {
    browser.cookies.set("rescdn.session_token", "planted.by-somebody");
    await browser.signInTo(account);
    const first = browser.cookies.get("rescdn.session_token");
    expect(first).not.toContain("planted");
    await browser.signInTo(account);
    expect(browser.cookies.get("rescdn.session_token")).not.toBe(first);
  });
});

describe("the cookie of a session", () => {
  it("is for this host alone, unseen by scripts and by other sites", async () => {
    const { exports } = await import("cloudflare:workers");
    const answer = await exports.default.fetch("https://localhost/auth/links/use", {
      method: "POST",
      headers: { origin: "https://localhost", "sec-fetch-site": "same-origin", "content-type": "application/json" },
      body: JSON.stringify({ token: await link(account) }),
    });
    const [cookie, ...others] = answer.headers.getSetCookie();
    expect(others).toEqual([]);
    expect(cookie).toMatch(/^__Host-rescdn\.session_token=/);
    expect(cookie?.split("; ").slice(1).sort()).toEqual([
      "HttpOnly",
      "Max-Age=1209600",
      "Path=/",
      "SameSite=Lax",
      "Secure",
    ]);
  });

  it("cannot be made up, not even by who has read the table of sessions", async () => {
    await browser.signInTo(account);
    const { token } = (await env.DB.prepare("SELECT token FROM people_sessions ORDER BY created_at DESC").first<{
      token: string;
    }>())!;
    for (const value of [token, `${token}.${btoa("x".repeat(32))}`, `${token}.`]) {
      const thief = new Browser();
      thief.cookies.set("rescdn.session_token", encodeURIComponent(value));
      expect((await thief.send("/v1/me")).status).toBe(401);
    }
  });

  it("is believed on the dashboard's host alone", async () => {
    await browser.signInTo(account);
    const cookie = `rescdn.session_token=${browser.cookies.get("rescdn.session_token")}`;
    expect((await call("/v1/me", { headers: { cookie } })).status).toBe(401);
    expect((await call("/api/v1/me", { headers: { cookie } })).status).toBe(401);
  });

  it.each([
    ["POST", "/v1/zones", { "sec-fetch-site": "cross-site", origin: "https://evil.example" }],
    ["POST", "/v1/zones", { "sec-fetch-site": "same-site", origin: "http://a.localhost" }],
    ["POST", "/v1/zones", { "sec-fetch-site": null, origin: null }],
    ["DELETE", "/v1/zones/x", { "sec-fetch-site": "cross-site", origin: "https://evil.example" }],
    ["GET", "/v1/me", { "sec-fetch-site": "cross-site" }],
    ["GET", "/api/v1/me", { "sec-fetch-site": "same-site" }],
  ])("does nothing for %s %s that %o sends", async (method, path, headers) => {
    await browser.signInTo(account);
    const body = method === "POST" ? { name: "forged", origin: "https://origin.example" } : undefined;
    expect((await browser.send(path, { method, headers, body })).status).toBe(401);
  });
});

describe("who asks for a link", () => {
  const ask = (email: string, headers = {}) =>
    new Browser().send("/auth/links", { method: "POST", body: { email }, headers });

  it("learns nothing of who is a person here", async () => {
    await browser.signInTo(account);
    const known = await env.DB.prepare("SELECT email FROM people").first<string>("email");
    const answers = await Promise.all([ask(known!), ask(newEmail())]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await answers[0]!.text()).toBe(await answers[1]!.text());
  });

  it("has ten links a day at the wish of one place, so that a patient one fills nobody's mailbox, and others get theirs", async () => {
    const email = newEmail();
    const ask = (from: string) =>
      browser.send("/auth/links", { method: "POST", body: { email }, headers: { "cf-connecting-ip": from } });
    const statuses: number[] = [];
    // In the middle of a day (UTC), which is what is counted by.
    vi.setSystemTime(Math.ceil(Date.now() / 86_400_000) * 86_400_000 + 43_200_000);
    for (let times = 0; times < 12; times++) {
      vi.setSystemTime(Date.now() + 61_000);
      statuses.push((await ask("192.0.2.7")).status);
    }
    expect(statuses).toEqual([...Array(10).fill(200), 429, 429]);
    const other = await ask("192.0.2.8");
    expect(other.status).toBe(200);
    vi.setSystemTime(Date.now() + 86_400_000);
    expect((await ask("192.0.2.7")).status).toBe(200);
  });

  it("has three links a minute for an address, and ten from one place", async () => {
    const email = newEmail();
    const statuses = [];
    for (let tries = 0; tries < 4; tries++)
      statuses.push((await ask(email, { "cf-connecting-ip": `192.0.2.${tries}` })).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    const from = { "cf-connecting-ip": "192.0.2.77" };
    const others = [];
    for (let tries = 0; tries < 11; tries++) others.push((await ask(newEmail(), from)).status);
    expect(others.at(-1)).toBe(429);
    expect(others.filter((status) => status === 200)).toHaveLength(10);
  });

  it.each([
    "",
    "no-address",
    "a@b@c",
    "a b@c.example",
    "<a@c.example>",
    `${"a".repeat(65)}@c.example`,
    "a@c.example\r\nBcc: x@y.example",
  ])("is told that %j is no address", async (email) => {
    expect((await ask(email, { "cf-connecting-ip": "192.0.2.99" })).status).toBe(422);
  });
});

describe("what a person may do", () => {
  it("is what their role allows, in both products", async () => {
    await browser.signInTo(account);
    const zone = { name: `z-${crypto.randomUUID().slice(0, 8)}`, origin: "https://origin.example" };
    expect((await browser.send("/v1/zones", { method: "POST", body: zone })).status).toBe(201);
    expect((await browser.send("/api/v1/me")).status).toBe(200);
    await env.DB.prepare("UPDATE members SET role = 'viewer' WHERE account_id = ?1").bind(account).run();
    const refused = await browser.send("/v1/zones", { method: "POST", body: { ...zone, name: `${zone.name}-2` } });
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({
      error: "your role in this account is viewer, which lacks the scope zones:write: an owner can change that",
    });
    expect((await browser.send(`/v1/zones/${zone.name}`)).status).toBe(200);
    expect((await browser.send(`/v1/zones/${zone.name}/origins/health`)).status).toBe(200);
  });

  it("excludes a GET that changes something: another page could make a browser send it", async () => {
    await browser.signInTo(account);
    const zone = { name: `z-${crypto.randomUUID().slice(0, 8)}`, origin: "https://origin.example" };
    await browser.send("/v1/zones", { method: "POST", body: zone });
    expect((await browser.send(`/v1/purge?zone=${zone.name}&path=/a.css`)).status).toBe(403);
    const purged = await browser.send("/v1/purge", { method: "POST", body: { zone: zone.name, paths: ["/a.css"] } });
    expect(purged.status).toBe(200);
  });

  it("is told from others' in the audit log and the history of purges", async () => {
    await browser.signInTo(account);
    const zone = { name: `z-${crypto.randomUUID().slice(0, 8)}`, origin: "https://origin.example" };
    await browser.send("/v1/zones", { method: "POST", body: zone });
    const { person } = await (await browser.send("/v1/person")).json<{ person: { id: string; email: string } }>();
    const audit = await (await browser.send("/v1/audit?action=zone.create")).json();
    expect(audit).toMatchObject({ changes: [{ actor: person.id, actor_name: person.email }] });
  });

  it("ends with the membership, at once", async () => {
    await browser.signInTo(account);
    await env.DB.prepare("DELETE FROM members WHERE account_id = ?1").bind(account).run();
    const answer = await browser.send("/v1/zones");
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({
      error: expect.stringContaining("you are not a member of such an account"),
    });
  });

  it("does not reach the account of another, by whatever id", async () => {
    await browser.signInTo(account);
    const other = await newCustomer();
    const texts = [other.account, "acct_there_is_none"].map(async (id) => {
      const answer = await browser.send("/v1/zones", { headers: { "x-rescdn-account": id } });
      expect(answer.status).toBe(403);
      return textWithoutId(answer);
    });
    expect(await texts[0]).toBe(await texts[1]);
  });

  it("changes nothing while the account is suspended", async () => {
    await browser.signInTo(account);
    await suspend(account);
    const zone = { name: "suspended-zone", origin: "https://origin.example" };
    expect((await browser.send("/v1/zones", { method: "POST", body: zone })).status).toBe(403);
    expect((await browser.send("/v1/zones")).status).toBe(200);
  });
});

describe("signing out", () => {
  it("ends the session, also for who has copied the cookie", async () => {
    await browser.signInTo(account);
    const thief = new Browser();
    for (const [name, value] of browser.cookies) thief.cookies.set(name, value);
    expect((await browser.send("/auth/sign-out", { method: "POST" })).status).toBe(200);
    expect((await thief.send("/v1/me")).status).toBe(401);
  });

  it("can be done everywhere", async () => {
    await browser.signInTo(account);
    const phone = new Browser();
    await phone.signInTo(account);
    const sessions = await (await browser.send("/auth/list-sessions")).json<unknown[]>();
    expect(sessions).toHaveLength(2);
    expect((await browser.send("/auth/revoke-other-sessions", { method: "POST", body: {} })).status).toBe(200);
    expect((await phone.send("/v1/me")).status).toBe(401);
    expect((await browser.send("/v1/me")).status).toBe(200);
  });
});

describe("the library's other routes", () => {
  it.each([
    ["POST", "/auth/sign-up/email"],
    ["POST", "/auth/sign-in/email"],
    ["POST", "/auth/sign-in/magic-link"],
    ["GET", "/auth/magic-link/verify?token=x"],
    ["POST", "/auth/change-email"],
    ["POST", "/auth/delete-user"],
    ["POST", "/auth/update-user"],
    ["POST", "/auth/link-social"],
    ["POST", "/auth/passkey/update-passkey"],
    ["GET", "/auth/ok"],
    ["GET", "/auth/error"],
    ["POST", "/auth/../auth/sign-up/email"],
    ["POST", "/auth//sign-up/email"],
  ])("%s %s is not there", async (method, path) => {
    await browser.signInTo(account);
    expect((await browser.send(path, { method, ...(method === "POST" && { body: {} }) })).status).toBe(404);
  });
});

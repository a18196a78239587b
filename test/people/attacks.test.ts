import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { controlPlane } from "../../src/control-plane.ts";
import { createEntry } from "../../src/entry.ts";
import type { Env } from "../../src/env.ts";
import { createSignIn } from "../../src/people/sign-in.ts";
import worker from "../../src/worker.ts";
import { Browser, DASHBOARD, loadSignIn } from "../support/browser.ts";
import { moveClockWithCalls, newCustomer, newEmail } from "../support/control-plane.ts";
import { operated } from "../support/operator.ts";

loadSignIn();
moveClockWithCalls();

let browser: Browser;
let account: string;
beforeEach(async () => {
  ({ account } = await newCustomer());
  browser = new Browser();
  await browser.signInTo(account);
});

describe("an address that nobody has proven to have", () => {
  it("makes nobody a person, whatever service says that it is somebody's", async () => {
    const settings = {
      origin: DASHBOARD,
      secret: env.SIGN_IN_SECRET!,
      signUp: "open",
      operators: new Set<string>(),
      github: null,
    } as const;
    const { internalAdapter } = await createSignIn(env.DB, settings, () => undefined).$context;
    const email = newEmail();
    await internalAdapter
      .createUser({ email, emailVerified: false, name: "Mallory" }, { method: "magic-link" })
      .catch(() => undefined);
    expect(await env.DB.prepare("SELECT 1 FROM people WHERE email = ?1").bind(email).first()).toBeNull();
    await internalAdapter.createUser({ email, emailVerified: true, name: "Ada" }, { method: "magic-link" });
    expect(await env.DB.prepare("SELECT 1 FROM people WHERE email = ?1").bind(email).first()).not.toBeNull();
  });
});

describe("what GitHub sends back", () => {
  it("signs in nobody who has not been sent there by this browser", async () => {
    const bindings = { ...env, GITHUB_CLIENT_ID: "id", GITHUB_CLIENT_SECRET: "secret" } as unknown as Env;
    const url = `${DASHBOARD}/auth/callback/github?code=of-mallory&state=of-mallory`;
    const request = new Request(url, { headers: { "sec-fetch-site": "cross-site", "cf-connecting-ip": "192.0.2.50" } });
    const answer = await worker.fetch(request as Request<unknown, never>, bindings, createExecutionContext());
    expect(answer.status).toBe(302);
    expect(new URL(answer.headers.get("location")!, DASHBOARD).href).toMatch(new RegExp(`^${DASHBOARD}/sign-in\\?`));
    expect(answer.headers.getSetCookie().filter((cookie) => /session_token=[^;]/.test(cookie))).toEqual([]);
  });
});

describe("the way through GitHub", () => {
  it.each(["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])(
    "leads to no other site afterwards: %j",
    async (callbackURL) => {
      const bindings = { ...env, GITHUB_CLIENT_ID: "id", GITHUB_CLIENT_SECRET: "secret" } as unknown as Env;
      const ask = (to: string, field: string) =>
        worker.fetch(
          new Request(`${DASHBOARD}/auth/sign-in/social`, {
            method: "POST",
            headers: { origin: DASHBOARD, "content-type": "application/json", "cf-connecting-ip": "192.0.2.53" },
            body: JSON.stringify({ provider: "github", [field]: to }),
          }) as Request<unknown, never>,
          bindings,
          createExecutionContext(),
        );
      expect((await ask("/zones", "callbackURL")).status).toBe(200);
      for (const field of ["callbackURL", "errorCallbackURL", "newUserCallbackURL"])
        expect((await ask(callbackURL, field)).status, field).toBe(403);
    },
  );
});

describe("an address at GitHub that becomes another's in lower case", () => {
  it("is not taken for the other's: K may be the sign for Kelvin", async () => {
    const settings = {
      origin: DASHBOARD,
      secret: env.SIGN_IN_SECRET!,
      signUp: "open",
      operators: new Set<string>(),
    } as const;
    const github = { clientId: "id", clientSecret: "secret" };
    const { socialProviders } = await createSignIn(env.DB, { ...settings, github }, () => undefined).$context;
    const [provider] = socialProviders;
    const userOf = async (email: string) => {
      vi.spyOn(globalThis, "fetch").mockImplementation(async (url) =>
        Response.json(String(url).endsWith("/emails") ? [{ email, primary: true, verified: true }] : { id: 1, email }),
      );
      return (await provider!.getUserInfo({ accessToken: "token" }))?.user;
    };
    expect(await userOf("kate@example.com")).toMatchObject({ email: "kate@example.com", emailVerified: true });
    expect(await userOf("\u212Aate@example.com")).toMatchObject({ emailVerified: false });
    vi.restoreAllMocks();
  });
});

describe("the dashboard's host without TLS", () => {
  it.each(["/", "/v1/person", "/auth/links/use", "/api/v1/records"])(
    "answers nothing at %s but where TLS is: somebody on the way could plant a session, or take one",
    async (path) => {
      const bindings = { ...env, DASHBOARD_HOST: "dash.example" } as unknown as Env;
      const planted = `rescdn.session_token=${browser.cookies.get("rescdn.session_token")}`;
      const request = new Request(`http://dash.example${path}?a=1`, { headers: { cookie: planted } });
      const answer = await createEntry<Env>(controlPlane).fetch(request, bindings, createExecutionContext());
      expect(answer.status).toBe(308);
      expect(answer.headers.get("location")).toBe(`https://dash.example${path}?a=1`);
      expect(answer.headers.getSetCookie()).toEqual([]);
    },
  );
});

describe("a link to sign in", () => {
  it.each(["https://dash.example:8443", "https://dash.example."])(
    "is not mailed for %s: whoever asks for one for somebody else cannot have it lead elsewhere",
    async (origin) => {
      const bindings = { ...env, DASHBOARD_HOST: "dash.example" } as unknown as Env;
      const ask = (at: string) =>
        createEntry<Env>(controlPlane).fetch(
          new Request(`${at}/auth/links`, {
            method: "POST",
            headers: { origin: at, "content-type": "application/json", "cf-connecting-ip": "192.0.2.52" },
            body: JSON.stringify({ email: newEmail() }),
          }),
          bindings,
          createExecutionContext(),
        );
      expect((await ask("https://dash.example")).status).toBe(200);
      expect((await ask(origin)).status).toBe(404);
    },
  );
});

describe("a cookie that a sibling host has planted", () => {
  it("under the name without the prefix is not read over TLS", async () => {
    const planted = browser.cookies.get("rescdn.session_token")!;
    const request = new Request("https://localhost/v1/me", {
      headers: { cookie: `rescdn.session_token=${planted}`, "sec-fetch-site": "same-origin" },
    });
    const answer = await worker.fetch(
      request as Request<unknown, never>,
      env as unknown as Env,
      createExecutionContext(),
    );
    expect(answer.status).toBe(401);
  });
});

describe("an Idempotency-Key of somebody who acts for two accounts", () => {
  it("repeats an answer to the account alone that it was given to", async () => {
    const other = await newCustomer();
    const { person } = await (await browser.send("/v1/person")).json<{ person: { id: string } }>();
    await env.DB.prepare("INSERT INTO members VALUES (?1, ?2, 'owner', 0)").bind(other.account, person.id).run();
    const make = (whose: string) =>
      browser.send("/v1/keys", {
        method: "POST",
        body: { name: "CI", scopes: ["purge"] },
        headers: { "x-rescdn-account": whose, "idempotency-key": "once" },
      });
    const [first, again, elsewhere] = [await make(account), await make(account), await make(other.account)];
    const tokens = await Promise.all([first, again, elsewhere].map((answer) => answer.json<{ token: string }>()));
    expect(tokens[1]!.token).toBe(tokens[0]!.token);
    expect(tokens[2]!.token).not.toBe(tokens[0]!.token);
  });

  it("repeats none to another browser of the same person", async () => {
    const phone = new Browser();
    await phone.signInTo(account);
    const make = (by: Browser) =>
      by.send("/v1/keys", {
        method: "POST",
        body: { name: "CI", scopes: ["purge"] },
        headers: { "idempotency-key": "once" },
      });
    const [own, others] = [await make(browser), await make(phone)];
    const [token, another] = [await own.json<{ token: string }>(), await others.json<{ token: string }>()];
    expect(another.token).not.toBe(token.token);
  });
});

describe("mail", () => {
  it("goes to an address three times a minute at most, whoever invites it", async () => {
    const email = newEmail();
    const statuses = [];
    for (let times = 0; times < 4; times++)
      statuses.push((await browser.send("/v1/members", { method: "POST", body: { email, role: "viewer" } })).status);
    expect(statuses).toEqual([201, 201, 201, 429]);
  });
});

describe("a body that does not end", () => {
  it("is not read on: signing in takes 16 KB", async () => {
    let pieces = 0;
    const body = new ReadableStream({
      pull(controller) {
        pieces++;
        controller.enqueue(new Uint8Array(4_096));
        if (pieces === 1_000) controller.close();
      },
    });
    const request = new Request(`${DASHBOARD}/auth/links`, {
      method: "POST",
      headers: { origin: DASHBOARD, "sec-fetch-site": "same-origin", "cf-connecting-ip": "192.0.2.51" },
      body,
    });
    const answer = await worker.fetch(
      request as Request<unknown, never>,
      env as unknown as Env,
      createExecutionContext(),
    );
    expect(answer.status).toBe(413);
    expect(pieces).toBeLessThan(20);
  });
});

describe("a link that is opened many times at once", () => {
  it("signs in one of them", async () => {
    const { url } = await operated<{ url: string }>(`/accounts/${account}/sign-in-link`, undefined, "POST");
    const body = { token: new URL(url).hash.slice(1) };
    const used = Array.from({ length: 8 }, () => new Browser().send("/auth/links/use", { method: "POST", body }));
    const statuses = (await Promise.all(used)).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, ...Array.from({ length: 7 }, () => 400)]);
  });
});

describe("a session that is used every day", () => {
  it("ends after 90 days all the same: a cookie that somebody has copied is not theirs for good", async () => {
    const day = 86_400_000;
    const begun = Date.now();
    const isSignedIn = async () => (await (await browser.send("/auth/get-session")).json()) !== null;
    for (let days = 2; days < 90; days += 2) {
      vi.setSystemTime(begun + days * day);
      expect(await isSignedIn(), `after ${days} days`).toBe(true);
    }
    vi.setSystemTime(begun + 90 * day + 1_000);
    expect(await isSignedIn()).toBe(false);
    expect((await browser.send("/v1/person")).status).toBe(401);
  });
});

describe("an operator's link for an owner", () => {
  it("stands in the account's audit log", async () => {
    await operated(`/accounts/${account}/sign-in-link`, undefined, "POST");
    const { changes } = await (await browser.send("/v1/audit?action=account.sign_in_link")).json<{
      changes: { actor: string }[];
    }>();
    expect(changes.map(({ actor }) => actor)).toContain("operator");
  });
});

describe("an invitation that is withdrawn while it is accepted", () => {
  it("makes nobody a member, and says so", async () => {
    const guest = new Browser();
    await guest.signInTo((await newCustomer()).account);
    const { person } = await (await guest.send("/v1/person")).json<{ person: { id: string; email: string } }>();
    const invited = await browser.send("/v1/members", { method: "POST", body: { email: person.email, role: "owner" } });
    const { invitation } = await invited.json<{ invitation: string }>();
    const [accepted, ended] = await Promise.all([
      guest.send(`/v1/invitations/${invitation}/accept`, { method: "POST" }),
      browser.send(`/v1/invitations/${invitation}`, { method: "DELETE" }),
    ]);
    const { members } = await (await browser.send("/v1/members")).json<{ members: { id: string }[] }>();
    expect(members.some(({ id }) => id === person.id)).toBe(accepted.status === 200);
    expect([accepted.status, ended.status].filter((status) => status === 404).length).toBe(1);
  });
});

describe("a call of somebody about themselves", () => {
  it("is limited as calls with a key are", async () => {
    const statuses: number[] = [];
    while (statuses.length < 130) statuses.push((await browser.send("/v1/person")).status);
    expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(120);
    expect(statuses.at(-1)).toBe(429);
  });
});

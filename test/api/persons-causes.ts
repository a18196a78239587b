import { env } from "cloudflare:workers";
import { BOUNDS } from "../../src/db/bounds.ts";
import type { Env } from "../../src/env.ts";
import { Browser, DASHBOARD } from "../support/browser.ts";
import { newCustomer, newEmail } from "../support/control-plane.ts";
import { type Accounts, type Sent, send, wherever } from "./causes.ts";

/** Somebody who is signed in, the owner of an account. */
interface Signed {
  account: string;
  id: string;
  email: string;
  headers: Record<string, string>;
}

/** A call that somebody makes who is signed in. */
interface Recipe {
  own: number;
  /** Makes what the call is about; its path. */
  path(person: Signed): Promise<string>;
  body?(person: Signed): object;
  missing?: string;
  vars?: Partial<Env>;
  /** How the call is refused for what it is about. */
  refused?: Record<number, (person: Signed) => Promise<Response>>;
}

type Cause = (accounts: Accounts) => Promise<Response>;

const open = { SIGN_UP: "open" };

const RECIPES: Record<string, Recipe> = {
  "GET /v1/person": { own: 200, path: async () => "/v1/person" },
  "POST /v1/accounts": {
    own: 201,
    async path({ account }) {
      await run("UPDATE accounts SET email = 'former-' || email WHERE id = ?1", account);
      return "/v1/accounts";
    },
    body: () => ({ name: "Acme" }),
    vars: open,
    refused: {
      403: (person) => asPerson(person, "POST", "/v1/accounts", { body: { name: "Acme" } }),
      409: (person) =>
        asPerson(person, "POST", "/v1/accounts", { body: { name: "Acme" }, bindings: { ...env, ...open } }),
    },
  },
  "POST /v1/invitations/{id}/accept": {
    own: 200,
    path: async ({ email }) => `/v1/invitations/${await invitationOf(email)}/accept`,
    missing: "/v1/invitations/invite_missing/accept",
    refused: {
      async 409(person) {
        const id = await invitationOf(person.email);
        await run(
          `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${BOUNDS.members.rows})
           INSERT INTO people SELECT ?1 || n, '', ?1 || n, 1, NULL, '', '' FROM numbers`,
          id,
        );
        await run(
          `INSERT INTO members SELECT account_id, people.id, 'viewer', 0 FROM invitations, people
           WHERE invitations.id = ?1 AND people.id LIKE ?1 || '%'`,
          id,
        );
        return asPerson(person, "POST", `/v1/invitations/${id}/accept`);
      },
    },
  },
  "DELETE /v1/invitations/{id}": {
    own: 204,
    path: async ({ email }) => `/v1/invitations/${await invitationOf(email)}`,
    missing: "/v1/invitations/invite_missing",
  },
  "GET /v1/members": { own: 200, path: async () => "/v1/members" },
  "POST /v1/members": {
    own: 201,
    path: async () => "/v1/members",
    // An address is not written to again and again.
    body: () => ({ email: newEmail(), role: "viewer" }),
    refused: {
      403: (person) => asViewer(person, "POST", "/v1/members", { email: "grace@example.com", role: "viewer" }),
      409: (person) => asPerson(person, "POST", "/v1/members", { body: { email: person.email, role: "viewer" } }),
    },
  },
  "PATCH /v1/members/{id}": {
    own: 200,
    path: async (person) => `/v1/members/${await colleagueOf(person)}`,
    body: () => ({ role: "editor" }),
    missing: "/v1/members/person_missing",
    refused: {
      403: (person) => asViewer(person, "PATCH", `/v1/members/${person.id}`, { role: "owner" }),
      409: (person) => asPerson(person, "PATCH", `/v1/members/${person.id}`, { body: { role: "viewer" } }),
    },
  },
  "DELETE /v1/members/{id}": {
    own: 204,
    path: async (person) => `/v1/members/${await colleagueOf(person)}`,
    missing: "/v1/members/person_missing",
    refused: {
      403: async (person) => asViewer(person, "DELETE", `/v1/members/${await colleagueOf(person)}`),
      409: (person) => asPerson(person, "DELETE", `/v1/members/${person.id}`),
    },
  },
};

/** How calls of people come to their statuses, by title and status. */
export const PERSONS_CAUSES: Record<string, Cause> = Object.fromEntries(
  Object.entries(RECIPES).flatMap(([title, recipe]) =>
    Object.entries(causesOf(title, recipe)).map(([status, cause]) => [`${title} ${status}`, cause]),
  ),
);

function causesOf(title: string, { own, path, body, missing, vars = {}, refused = {} }: Recipe): Record<number, Cause> {
  const [method = ""] = title.split(" ");
  const sentBy = async (person: Signed, { bindings = env, ...wrong }: Sent = {}) =>
    asPerson(person, method, await path(person), {
      ...(body && { body: body(person) }),
      ...wrong,
      bindings: { ...bindings, ...vars },
    });
  const sent = async (wrong?: Sent) => sentBy(await signedIn(), wrong);
  const about = async (at: string, wrong: Sent) =>
    send(method, `${DASHBOARD}${at}`, { ...(body && { body: body(await signedIn()) }), ...wrong });
  return {
    [own]: () => sent(),
    401: () => about(missing ?? `/v1/${title.split("/")[2]}`, {}),
    422: async () => {
      if (body !== undefined) return sent({ body: { unknown: 1 } });
      const person = await signedIn();
      return asPerson(person, method, `${await path(person)}?unknown=1`);
    },
    429: () => sent({ bindings: { ...env, RATE_LIMITER: usedUp } }),
    500: async (accounts) => {
      const person = await signedIn();
      return wherever((_, wrong) => sentBy(person, wrong), accounts, own);
    },
    ...(body !== undefined && {
      400: () => sent({ body: "{" }),
      413: () => sent({ body: `"${"x".repeat(65_536)}"` }),
      415: () => sent({ headers: { "content-type": "text/plain" } }),
    }),
    ...(missing !== undefined && {
      404: async () => {
        const person = await signedIn();
        return asPerson(person, method, missing, body && { body: body(person) });
      },
    }),
    ...Object.fromEntries(
      Object.entries(refused).map(([status, refuse]) => [status, async () => refuse(await signedIn())]),
    ),
  };
}

/** A limiter that lets nobody through. */
const usedUp = {
  getByName() {
    const verdict = async () => ({ allowed: false, limit: 1, remaining: 0, resetAt: Date.now() + 60_000 });
    return { take: verdict, takeFailure: verdict };
  },
} as unknown as Env["RATE_LIMITER"];

async function signedIn(): Promise<Signed> {
  const { account } = await newCustomer();
  const browser = new Browser();
  await browser.signInTo(account);
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const headers = { cookie, origin: DASHBOARD, "sec-fetch-site": "same-origin" };
  const { person } = await (await browser.send("/v1/person")).json<{ person: { id: string; email: string } }>();
  return { account, headers, ...person };
}

function asPerson({ headers }: Signed, method: string, path: string, sent: Sent = {}): Promise<Response> {
  return send(method, `${DASHBOARD}${path}`, { ...sent, headers: { ...headers, ...sent.headers } });
}

async function asViewer(person: Signed, method: string, path: string, body?: object): Promise<Response> {
  await run("UPDATE members SET role = 'viewer' WHERE person_id = ?1", person.id);
  return asPerson(person, method, path, { body });
}

/** An invitation of an address to the account of somebody else. */
async function invitationOf(email: string): Promise<string> {
  const { account } = await newCustomer();
  const id = `invite_${crypto.randomUUID()}`;
  await run(`INSERT INTO invitations VALUES (?1, ?2, ?3, 'viewer', 'operator', ${Date.now()})`, id, account, email);
  return id;
}

/** Another member of somebody's account. */
async function colleagueOf({ account }: Signed): Promise<string> {
  const id = `person_${crypto.randomUUID()}`;
  await run("INSERT INTO people VALUES (?1, 'Grace', ?1 || '@example.com', 1, NULL, '', '')", id);
  await run("INSERT INTO members VALUES (?1, ?2, 'viewer', 0)", account, id);
  return id;
}

async function run(sql: string, ...values: string[]): Promise<void> {
  await env.DB.prepare(sql)
    .bind(...values)
    .run();
}

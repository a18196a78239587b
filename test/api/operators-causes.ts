import { env } from "cloudflare:workers";
import { expect, vi } from "vitest";
import { BOUNDS } from "../../src/db/bounds.ts";
import { newCustomer, newZone } from "../support/control-plane.ts";
import { countedEnv } from "../support/counted-env.ts";
import { OPERATOR } from "../support/operator.ts";
import { type Accounts, type Sent, send, wherever } from "./causes.ts";

/** A call of the operator's that succeeds. */
interface Recipe {
  own: number;
  /** Path of a call about a new thing. */
  path(): Promise<string>;
  body?(): Promise<object>;
  /** Path about a thing that there is not. */
  missing?: string;
}

const account = async (then = "") => `/admin/accounts/${(await newCustomer()).account}${then}`;
const newTakedown = async () => {
  const { name } = await newZone((await newCustomer()).live);
  return { url: `https://${name}.rescdn.io/a.css`, reference: "DSA-1" };
};

/** Every call of the operator's but the one that makes accounts. */
const RECIPES: Record<string, Recipe> = {
  "GET /admin/accounts": { own: 200, path: async () => "/admin/accounts" },
  "GET /admin/accounts/{id}": { own: 200, path: account, missing: "/admin/accounts/acct_missing" },
  "PATCH /admin/accounts/{id}": {
    own: 200,
    path: account,
    body: async () => ({ plan: "pro" }),
    missing: "/admin/accounts/acct_missing",
  },
  "POST /admin/accounts/{id}/suspend": {
    own: 200,
    path: () => account("/suspend"),
    body: async () => ({ reason: "abuse" }),
    missing: "/admin/accounts/acct_missing/suspend",
  },
  "POST /admin/accounts/{id}/resume": {
    own: 200,
    path: () => account("/resume"),
    missing: "/admin/accounts/acct_missing/resume",
  },
  "POST /admin/accounts/{id}/recover": {
    own: 201,
    path: () => account("/recover"),
    body: async () => ({ revoke_keys: true }),
    missing: "/admin/accounts/acct_missing/recover",
  },
  "POST /admin/restore": { own: 200, path: async () => "/admin/restore", body: endOfARestore },
  "POST /admin/accounts/{id}/sign-in-link": {
    own: 201,
    path: () => account("/sign-in-link"),
    missing: "/admin/accounts/acct_missing/sign-in-link",
  },
  "GET /metrics": { own: 200, path: async () => "/metrics" },
  "GET /admin/takedowns": { own: 200, path: async () => "/admin/takedowns" },
  "POST /admin/takedowns": { own: 201, path: async () => "/admin/takedowns", body: newTakedown },
  "DELETE /admin/takedowns/{id}": {
    own: 204,
    async path() {
      const body = await newTakedown();
      afterKvsSecond();
      const answer = await send("POST", "/admin/takedowns", { headers: OPERATOR, body });
      afterKvsSecond();
      const { takedown } = await answer.json<{ takedown: { id: string } }>();
      return `/admin/takedowns/${takedown.id}`;
    },
    missing: "/admin/takedowns/take_missing",
  },
};

/** So that the next publication waits for nothing. */
function afterKvsSecond(): void {
  vi.setSystemTime(Date.now() + 2_000);
}

type Cause = (accounts: Accounts) => Promise<Response>;

/** How the operator's calls come to the statuses that they share, by title and status. */
export const OPERATORS_CAUSES: Record<string, Cause> = Object.fromEntries(
  Object.entries(RECIPES).flatMap(([title, recipe]) =>
    Object.entries(causesOf(title, recipe)).map(([status, cause]) => [`${title} ${status}`, cause]),
  ),
);

function causesOf(title: string, { own, path, body, missing }: Recipe): Record<number, Cause> {
  const [method = ""] = title.split(" ");
  const sent = async (wrong: Sent = {}) => {
    const at = await path();
    return send(method, at, { body: await body?.(), ...wrong, headers: { ...OPERATOR, ...wrong.headers } });
  };
  const publishes = /suspend|resume|restore|(POST|DELETE) \/admin\/takedowns/.test(title);
  return {
    [own]: () => sent(),
    401: () => sent({ headers: { authorization: "Bearer wrong" } }),
    404: () =>
      missing === undefined
        ? sent({ bindings: { ...env, ADMIN_TOKEN: "" } })
        : body === undefined
          ? send(method, missing, { headers: OPERATOR })
          : body().then((about) => send(method, missing, { headers: OPERATOR, body: about })),
    429: async () => {
      const headers = { authorization: "Bearer guessed", "cf-connecting-ip": "192.0.2.10" };
      for (let guess = 0; guess < 30; guess++) await send(method, "/admin/accounts", { headers });
      return sent({ headers });
    },
    500: (accounts) => wherever((_, wrong) => sent(wrong), accounts, own),
    ...(body !== undefined && {
      400: () => sent({ body: "{" }),
      413: () => sent({ body: `"${"x".repeat(65_536)}"` }),
      415: () => sent({ headers: { "content-type": "text/plain" } }),
      422: () => sent({ body: { unknown: 1 } }),
    }),
    ...(body === undefined && {
      422: async () => send(method, `${await path()}?unknown=1`, { headers: OPERATOR }),
      ...(method === "POST" && { 413: () => sent({ body: `"${"x".repeat(65_536)}"` }) }),
    }),
    ...(publishes && { 503: () => unpublished(path, method, body) }),
    ...(title === "PATCH /admin/accounts/{id}" && { 409: () => sent({ bindings: countedEnv(env, renamed).env }) }),
    ...(title === "POST /admin/restore" && {
      409: () => sent({ bindings: countedEnv(env, neverRestored).env }),
      503: () => unpublished(path, method, async () => ({ cursor: null })),
    }),
    ...(/sign-in-link/.test(title) && { 409: () => sent({ bindings: { ...env, SIGN_IN_SECRET: "" } }) }),
    ...(title === "POST /admin/takedowns" && { 403: () => ofAFullZone() }),
  };
}

/** The other accounts of the test are no affair of it. */
async function endOfARestore() {
  await env.DB.prepare("INSERT INTO version_floor (id, floor) VALUES (1, 1) ON CONFLICT DO NOTHING").run();
  return { cursor: '{"kind":3,"pass":"database","after":"~"}' };
}

async function neverRestored(): Promise<void> {
  await env.DB.prepare("DELETE FROM version_floor").run();
}

async function renamed(): Promise<void> {
  await env.DB.prepare("UPDATE accounts SET name = name || '.'").run();
}

/** KV takes no writes, so that no publisher gets its document into the zone table. */
async function unpublished(path: Recipe["path"], method: string, body: Recipe["body"]): Promise<Response> {
  const [at, about] = [await path(), await body?.()];
  afterKvsSecond();
  const put = vi.spyOn(Object.getPrototypeOf(env.ZONES) as KVNamespace, "put");
  put.mockRejectedValue(new Error("KV is away: secret"));
  const answer = await send(method, at, { headers: OPERATOR, body: about });
  put.mockRestore();
  return answer;
}

async function ofAFullZone(): Promise<Response> {
  const { account, live } = await newCustomer();
  const { name } = await newZone(live);
  await env.DB.prepare(
    `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${BOUNDS.takedowns.rows})
     INSERT INTO takedowns (id, account_id, zone, kind, value, reference, created_at)
     SELECT 'take_' || ?1 || n, ?1, ?2, 'path', '/' || n, 'x', 0 FROM numbers`,
  )
    .bind(account, name)
    .run();
  const body = { url: `https://${name}.rescdn.io/another`, reference: "x" };
  const answer = await send("POST", "/admin/takedowns", { headers: OPERATOR, body });
  expect(await answer.clone().json()).toMatchObject({ code: "limit_reached" });
  return answer;
}

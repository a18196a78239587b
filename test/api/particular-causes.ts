import { env } from "cloudflare:workers";
import type { Env } from "../../src/env.ts";
import { newEmail, newZone } from "../support/control-plane.ts";
import { queryOf } from "../support/dns.ts";
import { RESCDN, RESCDN_RECIPES } from "../support/recipes/rescdn.ts";
import { RESOLVEDB, RESOLVEDB_RECIPES } from "../support/recipes/resolvedb.ts";
import { type Accounts, send, wherever } from "./causes.ts";
import { OPERATORS_CAUSES } from "./operators-causes.ts";
import { PERSONS_CAUSES } from "./persons-causes.ts";

/** How a call that takes no customer's key, or that is refused for what it is about, comes to a status. */
export const PARTICULAR: Record<string, (accounts: Accounts) => Promise<Response>> = {
  "GET /health 200": () => send("GET", "/health", {}),
  "GET /health 503": () => send("GET", "/health", { bindings: { ...env, DB: unmigrated() } }),
  "GET /health 422": () => send("GET", "/health?unknown=1", {}),
  "GET /health/live 200": () => send("GET", "/health/live", { bindings: { ...env, DB: unmigrated() } }),
  "GET /health/live 422": () => send("GET", "/health/live?unknown=1", {}),
  ...operatorsCauses(),
  ...OPERATORS_CAUSES,
  ...PERSONS_CAUSES,
  ...namesCauses(),
  async "POST /v1/zones/{id}/sign 503"({ customer: { live } }) {
    const { about, path, body } = RESCDN_RECIPES["POST /v1/zones/{id}/sign"]!;
    const { at } = await about!.make(live);
    const { SECRETS_KEY: _, ...withoutKeyring } = env;
    return send("POST", path(at), { headers: RESCDN.shown(live), body: body!(at), bindings: withoutKeyring as Env });
  },
  async "GET /v1/zones/{id}/tail 101"({ customer: { live } }) {
    const { id } = await newZone(live);
    const headers = { ...RESCDN.shown(live), upgrade: "websocket" };
    const answer = await send("GET", `/v1/zones/${id}/tail?seconds=1`, { headers });
    answer.webSocket!.accept();
    return answer;
  },
  async "GET /v1/zones/{id}/tail 409"({ customer: { live } }) {
    const { id } = await newZone(live);
    const ask = () => send("GET", `/v1/zones/${id}/tail?seconds=1`, { headers: RESCDN.shown(live) });
    for (let listeners = 0; listeners < 5; listeners++) await ask();
    return ask();
  },
  async "POST /v1/zones/{id}/logs/secret 503"({ customer: { live } }) {
    const { about, path, body } = RESCDN_RECIPES["POST /v1/zones/{id}/logs/secret"]!;
    const { at } = await about!.make(live);
    const { SECRETS_KEY: _, ...withoutKeyring } = env;
    return send("POST", path(at), { headers: RESCDN.shown(live), body: body!(at), bindings: withoutKeyring as Env });
  },
  ...fileCauses(),
  async "DELETE /api/v1/namespaces/{name} 422"({ customer: { resolvedb } }) {
    const key = `a.namespace-with-a-record.v1`;
    await send("POST", "/api/v1/records", {
      headers: RESOLVEDB.shown(resolvedb),
      body: { record: { key, data: "e30=" } },
    });
    return send("DELETE", "/api/v1/namespaces/namespace-with-a-record", { headers: RESOLVEDB.shown(resolvedb) });
  },
  async "POST /api/v1/webhooks/{id}/rotate_secret 422"({ customer: { resolvedb } }) {
    const { about, path } = RESOLVEDB_RECIPES["POST /api/v1/webhooks/{id}/rotate_secret"]!;
    const { at } = await about!.make(resolvedb);
    return send("POST", path(at), { headers: { ...RESOLVEDB.shown(resolvedb), "idempotency-key": "two words" } });
  },
  "POST /api/v1/webhooks/{id}/test 422": aboutDisabledWebhook("POST /api/v1/webhooks/{id}/test"),
  "POST /api/v1/webhooks/{id}/deliveries/{delivery}/retry 422": aboutDisabledWebhook(
    "POST /api/v1/webhooks/{id}/deliveries/{delivery}/retry",
  ),
};

/** What of a file's upload is refused, and one in the place of another. */
function fileCauses() {
  const { about, path } = RESCDN_RECIPES["PUT /v1/zones/{id}/files/{path}"]!;
  const title = "PUT /v1/zones/{id}/files/{path}";
  const upload = async (live: string, at: string, headers: Record<string, string> = {}) =>
    send("PUT", at, { headers: { ...RESCDN.shown(live), ...headers }, body: "a{}" });
  const wrong = (headers: Record<string, string>, end = "") => {
    return async ({ customer: { live } }: Accounts) => {
      const { at } = await about!.make(live);
      return upload(live, path(at) + end, headers);
    };
  };
  return {
    async [`${title} 200`]({ customer: { live } }: Accounts) {
      const { at } = await about!.make(live);
      await upload(live, path(at));
      return upload(live, path(at));
    },
    [`${title} 400`]: wrong({ "content-length": "9" }),
    async [`${title} 409`]({ customer: { live } }: Accounts) {
      const { at } = await RESCDN_RECIPES["GET /v1/zones/{id}"]!.about!.make(live);
      return upload(live, path(at));
    },
    [`${title} 413`]: wrong({ "content-length": String(200 * 2 ** 20) }),
    [`${title} 415`]: wrong({ "content-type": "multipart/form-data; boundary=x" }),
    [`${title} 422`]: wrong({}, "/"),
    async "DELETE /v1/zones/{id}/files/{path} 422"({ customer: { live } }: Accounts) {
      const made = await RESCDN_RECIPES["DELETE /v1/zones/{id}/files/{path}"]!.about!.make(live);
      return send("DELETE", `/v1/zones/${made.at}/`, { headers: RESCDN.shown(live) });
    },
  };
}

/** A database that has seen no migration. */
function unmigrated(): D1Database {
  const prepare = (sql: string) => env.DB.prepare(sql.replace("d1_migrations", "no_such_table"));
  return { prepare } as unknown as D1Database;
}

function aboutDisabledWebhook(title: string) {
  return async ({ customer: { resolvedb } }: Accounts): Promise<Response> => {
    const { about, path } = RESOLVEDB_RECIPES[title]!;
    const { at } = await about!.make(resolvedb);
    const [webhook] = at.split("/");
    const headers = RESOLVEDB.shown(resolvedb);
    await send("PATCH", `/api/v1/webhooks/${webhook}`, { headers, body: { webhook: { enabled: false } } });
    return send("POST", path(at), { headers });
  };
}

function operatorsCauses(): typeof PARTICULAR {
  const path = "/admin/accounts";
  const operator = { authorization: `Bearer ${env.ADMIN_TOKEN}` };
  const body = { name: "Acme", email: newEmail() };
  const other = () => ({ ...body, email: newEmail() });
  const { ADMIN_TOKEN: _, ...withoutOperator } = env;
  return {
    "POST /admin/accounts 201": () => send("POST", path, { headers: operator, body }),
    async "POST /admin/accounts 409"() {
      const twice = { headers: operator, body: other() };
      await send("POST", path, twice);
      return send("POST", path, twice);
    },
    "POST /admin/accounts 400": () => send("POST", path, { headers: operator, body: "{" }),
    "POST /admin/accounts 401": () => send("POST", path, { body }),
    "POST /admin/accounts 404": () => send("POST", path, { headers: operator, body, bindings: withoutOperator as Env }),
    "POST /admin/accounts 413": () => send("POST", path, { headers: operator, body: `"${"x".repeat(65_536)}"` }),
    "POST /admin/accounts 415": () =>
      send("POST", path, { headers: { ...operator, "content-type": "text/plain" }, body }),
    "POST /admin/accounts 422": () => send("POST", path, { headers: operator, body: {} }),
    async "POST /admin/accounts 429"() {
      const headers = { authorization: "Bearer guessed", "cf-connecting-ip": "192.0.2.9" };
      for (let guess = 0; guess < 30; guess++) await send("POST", path, { headers, body });
      return send("POST", path, { headers, body });
    },
    "POST /admin/accounts 500": (accounts) =>
      wherever((_, wrong) => send("POST", path, { headers: operator, body: other(), ...wrong }), accounts, 201),
  };
}

function namesCauses(): typeof PARTICULAR {
  const type = { "content-type": "application/dns-message" };
  // A header and no question: a DNS message, however it is answered.
  const message = "AAAAAAAAAAAAAAAA";
  return {
    "GET /dns-query 200": () => send("GET", `/dns-query?dns=${message}`, {}),
    "GET /dns-query 400": () => send("GET", "/dns-query", {}),
    "GET /dns-query 413": () => send("GET", `/dns-query?dns=${"A".repeat(8_193)}`, {}),
    "POST /dns-query 200": () => send("POST", "/dns-query", { headers: type, body: atob(message) }),
    "POST /dns-query 400": () => send("POST", "/dns-query", { headers: type, body: "short" }),
    "POST /dns-query 413": () => send("POST", "/dns-query", { headers: type, body: "x".repeat(4_097) }),
    "POST /dns-query 415": () => send("POST", "/dns-query", { body: "{}" }),
    "GET /resolve 200": () => send("GET", "/resolve?name=resolvedb.net", {}),
    "GET /resolve 400": () => send("GET", "/resolve", {}),
    "GET /resolve 429": strangersCause("GET", (name) => `/resolve?type=TXT&name=${name}`),
    "GET /dns-query 429": strangersCause(
      "GET",
      (name) => `/dns-query?dns=${queryOf(name).toBase64({ alphabet: "base64url", omitPadding: true })}`,
    ),
    "POST /dns-query 429": strangersCause(
      "POST",
      () => "/dns-query",
      (name) => ({ headers: type, body: String.fromCharCode(...queryOf(name)) }),
    ),
  };
}

/** A stranger looks for what a namespace does not have, by names that are `path` and `init` of a call. */
function strangersCause(
  method: string,
  path: (name: string) => string,
  init: (name: string) => { headers?: Record<string, string>; body?: string } = () => ({}),
) {
  return async ({ customer: { resolvedb } }: Accounts): Promise<Response> => {
    const id = crypto.randomUUID();
    const body = { record: { key: `a.n-${id}.v1`, data: "e30=" } };
    await send("POST", "/api/v1/records", { headers: RESOLVEDB.shown(resolvedb), body });
    for (let asked = 0; ; asked++) {
      const name = `list.r${asked}.n-${id}.v1.resolvedb.net`;
      const { headers, ...rest } = init(name);
      const answer = await send(method, path(name), { ...rest, headers: { ...headers, "cf-connecting-ip": ADDRESS } });
      if (answer.status === 429 || asked === 100) return answer;
    }
  };
}

const ADDRESS = "198.51.100.1";

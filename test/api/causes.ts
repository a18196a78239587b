import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, vi } from "vitest";
import type { Env } from "../../src/env.ts";
import worker from "../../src/worker.ts";
import { type Customer, newCustomer } from "../support/control-plane.ts";
import { countedEnv } from "../support/counted-env.ts";
import { expectDocumented } from "../support/documented.ts";
import type { ApiOperation } from "../support/operations.ts";
import type { Product, Recipe } from "../support/recipes/recipe.ts";
import { RESCDN, RESCDN_RECIPES } from "../support/recipes/rescdn.ts";
import { RESOLVEDB, RESOLVEDB_RECIPES } from "../support/recipes/resolvedb.ts";

/** The accounts that causes are made with. */
export interface Accounts {
  customer: Customer;
  /** Its keys have used up their rate at `exhaustedAt`, ms since the epoch. */
  exhausted: Customer;
  exhaustedAt: number;
}

/** A call that a customer's key is shown to, and how it is made. */
export interface KeyedCall {
  method: string;
  operation: ApiOperation["operation"];
  scopes: readonly string[];
  product: Product;
  recipe: Recipe;
}

/** A request, but for its method and path. */
export interface Sent {
  headers?: Record<string, string>;
  /** Sent as JSON; a string as it stands. */
  body?: unknown;
  bindings?: Env;
}

/** The call that a title names; null: it takes no customer's key. */
export function keyedCall({ title, method, operation, security }: ApiOperation): KeyedCall | null {
  const product = [RESCDN, RESOLVEDB].find(({ scheme }) => scheme === security?.scheme);
  const recipe = { ...RESCDN_RECIPES, ...RESOLVEDB_RECIPES }[title];
  return product && recipe ? { method, operation, scopes: security!.scopes, product, recipe } : null;
}

/** Sends a request to the Worker, to the API's host where the path names no other, under given bindings, and holds both to the documents. The clock stands. */
export async function send(method: string, path: string, { headers, body, bindings = env }: Sent): Promise<Response> {
  const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const fields = new Headers({ ...(text !== undefined && { "content-type": "application/json" }), ...headers });
  const { href, pathname, search } = new URL(path, "http://api.rescdn.localhost");
  const request = new Request(href, { method, headers: fields, body: text ?? null });
  const answer = await worker.fetch(request as Request<unknown, never>, bindings, createExecutionContext());
  await expectDocumented({ method, path: pathname + search, headers: fields, body: text ?? null, answer });
  return answer;
}

export async function newAccounts(): Promise<Accounts> {
  const [customer, exhausted] = [await newCustomer(), await newCustomer()];
  await env.DB.prepare("UPDATE accounts SET plan = 'enterprise' WHERE id = ?1").bind(customer.account).run();
  return { customer, exhausted, exhaustedAt: Date.now() };
}

/** Has a key use up its rate. It may have been forgotten since the last time: a limiter lives as long as it is asked. */
async function exhaust(product: Product, { exhausted }: Accounts): Promise<void> {
  const path = product === RESCDN ? "/v1/me" : "/api/v1/me";
  const headers = product.shown(product.keyOf(exhausted));
  for (let calls = 0; calls <= 100; calls++) if ((await send("GET", path, { headers })).status === 429) return;
  throw new Error("the rate is never used up");
}

/** Makes each status that calls with a customer's key share. Null: there is no such way to it. */
export function causeOf(status: number, keyed: KeyedCall): ((accounts: Accounts) => Promise<Response>) | null {
  const { method, operation, scopes, product, recipe } = keyed;
  const key = ({ customer }: Accounts) => product.keyOf(customer);
  /** The call as its owner makes it about a new thing, but for what the cause makes wrong. */
  const own = async (accounts: Accounts, wrong: Sent = {}) => {
    const at = (await recipe.about?.make(key(accounts)))?.at ?? "";
    return send(method, recipe.path(at), {
      body: recipe.body?.(at),
      ...wrong,
      headers: { ...product.shown(key(accounts)), ...wrong.headers },
    });
  };
  const about = (at: string, headers: Record<string, string>) =>
    send(method, recipe.path(at), { body: recipe.body?.(at), headers });
  const missing = recipe.about?.missing ?? "";
  if (status === recipe.own) return own;
  switch (status) {
    case 304:
      return (accounts) => own(accounts, { headers: { "if-none-match": "*" } });
    case 400:
      return (accounts) => own(accounts, { body: "{" });
    case 401:
      return () => about(missing, {});
    case 403:
      return async (accounts) => {
        const others = product.scopes.filter((scope) => !scopes.includes(scope));
        const { token } = await product.newKey(key(accounts), { scopes: others });
        return about(missing, product.shown(token));
      };
    case 404:
      return recipe.about && ((accounts) => about(missing, product.shown(key(accounts))));
    case 409:
      return operation.parameters?.some(({ name }) => name === "Idempotency-Key")
        ? (accounts) => whileTheFirstIsWorkedOn(keyed, key(accounts))
        : (accounts) => own(accounts, { bindings: countedEnv(env, changedByOthers).env });
    case 412:
      return (accounts) => own(accounts, { headers: { "if-match": '"another"' } });
    case 413:
      return (accounts) => own(accounts, { body: `"${"x".repeat(65_536)}"` });
    case 415:
      return (accounts) => own(accounts, { headers: { "content-type": "text/plain" } });
    case 422:
      return operation.requestBody ? (accounts) => own(accounts, { body: { unknown: 1 } }) : badQuery(keyed, key);
    case 429:
      return async (accounts) => {
        const now = Date.now();
        vi.setSystemTime(accounts.exhaustedAt);
        await exhaust(product, accounts);
        const answer = await about(missing, product.shown(product.keyOf(accounts.exhausted)));
        vi.setSystemTime(now);
        return answer;
      };
    case 500:
      return (accounts) => wherever(own, accounts, recipe.own);
    case 503:
      return (accounts) => unpublished(keyed, key(accounts));
    default:
      return null;
  }
}

function badQuery({ method, recipe, product }: KeyedCall, key: (accounts: Accounts) => string) {
  return async (accounts: Accounts): Promise<Response> => {
    const at = (await recipe.about?.make(key(accounts)))?.at ?? "";
    const [path] = recipe.path(at).split("?");
    return send(method, `${path}?limit=x&page=x&from=x`, { headers: product.shown(key(accounts)) });
  };
}

async function changedByOthers(): Promise<void> {
  await env.DB.prepare("UPDATE zones SET revision = revision + 1").run();
}

/** The first request of an Idempotency-Key has been claimed, and has not been answered yet. */
async function whileTheFirstIsWorkedOn({ method, recipe, product }: KeyedCall, key: string): Promise<Response> {
  const at = (await recipe.about?.make(key))?.at ?? "";
  const headers = { ...product.shown(key), "idempotency-key": crypto.randomUUID() };
  const request = { body: recipe.body?.(at), headers };
  expect((await send(method, recipe.path(at), request)).status).toBe(recipe.own);
  await env.DB.prepare("UPDATE idempotency_keys SET answer = NULL").run();
  return send(method, recipe.path(at), request);
}

/** KV takes no writes, so that no publisher gets its document into the zone table. */
async function unpublished({ method, recipe, product }: KeyedCall, key: string): Promise<Response> {
  const at = (await recipe.about?.make(key))?.at ?? "";
  vi.setSystemTime(Date.now() + 2_000);
  const put = vi.spyOn(Object.getPrototypeOf(env.ZONES) as KVNamespace, "put");
  put.mockRejectedValue(new Error("KV is away: secret"));
  const answer = await send(method, recipe.path(at), { body: recipe.body?.(at), headers: product.shown(key) });
  put.mockRestore();
  return answer;
}

/**
 * Makes the call again and again, with D1 and the Durable Objects failing from the first call of them on, then from the
 * second one on, until it succeeds: what fails anywhere is answered without a word of why. Gives the last 500.
 */
export async function wherever(
  own: (accounts: Accounts, wrong: Sent) => Promise<Response>,
  accounts: Accounts,
  success: number,
): Promise<Response> {
  let failed: Response | null = null;
  for (let passing = 0; passing < 20; passing++) {
    let calls = 0;
    const failing = countedEnv(env, () => {
      if (calls++ >= passing) throw new Error("D1_ERROR: secret");
    });
    const answer = await own(accounts, { bindings: failing.env });
    if (answer.status === success && failed !== null) return failed;
    expect([500, 503]).toContain(answer.status);
    expect(await answer.clone().text()).not.toContain("secret");
    if (answer.status === 500) failed = answer;
    vi.setSystemTime(Date.now() + 2_000);
  }
  throw new Error("the call never succeeds");
}

import { env } from "cloudflare:workers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Call, call, newCustomer, newZone } from "../support/control-plane.ts";
import { operationsOfApi } from "../support/operations.ts";
import type { MadeThing, Recipe, Recipes } from "../support/recipes/recipe.ts";
import { RESCDN, RESCDN_RECIPES } from "../support/recipes/rescdn.ts";
import { RESOLVEDB, RESOLVEDB_RECIPES } from "../support/recipes/resolvedb.ts";
import { type Caller, type Cast, callersOf } from "./callers.ts";

/** Routes × scopes × whose: what each key is answered follows from the documents and from what a call is about. */
const products = [
  { product: RESCDN, recipes: RESCDN_RECIPES, callers: callersOf(RESCDN) },
  { product: RESOLVEDB, recipes: RESOLVEDB_RECIPES, callers: callersOf(RESOLVEDB) },
];
const operations = await operationsOfApi();
const rows = operations.flatMap(({ title, method, security }) => {
  const of = products.find(({ product }) => product.scheme === security?.scheme);
  const recipe = of?.recipes[title];
  return of && recipe ? [{ title, method, recipe, scopes: security!.scopes, callers: of.callers }] : [];
});

let cast: Cast;
/** What stands in no answer to others: ids and names of the owner's things. */
const marks = new Set<string>();
const shown = new Map<Caller, Record<string, string>>();

beforeAll(async () => {
  // Ahead of the runtime's own clock, so that no alarm runs by itself; each call moves it on.
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 });
  vi.spyOn(globalThis, "fetch").mockRejectedValue(new Error("these tests have no network"));
  const [owner, stranger] = [await newCustomer(), await newCustomer()];
  await env.DB.prepare("UPDATE accounts SET plan = 'enterprise'").run(); // for its rate
  cast = { owner, stranger, elsewhere: (await newZone(owner.live)).id };
  for (const caller of products.flatMap(({ callers }) => callers)) shown.set(caller, await caller.headers(cast, null));
}, 60_000);
afterAll(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

it("says to all whom it does not let in the same, and how to authenticate", async () => {
  const [rescdn, resolvedb] = [await call("/v1/me"), await call("/api/v1/me")];
  expect(rescdn.headers.get("www-authenticate")).toBe('X-ResCDN-Key realm="ResCDN"');
  expect(await rescdn.json()).toEqual({
    error: "authentication required",
    code: "unauthenticated",
    request_id: rescdn.headers.get("x-request-id"),
  });
  expect(resolvedb.headers.get("www-authenticate")).toBe('Bearer realm="ResolveDB"');
  expect(await resolvedb.json()).toEqual({
    error: { code: "authentication_error", message: "The API key is missing or not valid", details: [] },
  });
});

it("has a recipe for every call that takes a customer's key, and for no other", () => {
  const schemes = products.map(({ product }) => product.scheme);
  const taken = operations.filter(({ security }) => security !== null && schemes.includes(security.scheme));
  const made = products.flatMap(({ recipes }: { recipes: Recipes }) => Object.keys(recipes));
  expect(taken.map(({ title }) => title).sort()).toEqual(made.sort());
});

/** What a caller is due: the order of the guards is that of their statuses, so that nobody learns more than is due. */
function due({ title, scopes, knows, restricted }: Caller, needed: readonly string[], recipe: Recipe): number {
  if (scopes === null) return 401;
  if (needed.some((scope) => !scopes.includes(scope))) return 403;
  if (recipe.about !== null && !knows(recipe.about)) return 404;
  const isTest = /\btest key\b/.test(title);
  return (restricted && recipe.restricted) || (isTest && recipe.test) || recipe.own;
}

async function madeFor({ maker }: Caller, { about }: Recipe): Promise<MadeThing | null> {
  if (about === null) return null;
  const key = maker(cast.owner);
  const made = await about.make(key);
  if (key === cast.owner.test) return made;
  for (const mark of [...made.at.split("/").filter((part) => /\d/.test(part)), made.alias])
    if (mark !== undefined) marks.add(mark);
  return made;
}

/** What a caller shows; a key that is restricted to a thing's own zone is made for it. */
function headersFor(caller: Caller, thing: MadeThing | null): Promise<Record<string, string>> | Record<string, string> {
  return caller.restricted && thing?.zone !== undefined && caller.outside === false
    ? caller.headers(cast, thing)
    : shown.get(caller)!;
}

/** What is written by nobody's call: where meters have seen locations, and that the tails of earlier calls have ended. */
const WRITTEN_LATER = ["pops", "tails"];

/** All rows of all tables, but for what is written later, and what the rate limiter notes of keys. */
async function rowsOfD1(): Promise<string> {
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\' AND name NOT LIKE 'sqlite%' ORDER BY 1",
  ).all<{ name: string }>();
  const tables = results.map(({ name }) => name).filter((name) => !WRITTEN_LATER.includes(name));
  const all = await env.DB.batch<Record<string, unknown>>(
    tables.map((name) => env.DB.prepare(`SELECT * FROM ${name}`)),
  );
  const rows = all.map((table, index) =>
    tables[index] === "accounts" ? table.results.map(unpublished) : table.results,
  );
  return JSON.stringify(rows).replaceAll(/"last_used_at":\w+/g, "");
}

/** An account's row without how often it was published: each tail's end is published. */
function unpublished({ revision: _, published_revision: __, ...row }: Record<string, unknown>) {
  return row;
}

/** An answer without what no two answers share. */
async function comparable(answer: Response): Promise<{ status: number; headers: [string, string][]; text: string }> {
  const own = /^(x-request-id|date|ratelimit.*|x-ratelimit-.*)$/;
  const headers = [...answer.headers].filter(([name]) => !own.test(name));
  return { status: answer.status, headers, text: await answer.text() };
}

describe.each(rows)("$title", ({ method, recipe, scopes, callers }) => {
  const allowed = callers.filter((caller) => due(caller, scopes, recipe) === recipe.own);
  const refused = callers.filter((caller) => !allowed.includes(caller));
  const things = new Map<Caller, MadeThing | null>();
  let before: string;

  const made = (at: string, headers: Record<string, string>): [string, Call] => {
    const body = recipe.body?.(at);
    return [recipe.path(at), { method, headers, ...(body !== undefined && { body }) }];
  };
  const asked = (at: string, headers: Record<string, string>) => call(...made(at, headers));

  beforeAll(async () => {
    const byMaker = new Map<string, MadeThing | null>();
    for (const caller of refused) {
      const maker = caller.maker(cast.owner);
      if (!byMaker.has(maker)) byMaker.set(maker, await madeFor(caller, recipe));
      things.set(caller, byMaker.get(maker)!);
    }
    before = await rowsOfD1();
  });

  it.each(refused)("refuses $title, and tells it nothing", async (caller) => {
    const status = due(caller, scopes, recipe);
    const { at = "", alias } = things.get(caller) ?? {};
    const headers = shown.get(caller)!;
    const missing = await comparable(await asked(recipe.about?.missing ?? "", headers));
    for (const name of alias === undefined ? [at] : [at, alias]) {
      const answer = await asked(name, headers);
      expect(answer.status).toBe(status);
      const { text, ...rest } = await comparable(answer);
      const lacking = scopes.find((scope) => !caller.scopes?.includes(scope));
      if (status === 403 && lacking !== undefined) expect(text).toContain(`lacks the scope ${lacking}`);
      // What the key does not know of differs by no byte but the request's id.
      const idOf = (body: string) => body.replace(/(?<="request_id":")\w+/, "");
      expect({ ...rest, text: idOf(text) }).toEqual({ ...missing, text: idOf(missing.text) });
      if (status === 401) {
        const shownNothing = await comparable(await asked(name, {}));
        expect({ ...rest, text: idOf(text) }).toEqual({ ...shownNothing, text: idOf(shownNothing.text) });
      }
      expect([...marks, cast.owner.account].filter((mark) => text.includes(mark))).toEqual([]);
    }
  });

  it("changed nothing by what it refused", async () => {
    expect(await rowsOfD1()).toBe(before);
  });

  it.each(allowed)(`answers ${recipe.own} to $title`, async (caller) => {
    const thing = await madeFor(caller, recipe);
    const answer = await asked(thing?.at ?? "", await headersFor(caller, thing));
    expect(answer.status).toBe(recipe.own);
    const text = await answer.text();
    if (caller.outside) expect([...marks].filter((mark) => text.includes(mark))).toEqual([]);
  });
});

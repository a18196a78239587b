import { env } from "cloudflare:workers";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { countedEnv } from "../support/counted-env.ts";
import { operationsOfApi } from "../support/operations.ts";
import { RESCDN } from "../support/recipes/rescdn.ts";
import { type Accounts, causeOf, keyedCall, newAccounts, send } from "./causes.ts";
import { PARTICULAR } from "./particular-causes.ts";

/** Every status that the documents promise, and how a call comes to it. */
const pairs = (await operationsOfApi()).flatMap((operation) =>
  Object.keys(operation.operation.responses).map((status) => {
    const title = `${operation.title} ${status}`;
    const keyed = keyedCall(operation);
    return { title, status: Number(status), cause: PARTICULAR[title] ?? (keyed && causeOf(Number(status), keyed)) };
  }),
);

let accounts: Accounts;

beforeAll(async () => {
  // Ahead of the runtime's own clock, so that no alarm runs by itself.
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 });
  vi.spyOn(globalThis, "fetch").mockRejectedValue(new Error("these tests have no network"));
  accounts = await newAccounts();
  // Hundreds of files, which the first call of a person would wait for.
  await import("../../src/people/signed-in.ts");
}, 60_000);
afterEach(() => {
  vi.setSystemTime(Date.now() + 2_000);
});
afterAll(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

it("knows a cause for every status that is documented, and for no other", () => {
  expect(pairs.filter(({ cause }) => !cause).map(({ title }) => title)).toEqual([]);
  expect(pairs.map(({ title }) => title)).toEqual(expect.arrayContaining(Object.keys(PARTICULAR)));
});

it.each(pairs.filter(({ cause }) => cause))("$title", async ({ status, cause }) => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  const answer = await cause!(accounts);
  // A handshake has no text, and cannot be read twice.
  expect(answer.status, answer.webSocket === null ? await answer.clone().text() : "a WebSocket").toBe(status);
});

it("GET /v1/me 401 says how to authenticate, also to a key that is revoked while it asks", async () => {
  const { id, token } = await RESCDN.newKey(accounts.customer.live, {});
  let calls = 0;
  const { env: bindings } = countedEnv(env, async () => {
    if (calls++ === 2) await env.DB.prepare("UPDATE api_keys SET revoked_at = 1 WHERE id = ?1").bind(id).run();
  });
  const answer = await send("GET", "/v1/me", { headers: RESCDN.shown(token), bindings });
  expect(answer.status).toBe(401);
});

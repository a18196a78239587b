import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Env } from "../../src/env.ts";
import { type Customer, moveClockWithCalls, newCustomer } from "../support/control-plane.ts";
import { expectDocumented } from "../support/documented.ts";
import { handleApi } from "../support/handle-api.ts";
import { keysSeenBy, newKey } from "../support/keys.ts";

let customer: Customer;
let logged: string[];

moveClockWithCalls();
beforeEach(async () => {
  logged = [];
  vi.spyOn(console, "error").mockImplementation((text: string) => {
    logged.push(text);
  });
  customer = await newCustomer();
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** A D1 that refuses the statements that match, once they are run. */
function failingAt(pattern: RegExp): Env {
  const prepare = (sql: string) => env.DB.prepare(pattern.test(sql) ? "SELECT secret FROM a_table_that_is_away" : sql);
  const DB = new Proxy(env.DB, {
    get(db, name) {
      if (name === "prepare") return prepare;
      return Reflect.get(db, name).bind(db);
    },
  });
  return { ...env, DB };
}

async function send(bindings: Env, method: string, path: string, body?: object, fields: Record<string, string> = {}) {
  const headers = new Headers({
    "x-rescdn-key": customer.live,
    ...(body && { "content-type": "application/json" }),
    ...fields,
  });
  const text = body === undefined ? null : JSON.stringify(body);
  const request = new Request(`http://api.rescdn.io${path}`, { method, headers, body: text });
  const answer = await handleApi(request, bindings, createExecutionContext());
  await expectDocumented({ method, path, headers, body: text, answer });
  return answer;
}

describe("a call whose database fails", () => {
  it.each<[string, string, object?]>([
    ["GET", "/v1/keys"],
    ["POST", "/v1/keys", { name: "CI" }],
    ["GET", "/v1/keys/:id"],
    ["DELETE", "/v1/keys/:id"],
    ["POST", "/v1/keys/:id/rotate", {}],
    ["GET", "/v1/me"],
    ["GET", "/v1/audit"],
  ])("%s %s answers 500 without a word of why, and changes nothing", async (method, path, body) => {
    const { id, token } = await newKey(customer.live);
    const before = await keysSeenBy(customer.live);
    // All but who calls.
    const answer = await send(failingAt(/^(?!.*JOIN accounts)/s), method, path.replace(":id", id), body);
    expect([answer.status, await answer.json()]).toEqual([
      500,
      { error: "internal server error", code: "internal", request_id: answer.headers.get("x-request-id") },
    ]);
    expect(logged).toEqual([expect.stringContaining('"event":"api_error"')]);
    expect(logged[0]).toContain(answer.headers.get("x-request-id"));
    expect(logged[0]).not.toContain(customer.live);
    expect(logged[0]).not.toContain(token);
    expect(await keysSeenBy(customer.live)).toEqual(before);
  });

  it("makes no key where its change cannot be logged for the audit", async () => {
    const before = await keysSeenBy(customer.live);
    const answer = await send(failingAt(/INTO audit_log/), "POST", "/v1/keys", { name: "CI" });
    expect(answer.status).toBe(500);
    expect(await keysSeenBy(customer.live)).toEqual(before);
  });

  it("may be repeated under its Idempotency-Key", async () => {
    const key = { "idempotency-key": "k" };
    const failed = await send(failingAt(/INSERT INTO api_keys/), "POST", "/v1/keys", { name: "CI" }, key);
    expect(failed.status).toBe(500);
    const again = await send(env, "POST", "/v1/keys", { name: "CI" }, key);
    expect(again.status).toBe(201);
    expect(again.headers.has("idempotency-replayed")).toBe(false);
  });
});

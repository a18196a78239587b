import { listDurableObjectIds, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { admitOperator, limiterOf } from "../../src/accounts/admit.ts";
import { type Customer, call, moveClockWithCalls, newCustomer } from "../support/control-plane.ts";
import { newKey, takeCalls } from "../support/keys.ts";

moveClockWithCalls();

let customer: Customer;
let keyId: string;

beforeEach(async () => {
  customer = await newCustomer();
  keyId = (await keyRow("mode = 'live' AND product = 'rescdn'")).id;
});

async function keyRow(where: string) {
  const row = await env.DB.prepare(
    `SELECT id, last_used_at AS lastUsedAt FROM api_keys WHERE account_id = ?1 AND ${where}`,
  )
    .bind(customer.account)
    .first<{ id: string; lastUsedAt: number | null }>();
  return row!;
}

const limiter = () => env.RATE_LIMITER.getByName(limiterOf(customer.account, "rescdn"));
const take = (calls: number) => takeCalls(customer.account, keyId, calls);

describe("a key's rate limit", () => {
  it("lets exactly 100 of 1,000 concurrent calls pass", async () => {
    const answers = await take(1_000);
    expect(answers.filter(({ allowed }) => allowed)).toHaveLength(100);
  });

  it("shows in every answer, and refuses the 101st call of a minute with 429 and the time to wait", async () => {
    const now = Date.now();
    const first = await call("/v1/zones", { key: customer.live });
    expect(first.headers.get("ratelimit-policy")).toBe('"default";q=100;w=60');
    expect(first.headers.get("ratelimit")).toBe('"default";r=99;t=60');
    expect(first.headers.get("x-ratelimit-remaining")).toBe("99");
    await take(99);
    const refused = await call("/v1/zones", { key: customer.live });
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ error: "rate limit exceeded", code: "rate_limited" });
    const wait = Number(refused.headers.get("retry-after"));
    expect(wait).toBeGreaterThanOrEqual(58);
    expect(wait).toBeLessThanOrEqual(60);
    expect(Number(refused.headers.get("x-ratelimit-reset"))).toBe(Math.ceil((now + 61_000) / 1000));
  });

  it("is each key's own", async () => {
    await take(100);
    expect((await call("/v1/zones", { key: customer.live })).status).toBe(429);
    expect((await call("/v1/zones", { key: customer.test })).status).toBe(200);
  });
});

describe("an account's rate limit", () => {
  it("holds for all its keys together, and shows where it binds", async () => {
    const keys = [];
    for (let i = 0; i < 8; i++) keys.push(await newKey(customer.live));
    vi.setSystemTime(Date.now() + 60_000);
    let passed = 0;
    for (const { id } of keys)
      passed += (await takeCalls(customer.account, id, 120)).filter(({ allowed }) => allowed).length;
    expect(passed).toBe(500);
    const refused = await call("/v1/zones", { key: keys[7]!.token });
    expect(refused.status).toBe(429);
    expect(refused.headers.get("ratelimit-policy")).toBe('"account";q=500;w=60');
    expect(refused.headers.get("x-ratelimit-limit")).toBe("500");
    expect((await call("/v1/zones", { key: (await newCustomer()).live })).status).toBe(200);
  });

  it("does not begin anew with a key that is rotated again and again, and neither does the key's", async () => {
    let { id, token } = await newKey(customer.live);
    vi.setSystemTime(Date.now() + 60_000);
    await takeCalls(customer.account, id, 96);
    const statuses: number[] = [];
    for (let i = 0; i < 5; i++) {
      const answer = await call(`/v1/keys/${id}/rotate`, { method: "POST", key: token });
      statuses.push(answer.status);
      if (answer.status === 201) ({ id, token } = await answer.json<{ id: string; token: string }>());
    }
    expect(statuses).toEqual([201, 201, 201, 201, 429]);
  });
});

describe("a key's last use", () => {
  it("is written to D1 once for the calls of a minute, also by an object that was stopped meanwhile", async () => {
    await call("/v1/zones", { key: customer.live });
    await call("/v1/zones", { key: customer.live });
    expect((await keyRow(`id = '${keyId}'`)).lastUsedAt).toBeNull();
    const used = Date.now();
    expect(await runDurableObjectAlarm(limiter())).toBe(true);
    expect((await keyRow(`id = '${keyId}'`)).lastUsedAt).toBe(used);
    expect(await runDurableObjectAlarm(limiter())).toBe(false);

    await call("/v1/zones", { key: customer.live });
    const usedAgain = Date.now();
    await expect(runInDurableObject(limiter(), (_, state) => state.abort("moved"))).rejects.toThrow("moved");
    expect(await runDurableObjectAlarm(limiter())).toBe(true);
    expect((await keyRow(`id = '${keyId}'`)).lastUsedAt).toBe(usedAgain);
  });
});

describe("failed authentications", () => {
  const fail = (address: string, path = "/v1/zones") =>
    call(path, {
      key: "rk_live_wrong",
      method: path === "/v1/zones" ? "GET" : "POST",
      headers: { "cf-connecting-ip": address },
    });

  it("are limited to 30 in a minute for each client address, for customers and the operator alike", async () => {
    const statuses = [];
    for (let i = 0; i < 32; i++) statuses.push((await fail("203.0.113.1")).status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(30);
    expect(statuses.slice(30)).toEqual([429, 429]);
    expect((await fail("203.0.113.1", "/admin/accounts")).status).toBe(429);
    expect((await fail("203.0.113.2")).status).toBe(401);
  });

  it("take a bounded number of objects, however many addresses they come from", async () => {
    const before = await listDurableObjectIds(env.RATE_LIMITER);
    await Promise.all(Array.from({ length: 200 }, (_, index) => fail(`198.51.100.${index}`)));
    const after = await listDurableObjectIds(env.RATE_LIMITER);
    expect(after.length - before.length).toBeLessThanOrEqual(128);
  });

  it("are counted together where the address is not known", async () => {
    const unknown = (index: number) =>
      call("/v1/zones", { key: "rk_live_wrong", headers: { "cf-connecting-ip": index % 2 ? "" : `forged ${index}` } });
    const statuses = [];
    for (let i = 0; i < 32; i++) statuses.push((await unknown(i)).status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(30);
    expect(statuses.slice(30)).toEqual([429, 429]);
  });

  it("leave of 500 tokens that are tried at once 30 that are compared, and of those that are right none that counts", async () => {
    const isRight = (right: boolean) => vi.fn(async () => right);
    const operator = isRight(true);
    for (let i = 0; i < 40; i++) await admitOperator(env.RATE_LIMITER, "203.0.113.9", operator);
    expect(operator).toHaveBeenCalledTimes(40);
    const guess = isRight(false);
    const guesses = await Promise.all(
      Array.from({ length: 500 }, () => admitOperator(env.RATE_LIMITER, "203.0.113.9", guess)),
    );
    expect(guess).toHaveBeenCalledTimes(30);
    expect(guesses.filter(({ kind }) => kind === "limited")).toHaveLength(470);
  });

  it("do not lock out a valid key behind the same address", async () => {
    for (let i = 0; i < 31; i++) await fail("203.0.113.3");
    const answer = await call("/v1/zones", { key: customer.live, headers: { "cf-connecting-ip": "203.0.113.3" } });
    expect(answer.status).toBe(200);
  });
});

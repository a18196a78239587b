import { listDurableObjectIds, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { type Customer, call, moveClockWithCalls, newCustomer } from "../support/control-plane.ts";

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

const limiter = () => env.RATE_LIMITER.getByName(`key:${keyId}`);

describe("a key's rate limit", () => {
  it("lets exactly 100 of 1,000 concurrent calls pass", async () => {
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => limiter().take(100, null)));
    expect(answers.filter(({ allowed }) => allowed)).toHaveLength(100);
  });

  it("shows in every answer, and refuses the 101st call of a minute with 429 and the time to wait", async () => {
    const now = Date.now();
    const first = await call("/v1/zones", { key: customer.live });
    expect(first.headers.get("ratelimit-policy")).toBe('"default";q=100;w=60');
    expect(first.headers.get("ratelimit")).toBe('"default";r=99;t=60');
    expect(first.headers.get("x-ratelimit-remaining")).toBe("99");
    await Promise.all(Array.from({ length: 99 }, () => limiter().take(100, null)));
    const refused = await call("/v1/zones", { key: customer.live });
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ error: "rate limit exceeded", code: "rate_limited" });
    const wait = Number(refused.headers.get("retry-after"));
    expect(wait).toBeGreaterThanOrEqual(58);
    expect(wait).toBeLessThanOrEqual(60);
    expect(Number(refused.headers.get("x-ratelimit-reset"))).toBe(Math.ceil((now + 61_000) / 1000));
  });

  it("is each key's own", async () => {
    await Promise.all(Array.from({ length: 100 }, () => limiter().take(100, null)));
    expect((await call("/v1/zones", { key: customer.live })).status).toBe(429);
    expect((await call("/v1/zones", { key: customer.test })).status).toBe(200);
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
    expect(after.length - before.length).toBeLessThanOrEqual(32);
  });

  it("do not lock out a valid key behind the same address", async () => {
    for (let i = 0; i < 31; i++) await fail("203.0.113.3");
    const answer = await call("/v1/zones", { key: customer.live, headers: { "cf-connecting-ip": "203.0.113.3" } });
    expect(answer.status).toBe(200);
  });
});

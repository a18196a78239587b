import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { type Customer, moveClockWithCalls, newCustomer } from "../../support/control-plane.ts";
import { errorOf, newNamespaceName, rest, type ShownRecord } from "../../support/records-api.ts";

let customer: Customer;
let namespace: string;

moveClockWithCalls();
beforeEach(async () => {
  customer = await newCustomer();
  namespace = newNamespaceName();
});

const post = (path: string, body: unknown, idempotencyKey: string) =>
  rest(path, { method: "POST", key: customer.resolvedb, body, headers: { "idempotency-key": idempotencyKey } });
const record = (name: string) => ({ record: { key: `${name}.${namespace}.v1`, data: "AA==" } });

describe("Idempotency-Key", () => {
  it("gives the answer again to who repeats a request", async () => {
    const first = await post("/records", record("a"), "once");
    const again = await post("/records", record("a"), "once");
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(await again.json<{ record: ShownRecord }>()).toEqual(await first.json());
    expect(again.headers.get("location")).toBe(first.headers.get("location"));
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(again.headers.get("x-request-id")).not.toBe(first.headers.get("x-request-id"));
    expect((await post("/records", record("a"), "other")).status).toBe(422);
  });

  it("makes one API key, and shows its token again", async () => {
    const make = async () => (await post("/api_keys", { api_key: { name: "CI" } }, "key")).text();
    expect(await make()).toBe(await make());
    const { api_keys } = await (await rest("/api_keys", { key: customer.resolvedb })).json<{ api_keys: object[] }>();
    expect(api_keys).toHaveLength(2);
  });

  it("makes one webhook, gives it one new secret, and shows both again", async () => {
    await env.DB.prepare("UPDATE accounts SET plan = 'pro' WHERE id = ?1").bind(customer.account).run();
    const make = async () =>
      (await post("/webhooks", { webhook: { url: "https://hooks.example.com/" } }, "hook")).text();
    const made = await make();
    expect(await make()).toBe(made);
    const { webhook } = JSON.parse(made) as { webhook: { id: string; secret: string } };
    const rotate = async () => (await post(`/webhooks/${webhook.id}/rotate_secret`, undefined, "rotation")).text();
    const rotated = await rotate();
    expect(await rotate()).toBe(rotated);
    expect(rotated).not.toContain(webhook.secret);
  });

  it("leaves the key of a refused request to the next, and does what is asked at once only once", async () => {
    expect((await post("/records", { record: {} }, "bad")).status).toBe(422);
    expect((await post("/records", record("mended"), "bad")).status).toBe(201);
    const answers = await Promise.all(Array.from({ length: 6 }, () => post("/records", record("b"), "many")));
    for (const answer of answers) expect([201, 409]).toContain(answer.status);
    expect(answers.some(({ status }) => status === 201)).toBe(true);
    const late = answers.find(({ status }) => status === 409);
    if (late !== undefined) await errorOf(late, 409, "conflict");
  });

  it("answers 422 to another request with it, and to one that is no such key", async () => {
    await post("/records", record("a"), "once");
    for (const [body, key] of [
      [record("b"), "once"],
      [record("b"), "two words"],
      [record("b"), "x".repeat(256)],
    ] as const) {
      const { details } = await errorOf(await post("/records", body, key), 422, "validation_error");
      expect(details.map(({ field }) => field)).toEqual(["Idempotency-Key"]);
    }
  });
});

import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { call, customerOf, newName, newZone } from "../support/control-plane.ts";
import { handleApi } from "../support/handle-api.ts";
import { keysSeenBy, newKey } from "../support/keys.ts";

const customer = customerOf(beforeEach);

const post = (path: string, body: unknown, idempotencyKey: string, key = customer.live) =>
  call(path, { method: "POST", key, body, headers: { "idempotency-key": idempotencyKey } });

const posts: { title: string; prepare: () => Promise<[path: string, body: unknown]>; count: () => Promise<number> }[] =
  [
    {
      title: "POST /v1/zones",
      prepare: async () => ["/v1/zones", { name: newName(), origin: "https://a.example.com" }],
      count: () => countOf("zones"),
    },
    {
      title: "POST /v1/purge",
      prepare: async () => ["/v1/purge", { zone: (await newZone(customer.live)).id, path: "/a.css" }],
      count: () => countOf("purges"),
    },
    { title: "POST /v1/keys", prepare: async () => ["/v1/keys", { name: "CI" }], count: () => countOf("api_keys") },
    {
      title: "POST /v1/keys/:id/rotate",
      prepare: async () => [`/v1/keys/${(await newKey(customer.live)).id}/rotate`, { grace_seconds: 60 }],
      count: () => countOf("api_keys"),
    },
  ];

async function countOf(table: string): Promise<number> {
  const row = await env.DB.prepare(`SELECT COUNT(*) AS count FROM ${table} WHERE account_id = ?1`)
    .bind(customer.account)
    .first<{ count: number }>();
  return row!.count;
}

describe.each(posts)("$title with an Idempotency-Key", ({ prepare, count }) => {
  it("does once what is asked twice, and gives the same answer, its token too", async () => {
    const [path, body] = await prepare();
    const before = await count();
    const first = await post(path, body, "k");
    const again = await post(path, body, "k");
    expect(await count()).toBe(before + 1);
    expect(first.headers.get("idempotency-replayed")).toBeNull();
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(again.status).toBe(first.status);
    for (const header of ["content-type", "location", "etag", "cache-control"])
      expect(again.headers.get(header)).toBe(first.headers.get(header));
    expect(await again.text()).toBe(await first.text());
  });

  it("answers anew to another key, and to none", async () => {
    const [path, body] = await prepare();
    await post(path, body, "a");
    expect((await post(path, body, "b")).headers.has("idempotency-replayed")).toBe(false);
    const without = await call(path, { method: "POST", key: customer.live, body });
    expect(without.headers.has("idempotency-replayed")).toBe(false);
  });

  it("answers 422 to another body under the same key, and to a key that is none", async () => {
    const [path, body] = await prepare();
    await post(path, body, "k");
    const other = await post(path, { ...(body as object), more: 1 }, "k");
    expect([other.status, await other.json()]).toMatchObject([422, { code: "idempotency_key_reused" }]);
    const malformed = await post(path, body, "two words");
    expect([malformed.status, await malformed.json()]).toMatchObject([
      422,
      { code: "invalid_request", details: [{ field: "Idempotency-Key" }] },
    ]);
  });

  it("answers 409 while the first is being worked on, and when to ask again", async () => {
    const [path, body] = await prepare();
    await post(path, body, "k");
    await env.DB.prepare("UPDATE idempotency_keys SET answer = NULL").run();
    const answer = await post(path, body, "k");
    expect([answer.status, await answer.json()]).toMatchObject([409, { code: "idempotency_in_progress" }]);
    expect(answer.headers.get("retry-after")).toBe("1");
  });
});

describe("an Idempotency-Key", () => {
  it("answers concurrent repetitions with one success and 409s", async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => post("/v1/keys", { name: "CI" }, "k")));
    const replayed = answers.filter(({ headers }) => headers.has("idempotency-replayed"));
    const created = answers.filter(({ status }) => status === 201);
    expect(created.length - replayed.length).toBe(1);
    expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
    expect((await keysSeenBy(customer.live)).filter(({ name }) => name === "CI")).toHaveLength(1);
  });

  it("does not give one key's answer to another key of the account", async () => {
    const body = { name: "CI" };
    const other = await newKey(customer.live);
    const first = await (await post("/v1/keys", body, "k")).json<{ token: string }>();
    const second = await (await post("/v1/keys", body, "k", other.token)).json<{ token: string }>();
    expect(second.token).not.toBe(first.token);
  });

  it("gives no answer to a key that was revoked since", async () => {
    const { id, token } = await newKey(customer.live);
    await post("/v1/keys", { name: "CI" }, "k", token);
    await call(`/v1/keys/${id}`, { method: "DELETE", key: customer.live });
    expect((await post("/v1/keys", { name: "CI" }, "k", token)).status).toBe(401);
  });

  it("leaves the limit of bodies in force, announced or not", async () => {
    const body = new TextEncoder().encode(JSON.stringify({ name: "x".repeat(70_000) }));
    for (const announced of [true, false]) {
      const stream = new ReadableStream({
        start(controller) {
          controller.enqueue(body);
          controller.close();
        },
      });
      const request = new Request("http://api.rescdn.io/v1/keys", {
        method: "POST",
        headers: { "x-rescdn-key": customer.live, "content-type": "application/json", "idempotency-key": "k" },
        body: announced ? body : stream,
      });
      expect((await handleApi(request, env, createExecutionContext())).status).toBe(413);
    }
    expect((await post("/v1/keys", { name: "CI" }, "k")).status).toBe(201);
  });

  it.each(["GET", "PATCH", "DELETE"])("means nothing to %s", async (method) => {
    const zone = await newZone(customer.live);
    const options = { method, key: customer.live, headers: { "idempotency-key": "two words" } };
    const answer = await call(`/v1/zones/${zone.id}`, { ...options, ...(method === "PATCH" && { body: {} }) });
    expect(answer.ok).toBe(true);
  });
});

import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type Customer, call, newCustomer, newName, newZone, type ShownZone } from "../support/control-plane.ts";
import { expectDocumented } from "../support/documented.ts";
import { handleApi } from "../support/handle-api.ts";

let customer: Customer;
let zone: ShownZone;

beforeAll(async () => {
  customer = await newCustomer();
  await env.DB.prepare("UPDATE accounts SET plan = 'enterprise'").run(); // for its rate
  zone = await newZone(customer.live);
});
afterEach(() => {
  vi.restoreAllMocks();
});

const withBody = [
  ["POST", () => "/v1/zones"],
  ["PATCH", () => `/v1/zones/${zone.id}`],
  ["POST", () => "/v1/purge"],
  ["POST", () => "/v1/keys"],
  ["POST", () => "/v1/keys/key_missing/rotate"],
  ["POST", () => "/admin/accounts"],
] as const;

/** A call that may be made, but for what the test makes wrong. */
async function allowed(
  path: string,
  init: { method: string; body?: BodyInit; headers?: Record<string, string> },
): Promise<Response> {
  const headers = { "x-rescdn-key": customer.live, authorization: `Bearer ${env.ADMIN_TOKEN}`, ...init.headers };
  const request = new Request(`http://api.rescdn.io${path}`, { ...init, headers });
  const answer = await handleApi(request, env, createExecutionContext());
  await expectDocumented({ method: init.method, path, headers: request.headers, body: null, answer });
  return answer;
}

describe.each(withBody)("%s %s", (method, path) => {
  const json = { "content-type": "application/json" };

  it.each(["", "{", "nope", '{"name":}', "{'name':1}", "\u0000"])("answers 400 to %j", async (body) => {
    const answer = await allowed(path(), { method, body, headers: json });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({
      error: "the request body is not valid JSON",
      code: "invalid_json",
      request_id: answer.headers.get("x-request-id"),
    });
  });

  it.each(["null", "[]", '"text"', "1", "true"])("answers 422 to %s", async (body) => {
    expect((await allowed(path(), { method, body, headers: json })).status).toBe(422);
  });

  it.each(["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "multipart/form-data", "json"])(
    "answers 415 to %s",
    async (type) => {
      const answer = await allowed(path(), { method, body: "{}", headers: { "content-type": type } });
      expect(answer.status).toBe(415);
      expect(await answer.json()).toMatchObject({ code: "unsupported_media_type" });
    },
  );

  it("answers 413 to a body above 64 KiB, announced or not, without reading it all", async () => {
    const announced = await allowed(path(), { method, body: `"${"x".repeat(65_536)}"`, headers: json });
    expect(announced.status).toBe(413);
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(4_096).fill(32));
      },
    });
    const streamed = await allowed(path(), { method, body: endless, headers: json });
    expect(streamed.status).toBe(413);
    expect(await streamed.json()).toMatchObject({ code: "body_too_large" });
    expect(pulled).toBeLessThan(32);
  });

  it("answers 400 to a body that breaks off", async () => {
    let pulled = 0;
    const broken = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (pulled++ > 1) controller.error(new Error("Network connection lost."));
        else controller.enqueue(new TextEncoder().encode('{"name":'));
      },
    });
    const answer = await allowed(path(), { method, body: broken, headers: json });
    expect([answer.status, await answer.json()]).toMatchObject([
      400,
      { error: "the request body broke off before its end", code: "invalid_json" },
    ]);
  });

  it("names a field that it does not know", async () => {
    const body = JSON.stringify({ colour: "red" });
    const answer = await allowed(path(), { method, body, headers: json });
    expect(answer.status).toBe(422);
    const { details } = await answer.json<{ details: object[] }>();
    expect(details).toContainEqual({ field: "colour", message: "is not a known name" });
  });
});

describe("the API", () => {
  it.each(["/nope", "/v1/nope", "/v1/zones/a/b", "/v2/zones", "/V1/zones", "/admin", "//v1/zones", "/v1/zones//"])(
    "answers 404 to %s, with the request's id and the way to the documentation",
    async (path) => {
      const answer = await allowed(path, { method: "GET" });
      expect(answer.status).toBe(404);
      expect(await answer.json()).toEqual({
        error: "there is nothing at this path: /docs/api shows what there is",
        code: "not_found",
        request_id: answer.headers.get("x-request-id"),
      });
    },
  );

  it.each(["/", "/v1", "/v1/"])("shows who looks at %s the way, without a key", async (path) => {
    const answer = await call(path);
    expect(answer.status).toBe(200);
    const { docs, openapi, api } = await answer.json<Record<string, string>>();
    for (const way of [docs, openapi]) expect((await call(way!)).status).toBe(200);
    expect((await call(api!, { key: customer.live })).status).toBe(200);
  });

  it("takes a path with a slash at its end for the same, also for what is changed", async () => {
    const headers = { "x-rescdn-key": customer.live, "content-type": "application/json" };
    const send = (path: string, init: RequestInit) =>
      handleApi(new Request(`http://api.rescdn.io${path}`, { ...init, headers }), env, createExecutionContext());
    expect(await (await send("/v1/zones/", {})).json()).toEqual(await (await send("/v1/zones", {})).json());
    const changed = await send(`/v1/zones/${zone.id}/`, { method: "PATCH", body: '{"active":true}' });
    expect(await changed.json()).toEqual(zone);
  });

  it.each([
    ["DELETE", "/v1/zones", "GET, POST, HEAD"],
    ["OPTIONS", "/v1/zones", "GET, POST, HEAD"],
    ["PUT", "/v1/zones/x", "GET, PATCH, DELETE, HEAD"],
    ["POST", "/v1/zones/x", "GET, PATCH, DELETE, HEAD"],
    ["DELETE", "/v1/purge", "GET, POST"],
    ["POST", "/health", "GET, HEAD"],
    ["POST", "/openapi.json", "GET, HEAD"],
    ["PUT", "/admin/accounts", "POST, GET, HEAD"],
  ])("answers 405 to %s %s and allows %s", async (method, path, allow) => {
    const answer = await allowed(path, { method });
    expect(answer.status).toBe(405);
    expect(answer.headers.get("allow")).toBe(allow);
    expect(await answer.json()).toMatchObject({ code: "method_not_allowed" });
  });

  it.each(["/health", "/nope", "/v1/zones", "/openapi.json", "/v1/zones/x"])(
    "gives its answer to %s an id, and lets nobody store or embed it",
    async (path) => {
      const answers = [await call(path), await call(path), await call(path, { method: "HEAD" })];
      for (const answer of answers) {
        expect(answer.headers.get("cache-control")).toBe("no-store");
        expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
        expect(answer.headers.get("content-security-policy")).toBe("default-src 'none'; frame-ancestors 'none'");
        expect(answer.headers.get("x-request-id")).toMatch(/^req_[0-9A-Za-z]{20}$/);
      }
      expect(new Set(answers.map(({ headers }) => headers.get("x-request-id"))).size).toBe(3);
    },
  );

  it("answers 500 without a word of what went wrong", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const broken = {
      ...env,
      DB: {
        prepare: () => {
          throw new Error("D1_ERROR: secret detail");
        },
      } as unknown as D1Database,
    };
    const request = new Request("http://api.rescdn.io/v1/zones", { headers: { "x-rescdn-key": customer.live } });
    const answer = await handleApi(request, broken, createExecutionContext());
    expect(answer.status).toBe(500);
    expect(await answer.json()).toEqual({
      error: "internal server error",
      code: "internal",
      request_id: answer.headers.get("x-request-id"),
    });
    expect(logged).toHaveBeenCalledOnce();
    expect(String(logged.mock.calls)).toContain(answer.headers.get("x-request-id"));
    expect(String(logged.mock.calls)).not.toContain(customer.live);
  });

  it("answers 503 to a change that D1 keeps and KV does not have yet", async () => {
    const unreachable = {
      getByName: () => {
        throw new Error("no route to the object");
      },
    };
    const broken = { ...env, ZONE_PUBLISHER: unreachable as unknown as typeof env.ZONE_PUBLISHER };
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const name = newName();
    const request = new Request("http://api.rescdn.io/v1/zones", {
      method: "POST",
      headers: { "x-rescdn-key": customer.live, "content-type": "application/json" },
      body: JSON.stringify({ name, origin: "https://a.example.com" }),
    });
    const answer = await handleApi(request, broken, createExecutionContext());
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ code: "not_published" });
    expect((await call(`/v1/zones/${name}`, { key: customer.live })).status).toBe(200);
  });

  it.each(["PATCH", "DELETE"])("answers 409 to %s where others are faster each time", async (method) => {
    const { live } = await newCustomer();
    const { id } = await newZone(live);
    const racing = {
      prepare: (sql: string) => env.DB.prepare(sql),
      async batch(statements: D1PreparedStatement[]) {
        await env.DB.prepare("UPDATE zones SET revision = revision + 1 WHERE id = ?1").bind(id).run();
        return env.DB.batch(statements);
      },
    };
    const request = new Request(`http://api.rescdn.io/v1/zones/${id}`, {
      method,
      headers: { "x-rescdn-key": live, "content-type": "application/json" },
      ...(method === "PATCH" && { body: '{"active":false}' }),
    });
    const busy = { ...env, DB: racing as unknown as D1Database };
    const answer = await handleApi(request, busy, createExecutionContext());
    expect(answer.status).toBe(409);
    expect(await answer.json()).toMatchObject({ code: "conflict" });
    const { active } = await (await call(`/v1/zones/${id}`, { key: live })).json<ShownZone>();
    expect(active).toBe(true);
  });

  it("does not read headers of other spellings as a key", async () => {
    const answer = await call("/v1/zones", { headers: { "x-rescdn-key": `${customer.live}, ${customer.live}` } });
    expect(answer.status).toBe(401);
  });
});

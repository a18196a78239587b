import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { answerOnce, type RepeatableRequest } from "../../src/accounts/answer-once.ts";
import { authenticate } from "../../src/accounts/authenticate.ts";
import { createAccount } from "../../src/accounts/create-account.ts";
import { newEmail } from "../support/control-plane.ts";

const NOW = 1_800_000_000_000;
let request: RepeatableRequest;
let runs: number;

beforeEach(async () => {
  runs = 0;
  const { keys } = await createAccount(env.DB, { name: "A", email: newEmail(), plan: "free" }, NOW);
  const result = await authenticate(env.DB, keys.live, "rescdn", NOW);
  if (result.kind !== "authenticated") throw new Error(result.reason);
  request = {
    idempotencyKey: "k",
    apiKeyId: result.caller.keyId,
    account: result.caller.account,
    plan: result.caller.plan,
    token: keys.live,
    method: "POST",
    target: "/a?b=c",
    body: bytes("body"),
  };
});

function bytes(text: string): ArrayBuffer {
  return new TextEncoder().encode(text).buffer as ArrayBuffer;
}

/** Counts each run and answers with its number. */
async function run(status = 201): Promise<Response> {
  runs++;
  const headers = { location: "/l", etag: '"e"', "content-type": "text/plain", "x-other": "x" };
  return new Response(status === 204 ? null : `run ${runs}`, { status, headers });
}

const once = (change: Partial<RepeatableRequest> = {}, now = NOW, how = () => run()) =>
  answerOnce(env.DB, { ...request, ...change }, how, now);

async function answered(...args: Parameters<typeof once>) {
  const result = await once(...args);
  if (result.kind !== "answer") return result.kind;
  const { status, headers } = result.response;
  const body = await result.response.text();
  return { status, body, headers: Object.fromEntries(headers) };
}

describe("answerOnce()", () => {
  it("gives who repeats a request its answer again: status, body and the headers that belong to what was done", async () => {
    await once();
    expect(await answered()).toEqual({
      status: 201,
      body: "run 1",
      headers: { location: "/l", etag: '"e"', "content-type": "text/plain", "idempotency-replayed": "true" },
    });
    expect(runs).toBe(1);
  });

  it.each([200, 201, 202, 204])("keeps an answer of status %d", async (status) => {
    await once({}, NOW, () => run(status));
    expect(await answered()).toMatchObject({ status });
    expect(runs).toBe(1);
  });

  it.each([400, 404, 409, 422, 429, 500, 503])("does not keep an answer of status %d", async (status) => {
    await once({}, NOW, () => run(status));
    expect(await answered()).toMatchObject({ status: 201, body: "run 2" });
  });

  it("keeps nothing of a request that crashed", async () => {
    const crash = () => Promise.reject(new Error("crash"));
    await expect(once({}, NOW, crash)).rejects.toThrow("crash");
    expect(await answered()).toMatchObject({ body: "run 1" });
  });

  it.each<[string, Partial<RepeatableRequest>]>([
    ["method", { method: "PUT" }],
    ["target", { target: "/a?b=d" }],
    ["body", { body: bytes("bodY") }],
    ["border between target and body", { target: "/a?b=c\n", body: bytes("ody") }],
  ])("refuses a key for a request with another %s", async (_, change) => {
    await once();
    expect(await once(change)).toEqual({ kind: "other-request" });
    expect(runs).toBe(1);
  });

  it("keeps keys of different API keys apart", async () => {
    await once();
    const { keys } = await createAccount(env.DB, { name: "B", email: newEmail(), plan: "free" }, NOW);
    const result = await authenticate(env.DB, keys.live, "rescdn", NOW);
    if (result.kind !== "authenticated") throw new Error(result.reason);
    expect(await answered({ apiKeyId: result.caller.keyId, token: keys.live })).toMatchObject({ body: "run 2" });
  });

  it("runs one of many at once, and tells the others that it runs", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const slow = async () => {
      await promise;
      return run();
    };
    const first = once({}, NOW, slow);
    await vi.waitFor(async () => expect(await rowsOfKey()).toHaveLength(1), { timeout: 10_000 });
    expect(await Promise.all([once(), once(), once()])).toEqual(Array(3).fill({ kind: "in-progress", retryAfter: 1 }));
    resolve();
    expect((await first).kind).toBe("answer");
    expect(runs).toBe(1);
  });

  it("is taken over after a minute from a request that has crashed, whose late answer counts no more", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const late = once({}, NOW, async () => {
      await promise;
      return new Response("late");
    });
    await vi.waitFor(async () => expect(await rowsOfKey()).toHaveLength(1), { timeout: 10_000 });
    expect((await once({}, NOW + 59_999)).kind).toBe("in-progress");
    expect((await once({ body: bytes("other") }, NOW + 60_000)).kind).toBe("other-request");
    expect(await answered({}, NOW + 60_000)).toMatchObject({ body: "run 1" });
    resolve();
    await late;
    expect(await answered({}, NOW + 60_001)).toMatchObject({ body: "run 1" });
  });

  it("forgets after a day, whether the cron ran or not", async () => {
    await once();
    expect(await answered({}, NOW + 86_399_999)).toMatchObject({ body: "run 1" });
    expect(await answered({ body: bytes("other") }, NOW + 86_400_000)).toMatchObject({ body: "run 2" });
  });

  it.each(["", "a b", "a\tb", "ä", "x".repeat(256)])("refuses the key %j", async (idempotencyKey) => {
    expect(await once({ idempotencyKey })).toEqual({
      kind: "malformed",
      reason: "must be 1 to 255 visible ASCII characters",
    });
    expect(runs).toBe(0);
  });

  it("answers though the answer cannot be kept, and says so in the log", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const failing = new Proxy(env.DB, {
      get(db, name) {
        if (name !== "prepare") return Reflect.get(db, name).bind(db);
        return (sql: string) => {
          if (sql.startsWith("UPDATE")) throw new Error("D1 is away");
          return db.prepare(sql);
        };
      },
    });
    const result = await answerOnce(failing, request, () => run(), NOW);
    expect(result).toMatchObject({ kind: "answer", response: { status: 201 } });
    expect(log.mock.calls).toEqual([[expect.stringContaining('"event":"answer_not_kept"')]]);
    log.mockRestore();
  });
});

async function rowsOfKey() {
  const { results } = await env.DB.prepare("SELECT * FROM idempotency_keys WHERE api_key_id = ?1")
    .bind(request.apiKeyId)
    .all();
  return results;
}

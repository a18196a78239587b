import { env, exports } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { accountKey } from "../../src/accounts/account-table.ts";
import { type Customer, call, newCustomer, newZone, type ShownZone } from "../support/control-plane.ts";
import { asset, type Origin, originAt, pass, play, playEdge } from "../support/edge.ts";
import { operate, resume, suspend } from "../support/operator.ts";
import { textOf } from "../support/records.ts";
import { errorOf, rest } from "../support/records-api.ts";

playEdge();

const ask = ({ name }: { name: string }, path = "/a.css", init?: RequestInit) =>
  exports.default.fetch(`http://${name}.rescdn.localhost${path}`, init);

/** What the edge did for a request: status and `X-Cache`. */
async function done(zone: { name: string }, path?: string, init?: RequestInit): Promise<[number, string | null]> {
  const answer = await ask(zone, path, init);
  await answer.arrayBuffer();
  return [answer.status, answer.headers.get("x-cache")];
}

const SUSPENDED = [403, "BYPASS"];

describe("a suspended account", () => {
  let customer: Customer;
  let origin: Origin;
  let zone: ShownZone;
  let origins = 0;
  beforeEach(async () => {
    customer = await newCustomer();
    origin = originAt(`https://suspended-${++origins}.example.com`).answers(
      asset("a {}", { "cache-control": "max-age=600" }),
    );
    zone = await newZone(customer.live, { origin: origin.url });
  });

  it("has its zones answer 403 with a reason to every request, also for what is hot", async () => {
    await done(zone);
    expect(await done(zone)).toEqual([200, "HIT"]);
    await suspend(customer.account);
    const answer = await ask(zone);
    expect(answer.status).toBe(403);
    expect(answer.headers.get("cache-status")).toBe("ResCDN; detail=suspended-account");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    expect(await answer.json()).toEqual({
      error: "the account that this zone belongs to is suspended",
      code: "suspended-account",
    });
    for (const init of [
      { method: "HEAD" },
      { method: "POST", body: "x" },
      { method: "OPTIONS", headers: { origin: "https://a.example", "access-control-request-method": "GET" } },
      { headers: { range: "bytes=0-1" } },
      { headers: { "if-none-match": "*" } },
      { headers: { "cdn-loop": "other" } },
    ]) {
      expect(await done(zone, "/a.css", init), JSON.stringify(init)).toEqual(SUSPENDED);
    }
    expect(await done(zone, "/never-asked.css")).toEqual(SUSPENDED);
    expect(origin.hits).toBe(1);
  });

  it("is served again when it goes on, out of what was stored before", async () => {
    await done(zone);
    await suspend(customer.account);
    await done(zone);
    await resume(customer.account);
    expect((await done(zone))[0]).toBe(200);
    expect(origin.hits).toBe(1);
    expect(await (await call("/v1/zones", { key: customer.live })).json()).toMatchObject({
      zones: [{ id: zone.id, active: true, version: zone.version }],
    });
  });

  it("has its test zones refused as well, and nobody else's", async () => {
    const other = await newCustomer();
    const test = await newZone(customer.test, { origin: origin.url });
    const others = await newZone(other.live, { origin: origin.url });
    await suspend(customer.account);
    expect(await done(test)).toEqual(SUSPENDED);
    expect((await done(others))[0]).toBe(200);
  });

  it("has keys that read, and change nothing", async () => {
    await suspend(customer.account);
    const key = customer.live;
    expect((await call("/v1/zones", { key })).status).toBe(200);
    expect((await call("/v1/me", { key })).status).toBe(200);
    const changes: [string, string, unknown?][] = [
      ["POST", "/v1/zones", { name: "another-name-1", origin: "https://a.example.com" }],
      ["PATCH", `/v1/zones/${zone.id}`, { active: false }],
      ["DELETE", `/v1/zones/${zone.id}`],
      ["POST", "/v1/keys", { name: "k" }],
      ["GET", `/v1/purge?zone=${zone.id}&path=/a.css`],
      ["POST", "/v1/purge", { zone: zone.id, everything: true }],
    ];
    for (const [method, path, body] of changes) {
      const answer = await call(path, { method, key, ...(body !== undefined && { body }) });
      expect([answer.status, await answer.json()], `${method} ${path}`).toMatchObject([
        403,
        { code: "account_suspended" },
      ]);
    }
    await resume(customer.account);
    expect((await call(`/v1/purge?zone=${zone.id}&path=/a.css`, { key })).status).toBe(200);
  });

  it("has names that say so, and records that are kept", async () => {
    const namespace = `suspended-${customer.account.slice(5, 12).toLowerCase()}`;
    const name = `get.config.${namespace}.v1.resolvedb.net`;
    const record = { key: `config.${namespace}.v1`, data: btoa("{}") };
    const key = customer.resolvedb;
    expect((await rest("/records", { method: "POST", key, body: { record } })).status).toBe(201);
    expect(await textOf(name)).toContain("s=ok");
    await suspend(customer.account);
    for (const asked of [name, `info.config.${namespace}.v1.resolvedb.net`, `list.${namespace}.v1.resolvedb.net`])
      expect(await textOf(asked), asked).toBe("v=rdb1;s=forbidden;err=E009");
    expect((await rest("/records", { key })).status).toBe(200);
    await errorOf(await rest("/records", { method: "POST", key, body: { record } }), 403, "authorization_error");
    await resume(customer.account);
    expect(await textOf(name)).toContain("s=ok");
  });
});

describe("an isolate that has not been told of a suspension", () => {
  const document = (account: string, revision: number, state = "suspended") => ({
    id: account,
    state,
    stoppedUntil: null,
    revision,
  });

  it("holds it from the second request on that comes seconds after the feed tells of it, without a wait for anybody", async () => {
    const { zone, origin, get } = await play({}, { account: "acct_elsewhere_kv" });
    origin.answers(asset("a {}", { "cache-control": "max-age=600" }));
    const status = async () => (await get("/a.css")).status;
    expect(await status()).toBe(200);
    await env.ZONES.put(accountKey(zone.account), JSON.stringify(document(zone.account, 1)));
    await env.CHANGE_FEED.getByName("zones").append(accountKey(zone.account), 1);
    expect(await status()).toBe(200);
    pass(2);
    expect(await status()).toBe(200); // as it was known, while the feed is read anew
    await vi.waitFor(async () => expect(await status()).toBe(403), { timeout: 10_000 });
  });

  it("holds it with its next counts, which go to the meter after a second at most, though KV says nothing yet", async () => {
    vi.spyOn(scheduler, "wait").mockImplementation(async () => void (await env.ZONES.get("nothing")));
    const { zone, origin, get } = await play({}, { account: "acct_elsewhere_meter" });
    origin.answers(asset("a {}", { "cache-control": "max-age=600" }));
    const status = async () => (await get("/a.css")).status;
    expect(await status()).toBe(200);
    await env.USAGE_METER.getByName(`${zone.account}:live`).know(document(zone.account, 1) as never);
    await vi.waitFor(async () => expect(await status()).toBe(403), { timeout: 10_000 });
    await env.USAGE_METER.getByName(`${zone.account}:live`).know(document(zone.account, 2, "active") as never);
    await vi.waitFor(async () => expect(await status()).toBe(200), { timeout: 10_000 });
  });

  it("reads nothing of KV for a hit while it knows the account, whether it has a document or not", async () => {
    const { origin, get } = await play({}, { account: "acct_without_document" });
    origin.answers(asset("a {}", { "cache-control": "max-age=600" }));
    for (let n = 0; n < 3; n++) await (await get("/a.css")).text();
    const reads = vi.spyOn(Object.getPrototypeOf(env.ZONES) as KVNamespace, "get");
    pass(4);
    expect((await get("/a.css")).headers.get("x-cache")).toBe("HIT");
    expect(reads.mock.calls).toEqual([]);
  });

  it("answers 503 where it cannot learn whether the account is suspended", async () => {
    const { get } = await play({}, { account: "acct_unreadable" });
    const original = env.ZONES.get.bind(env.ZONES) as (key: string, options: unknown) => Promise<unknown>;
    vi.spyOn(Object.getPrototypeOf(env.ZONES) as KVNamespace, "get").mockImplementation((async (
      key: string,
      options: unknown,
    ) => {
      if (key === accountKey("acct_unreadable")) throw new Error("KV is away");
      return original(key, options);
    }) as never);
    const answer = await get("/a.css");
    expect([answer.status, answer.headers.get("cache-status")]).toEqual([503, "ResCDN; detail=zone-table"]);
  });
});

it("keeps a suspension that KV did not take, and says so; the cron brings it", async () => {
  const { account } = await newCustomer();
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  const put = vi.spyOn(Object.getPrototypeOf(env.ZONES) as KVNamespace, "put").mockRejectedValue(new Error("away"));
  expect((await operate(`/accounts/${account}/suspend`, { reason: "abuse" })).status).toBe(503);
  put.mockRestore();
  expect(await env.ZONES.get(accountKey(account))).toBeNull();
  const { everyMinute } = await import("../../src/cron.ts");
  await everyMinute(env, Date.now());
  expect(await env.ZONES.get(accountKey(account), "json")).toMatchObject({ state: "suspended" });
});

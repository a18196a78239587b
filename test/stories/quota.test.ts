import { env, exports } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { type Customer, call, newCustomer, newZone, type ShownZone } from "../support/control-plane.ts";
import { asset, type Origin, originAt } from "../support/edge.ts";
import { operate, operated } from "../support/operator.ts";
import { PlayedWebhook, playReceivers } from "../support/webhooks.ts";

playReceivers();

interface Quota {
  month: string;
  requests: { used: number; quota: number | null; plan: number | null; cap: number | null };
  bytes: { used: number; quota: number | null; plan: number | null; cap: number | null };
  level: string;
  at_quota: string;
  stopped_until: string | null;
}

let customer: Customer;
let origin: Origin;
let zone: ShownZone;
let origins = 0;
beforeEach(async () => {
  // What is counted leaves for the meter at once; waiting for another delivery takes a turn.
  vi.spyOn(scheduler, "wait").mockImplementation((_, options) =>
    // What is only there to give something up never comes.
    options?.signal === undefined ? env.ZONES.get("nothing").then(() => undefined) : new Promise(() => undefined),
  );
  customer = await newCustomer();
  origin = originAt(`https://quota-${++origins}.example.com`).answers(
    asset("0123456789", { "cache-control": "max-age=600" }),
  );
  zone = await newZone(customer.live, { origin: origin.url });
});

const ask = ({ name } = zone) => exports.default.fetch(`http://${name}.rescdn.localhost/a.css`);
const setQuota = (body: object, key = customer.live) => call("/v1/quota", { method: "PATCH", key, body });
const quota = async () => (await call("/v1/quota", { key: customer.live })).json<Quota>();

/** Asks so often, and waits until the meter has counted it. */
async function use(requests: number): Promise<void> {
  const before = (await quota()).requests.used;
  for (let n = 0; n < requests; n++) await (await ask()).arrayBuffer();
  await vi.waitFor(async () => expect((await quota()).requests.used).toBe(before + requests), { timeout: 10_000 });
}

/** Waits until the account's changes are just these, newest first. */
async function expectNoticed(...actions: string[]): Promise<void> {
  await vi.waitFor(
    async () => {
      const { changes } = await (await call("/v1/audit?actor=meter", { key: customer.live })).json<{
        changes: { action: string }[];
      }>();
      expect(changes.map(({ action }) => action)).toEqual(actions);
    },
    { timeout: 10_000 },
  );
}

describe("a month's quota", () => {
  it("is the plan's, or the customer's own cap where that is less; what is used is exact", async () => {
    await use(3);
    expect(await quota()).toEqual({
      month: new Date().toISOString().slice(0, 7),
      requests: { used: 3, quota: 10_000_000, plan: 10_000_000, cap: null },
      bytes: { used: 30, quota: 1e12, plan: 1e12, cap: null },
      level: "within",
      at_quota: "continue",
      stopped_until: null,
    });
    const capped = await (await setQuota({ requests_cap: 100, bytes_cap: 1e15 })).json<Quota>();
    expect([capped.requests.quota, capped.bytes.quota]).toEqual([100, 1e12]);
    expect((await (await setQuota({ requests_cap: null })).json<Quota>()).requests.quota).toBe(10_000_000);
  });

  it("goes on beyond it unless the customer has said otherwise", async () => {
    await setQuota({ requests_cap: 1 });
    await use(2);
    await expectNoticed("account.quota_reached");
    expect(await quota()).toMatchObject({ level: "reached", stopped_until: null });
    expect((await ask()).status).toBe(200);
  });

  it("stops live zones with 429 where the customer wants that, until the month ends", async () => {
    await setQuota({ requests_cap: 5, at_quota: "stop" });
    await use(4);
    await expectNoticed("account.quota_near");
    expect((await ask()).status).toBe(200);
    await vi.waitFor(async () => expect((await ask()).status).toBe(429), { timeout: 10_000 });
    const answer = await ask();
    expect(answer.headers.get("cache-status")).toBe("ResCDN; detail=over-quota");
    expect(await answer.json()).toMatchObject({ code: "over-quota" });
    const now = new Date();
    const end = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1);
    expect(Number(answer.headers.get("retry-after"))).toBe(Math.ceil((end - Date.now()) / 1000));
    expect((await quota()).stopped_until).toBe(new Date(end).toISOString().replace(".000", ""));
    const test = await newZone(customer.test, { origin: origin.url });
    expect((await ask(test)).status).toBe(200);
    vi.setSystemTime(end - 1);
    expect((await ask()).status).toBe(429);
    vi.setSystemTime(end);
    expect((await ask()).status).toBe(200);
    expect(await quota()).toMatchObject({ level: "within", stopped_until: null });
  });

  it.each([
    ["a higher cap", { requests_cap: 1_000 }],
    ["none", { requests_cap: null }],
    ["the wish to go on", { at_quota: "continue" }],
  ])("that was reached lets zones be served again at once with %s", async (_, change) => {
    await setQuota({ requests_cap: 2, at_quota: "stop" });
    await use(2);
    await expectNoticed("account.quota_reached");
    await vi.waitFor(async () => expect((await ask()).status).toBe(429), { timeout: 10_000 });
    expect((await setQuota(change)).status).toBe(200);
    expect((await ask()).status).toBe(200);
  });

  it("that is set below what is used stops at once", async () => {
    await use(3);
    await setQuota({ bytes_cap: 30, at_quota: "stop" });
    expect((await ask()).status).toBe(429);
  });

  it("grows with the plan, at once", async () => {
    await use(1);
    const { id } = await (await call("/v1/me", { key: customer.live }))
      .json<{ account: { id: string } }>()
      .then(({ account }) => account);
    await operated(`/accounts/${id}`, { plan: "enterprise" }, "PATCH");
    expect((await quota()).requests).toEqual({ used: 1, quota: null, plan: null, cap: null });
  });

  it("tells the webhooks at 80 % and at 100 %, once each", async () => {
    await operate(`/accounts/${customer.account}`, { plan: "pro" }, "PATCH");
    const webhook = (await new PlayedWebhook(customer.account).insert()).answers(200);
    await setQuota({ requests_cap: 10 });
    await use(7);
    await expectNoticed();
    await use(1);
    await expectNoticed("account.quota_near");
    await use(1);
    await use(2);
    await use(1);
    await expectNoticed("account.quota_reached", "account.quota_near");
    await vi.waitFor(
      async () => {
        await webhook.deliver();
        expect(webhook.received.length).toBe(2);
      },
      { timeout: 10_000 },
    );
    const bodies = webhook.received.map(({ body }) => JSON.parse(body) as { type: string; data: object });
    expect(bodies).toMatchObject([
      {
        type: "quota.near",
        data: { account: { id: customer.account }, requests: { used: 8, quota: 10 }, at_quota: "continue" },
      },
      { type: "quota.reached", data: { requests: { quota: 10 }, stopped_until: null } },
    ]);
  });

  it.each([
    ["a test key", () => customer.test],
    ["a key that is restricted to zones", () => restricted()],
  ])("is nothing that %s sees or sets", async (_, keyOf) => {
    const key = await keyOf();
    for (const answer of [await call("/v1/quota", { key }), await setQuota({ requests_cap: 0 }, key)])
      expect([answer.status, await answer.json()]).toMatchObject([403, { code: "forbidden" }]);
  });

  it.each([[{ requests_cap: -1 }], [{ requests_cap: 1.5 }], [{ at_quota: "explode" }], [{ cap: 5 }]])(
    "is not set by %j",
    async (body) => {
      expect((await setQuota(body)).status).toBe(422);
    },
  );
});

async function restricted(): Promise<string> {
  const body = { name: "k", zones: [zone.id] };
  return (await (await call("/v1/keys", { method: "POST", key: customer.live, body })).json<{ token: string }>()).token;
}

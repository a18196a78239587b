import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { certificatesOf } from "../../src/hostnames/certificates/certificate-rows.ts";
import { tendCertificates } from "../../src/hostnames/certificates/tend-certificates.ts";
import {
  type Customer,
  call,
  moveClockWithCalls,
  newCustomer,
  newZone,
  type ShownZone,
} from "../support/control-plane.ts";
import { CustomHostnamesApi } from "../support/custom-hostnames-api.ts";
import {
  activeHostname,
  claim,
  newHostname,
  playNetwork,
  prove,
  remove,
  type ShownHostname,
} from "../support/hostnames.ts";
import { operated } from "../support/operator.ts";

const BASE = "https://cloudflare.test/client/v4";
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });
moveClockWithCalls();
const network = playNetwork();
let api: CustomHostnamesApi;
let customer: Customer;
let zone: ShownZone;
let logged: string[];

beforeEach(async () => {
  // Nothing of other tests is due.
  await env.DB.prepare("UPDATE hosts SET certificate_next_at = NULL").run();
  api = new CustomHostnamesApi();
  logged = [];
  vi.spyOn(console, "error").mockImplementation((line: string) => logged.push(line));
  customer = await newCustomer();
  zone = await newZone(customer.live);
  network.origin = (request) => {
    if (!request.url.startsWith(BASE)) return new Response("from the origin");
    throw new Error("the API has to be asked with its body");
  };
});

/** Moves the clock and looks after certificates once. */
async function tendAfter(seconds: number): Promise<void> {
  vi.setSystemTime(Date.now() + seconds * 1_000);
  const before = vi.mocked(fetch).getMockImplementation()!;
  vi.mocked(fetch).mockImplementation(async (input, init) => {
    const request = new Request(input as Request, init as RequestInit);
    if (!request.url.startsWith(BASE)) return before(input, init);
    expect(request.redirect).toBe("manual");
    return api.answer(request.method, new URL(request.url), request.headers.get("authorization"), await request.text());
  });
  const settings = { CLOUDFLARE_API_TOKEN: api.token, CLOUDFLARE_SAAS_ZONE_ID: api.zone, CLOUDFLARE_API_BASE: BASE };
  await tendCertificates({ ...env, ...settings }, Date.now());
  vi.mocked(fetch).mockImplementation(before);
}

async function certificateOf({ hostname }: Pick<ShownHostname, "hostname">) {
  const found = (await certificatesOf(env.DB, [hostname])).get(hostname)!;
  return { state: found.state, reason: found.reason };
}

describe("a certificate", { timeout: 30_000 }, () => {
  it("is ordered after the proof, not before, followed until it is active, and deleted with its hostname", async () => {
    const made = await claim(customer.live, zone.id);
    await tendAfter(0);
    expect(api.calls).toEqual([]);
    prove(network, made);
    await call(`/v1/zones/${zone.id}/hostnames/${made.hostname}/check`, { method: "POST", key: customer.live });
    await tendAfter(0);
    expect(api.calls).toEqual([`POST ${made.hostname}`]);
    expect(await certificateOf(made)).toEqual({
      state: "pending",
      reason: "Cloudflare says: pending, certificate initializing",
    });
    api.becomes(made.hostname, { verification_errors: ["custom hostname does not CNAME to this zone."] });
    await tendAfter(MINUTE);
    expect(await certificateOf(made)).toEqual({
      state: "pending",
      reason: "custom hostname does not CNAME to this zone.",
    });
    api.activate(made.hostname);
    await tendAfter(MINUTE);
    expect(await certificateOf(made)).toMatchObject({ state: "active" });
    await tendAfter(HOUR);
    expect(api.calls).toHaveLength(3);

    await remove(customer.live, made);
    await tendAfter(0);
    expect(api.held.size).toBe(0);
    await tendAfter(DAY);
    expect(api.calls).toEqual([
      `POST ${made.hostname}`,
      `GET ${made.hostname}`,
      `GET ${made.hostname}`,
      `DELETE ${made.hostname}`,
    ]);
  });

  it("is found where it was ordered before, without being noted: a hostname is never ordered twice", async () => {
    const made = await activeHostname(network, customer.live, zone.id);
    await tendAfter(0);
    await env.DB.prepare("UPDATE hosts SET certificate_id = NULL, certificate_next_at = 0 WHERE hostname = ?1")
      .bind(made.hostname)
      .run();
    await tendAfter(MINUTE);
    expect(api.calls).toEqual([`POST ${made.hostname}`, `POST ${made.hostname}`, `GET ${made.hostname}`]);
    expect(await certificateOf(made)).toMatchObject({ state: "pending" });
    expect(api.held.size).toBe(1);
  });

  it("is deleted though its order was never noted", async () => {
    const made = await activeHostname(network, customer.live, zone.id);
    await tendAfter(0);
    await env.DB.prepare("UPDATE hosts SET certificate_id = NULL WHERE hostname = ?1").bind(made.hostname).run();
    await call(`/v1/zones/${zone.id}`, { method: "DELETE", key: customer.live });
    await tendAfter(0);
    expect(api.held.size).toBe(0);
  });

  it("that has moved is asked for again, more and more seldom", async () => {
    const made = await activeHostname(network, customer.live, zone.id);
    await tendAfter(0);
    api.becomes(made.hostname, { status: "moved" });
    await tendAfter(MINUTE);
    expect(await certificateOf(made)).toEqual({ state: "moved", reason: "the hostname does not lead here" });
    expect(api.named(made.hostname).status).toBe("pending");
    for (let hour = 0; hour < 48; hour++) {
      api.becomes(made.hostname, { status: "moved" });
      await tendAfter(HOUR);
    }
    const refreshed = api.calls.filter((one) => one.startsWith("PATCH"));
    expect(refreshed.length).toBeGreaterThan(5);
    expect(refreshed.length).toBeLessThan(25);
    api.activate(made.hostname);
    await tendAfter(4 * HOUR);
    expect(await certificateOf(made)).toMatchObject({ state: "active" });
  });

  it("whose validation has timed out is asked for again", async () => {
    const made = await activeHostname(network, customer.live, zone.id);
    await tendAfter(0);
    api.named(made.hostname).ssl.status = "validation_timed_out";
    await tendAfter(MINUTE);
    expect(api.calls.at(-1)).toBe(`PATCH ${made.hostname}`);
    expect(await certificateOf(made)).toEqual({
      state: "pending",
      reason: "Cloudflare says: pending, certificate validation timed out",
    });
  });

  it.each(["pending_deletion", "gone"])("that Cloudflare has deleted (%s) is ordered anew", async (how) => {
    const made = await activeHostname(network, customer.live, zone.id);
    await tendAfter(0);
    if (how === "gone") api.held.clear();
    else api.becomes(made.hostname, { status: how });
    await tendAfter(MINUTE);
    expect(await certificateOf(made)).toMatchObject({ state: "waiting" });
    api.held.clear();
    await tendAfter(HOUR);
    expect(await certificateOf(made)).toMatchObject({ state: "pending" });
    expect(api.calls.filter((one) => one.startsWith("POST"))).toHaveLength(2);
  });

  it("waits while the network's quota is used up", async () => {
    const made = await activeHostname(network, customer.live, zone.id);
    api.quota = 0;
    await tendAfter(0);
    expect(await certificateOf(made)).toEqual({
      state: "waiting",
      reason: "this network can have no more hostnames for now",
    });
    expect(logged.join()).toContain('"kind":"quota"');
    api.quota = 1;
    await tendAfter(HOUR);
    expect(await certificateOf(made)).toMatchObject({ state: "pending" });
  });

  it("is not to be had for a name that Cloudflare does not take, or has blocked", async () => {
    const made = await activeHostname(network, customer.live, zone.id, newHostname().replace(/com$/, "org"));
    await tendAfter(0);
    expect(await certificateOf(made)).toEqual({
      state: "failed",
      reason: "Cloudflare does not accept this hostname (status 400, error codes 1411)",
    });
    const other = await activeHostname(network, customer.live, zone.id);
    await tendAfter(0);
    api.becomes(other.hostname, { status: "blocked" });
    await tendAfter(MINUTE);
    expect(await certificateOf(other)).toEqual({ state: "failed", reason: "Cloudflare has blocked this hostname" });
  });

  it("waits as long as a 429 says, and so do all others", async () => {
    const both = [
      await activeHostname(network, customer.live, zone.id),
      await activeHostname(network, customer.live, zone.id),
    ];
    api.fails({ status: 429, code: 971, headers: { "retry-after": "600" } });
    await tendAfter(0);
    expect(api.calls).toHaveLength(1);
    await tendAfter(9 * MINUTE);
    expect(api.calls).toHaveLength(1);
    await tendAfter(MINUTE);
    expect(api.calls).toHaveLength(3);
    for (const one of both) expect(await certificateOf(one)).toMatchObject({ state: "pending" });
  });

  it.each([
    ["a failure", { status: 500, code: 1_500 }],
    ["a wrong token", { status: 403, code: 10_000 }],
    ["silence", "unreachable"],
    ["nonsense", "nonsense"],
  ] as const)("is ordered after %s of the API, and the token stands in no log", async (_, fault) => {
    const made = await activeHostname(network, customer.live, zone.id);
    api.fails(fault);
    await tendAfter(0);
    expect(await certificateOf(made)).toMatchObject({
      state: "waiting",
      reason: expect.stringContaining("tried again"),
    });
    await tendAfter(5 * MINUTE);
    expect(await certificateOf(made)).toMatchObject({ state: "pending" });
    expect(logged.join()).not.toContain(api.token);
  });

  it("is one of many that are not all asked for while the API fails", async () => {
    for (let more = 0; more < 5; more++) await activeHostname(network, customer.live, zone.id);
    api.fails("unreachable");
    await tendAfter(0);
    expect(api.calls).toHaveLength(1);
    await tendAfter(MINUTE / 2);
    expect(api.calls).toHaveLength(5);
    await tendAfter(MINUTE / 2);
    expect(api.held.size).toBe(5);
  });

  it("is kept for a hostname that goes to another account, whose it is then", async () => {
    const made = await activeHostname(network, customer.live, zone.id);
    await tendAfter(0);
    api.activate(made.hostname);
    const other = await newCustomer();
    const theirs = await newZone(other.live);
    await activeHostname(network, other.live, theirs.id, made.hostname);
    await tendAfter(0);
    expect(api.calls).toEqual([`POST ${made.hostname}`, `GET ${made.hostname}`]);
    expect((await certificatesOf(env.DB, [made.hostname])).get(made.hostname)).toMatchObject({
      zone: theirs.id,
      state: "active",
    });
  });

  it("is not ordered beyond the plan, those included that are to be deleted still", async () => {
    const first = await activeHostname(network, customer.live, zone.id);
    for (let more = 0; more < 4; more++) await activeHostname(network, customer.live, zone.id);
    await tendAfter(0);
    await remove(customer.live, first);
    const third = await activeHostname(network, customer.live, zone.id);
    api.fails({ status: 500, code: 1_500 });
    await tendAfter(0);
    await tendAfter(MINUTE / 2);
    expect(await certificateOf(third)).toMatchObject({
      state: "waiting",
      reason: expect.stringContaining("plan allows 5"),
    });
    expect(api.held.size).toBe(5);
    await tendAfter(10 * MINUTE);
    expect(await certificateOf(third)).toMatchObject({ state: "pending" });
    expect(api.held.size).toBe(5);
  });

  it("is one of at most fifteen that are ordered in a minute", async () => {
    await operated(`/accounts/${customer.account}`, { plan: "pro" }, "PATCH");
    const names = Array.from({ length: 20 }, () => newHostname());
    for (const name of names) await activeHostname(network, customer.live, zone.id, name);
    await tendAfter(0);
    expect(api.held.size).toBe(15);
    await tendAfter(MINUTE);
    expect(api.held.size).toBe(20);
  });
});

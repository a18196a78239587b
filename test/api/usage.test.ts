import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hashToken, newToken } from "../../src/accounts/token.ts";
import type { OriginFigures, UsageLine } from "../../src/usage/batch.ts";
import { bucketOf } from "../../src/usage/first-byte.ts";
import type { PathCount } from "../../src/usage/top-paths.ts";
import { type Customer, call, newCustomer, newZone, textWithoutId } from "../support/control-plane.ts";

const NOON = Date.UTC(2026, 2, 10, 12);
const HOUR = 3_600_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
});
afterEach(() => {
  vi.useRealTimers();
});

let batches = 0;

/** Has a location's meter count, as an isolate would. */
async function count(
  customer: Customer,
  zone: string,
  lines: UsageLine[],
  {
    hour = NOON,
    mode = "live",
    pop = "AMS",
    paths = [] as PathCount[],
    floor = 0,
    origin = null as OriginFigures | null,
  } = {},
): Promise<void> {
  await env.LOCATION_METER.getByName(pop).add({
    source: "isolate",
    number: ++batches,
    zones: [
      { owner: `${customer.account}:${mode}`, zone, hour, lines, paths: { floor, paths }, ...(origin && { origin }) },
    ],
  });
}

async function usage<Body = Record<string, unknown>>(key: string, query = "", path = "/v1/usage"): Promise<Body> {
  const answer = await call(`${path}${query}`, { key });
  expect(answer.status).toBe(200);
  return answer.json<Body>();
}

async function keyFor(customer: Customer, zones: string[]): Promise<string> {
  const token = newToken("rk_live");
  await env.DB.prepare(
    `INSERT INTO api_keys (id, account_id, product, mode, hash, prefix, name, scopes, zones, created_at)
     VALUES (?1, ?2, 'rescdn', 'live', ?3, '', '', 'usage:read', ?4, 0)`,
  )
    .bind(`key_${crypto.randomUUID()}`, customer.account, await hashToken(token), JSON.stringify(zones))
    .run();
  return token;
}

const NO_ORIGIN = { origin_requests: 0, origin_bytes: 0, origin_first_byte_ms: null };

describe("GET /v1/usage", () => {
  it("answers the documented fields for the current month, with breakdowns", async () => {
    const customer = await newCustomer();
    const zone = await newZone(customer.live);
    await count(customer, zone.id, [
      ["HIT", 2, 97, 9_700],
      ["MISS", 4, 3, 33],
    ]);
    await count(customer, zone.id, [["HIT", 2, 1_000, 1]], { hour: Date.UTC(2026, 1, 28, 23) });
    const all = {
      requests: 100,
      bandwidth_bytes: 9_733,
      cache_hit_rate: 0.97,
      cached_bytes: 9_700,
      uncached_bytes: 33,
      byte_hit_rate: 0.9966,
      ...NO_ORIGIN,
    };
    const hits = { requests: 97, bandwidth_bytes: 9_700, cache_hit_rate: 1 };
    const misses = { requests: 3, bandwidth_bytes: 33, cache_hit_rate: 0 };
    expect(await usage(customer.live)).toEqual({
      period_start: "2026-03-01",
      period_end: "2026-03-31",
      ...all,
      by_cache_status: [
        { cache_status: "HIT", ...hits },
        { cache_status: "MISS", ...misses },
      ],
      by_status_class: [
        { status_class: "2xx", ...hits },
        { status_class: "4xx", ...misses },
      ],
      by_pop: [{ pop: "AMS", ...all }],
      by_zone: [{ zone: zone.id, name: zone.name, ...all }],
      origin_errors: [],
      refusals: [],
    });
  });

  it("adds up locations exactly, and says what origins were asked in each, in each zone and in each hour", async () => {
    const customer = await newCustomer();
    const origin = (requests: number, bytes: number, ms: number) =>
      ({ requests, bytes, firstByte: [[bucketOf(ms), requests]] }) satisfies OriginFigures;
    await count(customer, "zone_a", [["MISS", 2, 3, 500]], { pop: "AMS", origin: origin(3, 280, 10) });
    await count(customer, "zone_a", [["HIT", 2, 7, 700]], { pop: "SIN" });
    await count(customer, "zone_b", [["MISS", 5, 1, 10]], { pop: "SIN", hour: NOON - HOUR, origin: origin(2, 0, 400) });
    const report = await usage<Record<string, { [name: string]: unknown }[]>>(customer.live, "?granularity=hour");
    expect(report).toMatchObject({
      requests: 11,
      bandwidth_bytes: 1_210,
      cached_bytes: 700,
      uncached_bytes: 510,
      byte_hit_rate: 0.5785,
      origin_requests: 5,
      origin_bytes: 280,
    });
    const [low, high] = [10, 400].map((ms) => expect.closeTo(ms, -Math.log10(2 * 0.05 * ms)));
    expect(report.origin_first_byte_ms).toEqual({ p50: low, p95: high });
    expect(report.by_pop).toMatchObject([
      { pop: "SIN", requests: 8, origin_requests: 2, origin_first_byte_ms: { p50: high, p95: high } },
      { pop: "AMS", requests: 3, origin_requests: 3, origin_bytes: 280, byte_hit_rate: 0 },
    ]);
    expect(report.by_zone).toMatchObject([
      { zone: "zone_a", origin_requests: 3 },
      { zone: "zone_b", origin_requests: 2 },
    ]);
    expect(report.series?.slice(-2)).toMatchObject([
      { start: "2026-03-10T11:00:00Z", origin_requests: 2 },
      { start: "2026-03-10T12:00:00Z", origin_requests: 3 },
    ]);
  });

  it("counts HIT, STALE and REVALIDATED as hits", async () => {
    const customer = await newCustomer();
    await count(customer, "zone_any", [
      ["HIT", 2, 1, 0],
      ["STALE", 2, 1, 0],
      ["REVALIDATED", 2, 1, 0],
      ["MISS", 2, 1, 0],
      ["BYPASS", 4, 4, 0],
    ]);
    expect(await usage(customer.live)).toMatchObject({ requests: 8, cache_hit_rate: 0.375 });
  });

  it("answers zeros to an account that nobody has asked for anything", async () => {
    const customer = await newCustomer();
    expect(await usage(customer.live)).toMatchObject({
      requests: 0,
      bandwidth_bytes: 0,
      cache_hit_rate: 0,
      by_zone: [],
    });
  });

  it("gives a series by the hour, filled up to now", async () => {
    const customer = await newCustomer();
    await count(customer, "zone_any", [["HIT", 2, 2, 20]], { hour: NOON - 2 * HOUR });
    const { series, ...rest } = await usage<{ series: object[] }>(
      customer.live,
      "?from=2026-03-10T09:00:00Z&to=2026-03-10T20:00:00Z&granularity=hour",
    );
    expect(rest).toMatchObject({
      period_start: "2026-03-10T09:00:00Z",
      period_end: "2026-03-10T20:00:00Z",
      requests: 2,
    });
    const nothing = {
      requests: 0,
      bandwidth_bytes: 0,
      cache_hit_rate: 0,
      cached_bytes: 0,
      uncached_bytes: 0,
      byte_hit_rate: 0,
      ...NO_ORIGIN,
      status_classes: {},
    };
    expect(series).toEqual([
      { start: "2026-03-10T09:00:00Z", ...nothing },
      {
        start: "2026-03-10T10:00:00Z",
        ...nothing,
        requests: 2,
        bandwidth_bytes: 20,
        cache_hit_rate: 1,
        cached_bytes: 20,
        byte_hit_rate: 1,
        status_classes: { "2xx": 2 },
      },
      { start: "2026-03-10T11:00:00Z", ...nothing },
      { start: "2026-03-10T12:00:00Z", ...nothing },
    ]);
  });

  it("gives a series by the day, of a zone by name", async () => {
    const customer = await newCustomer();
    const zone = await newZone(customer.live);
    await count(customer, zone.id, [["HIT", 2, 2, 20]], { hour: NOON - 24 * HOUR });
    await count(customer, "zone_other", [["HIT", 2, 5, 50]], { hour: NOON - 24 * HOUR });
    const query = `?from=2026-03-08&granularity=day&zone=${zone.name}`;
    const { series, by_zone } = await usage<{ series: { requests: number }[]; by_zone: object[] }>(
      customer.live,
      query,
    );
    expect(series.map(({ requests }) => requests)).toEqual([0, 2, 0]);
    expect(by_zone).toHaveLength(1);
  });

  it("keeps accounts apart, and live from test zones", async () => {
    const [customer, stranger] = await Promise.all([newCustomer(), newCustomer()]);
    await count(customer, "zone_live", [["HIT", 2, 1, 10]]);
    await count(customer, "zone_test", [["HIT", 2, 2, 20]], { mode: "test" });
    expect(await usage(customer.live)).toMatchObject({ requests: 1, by_zone: [{ zone: "zone_live" }] });
    expect(await usage(customer.test)).toMatchObject({ requests: 2, by_zone: [{ zone: "zone_test" }] });
    expect(await usage(stranger.live)).toMatchObject({ requests: 0 });
  });

  it("sums only the zones of a key that is restricted to some, and knows no other", async () => {
    const customer = await newCustomer();
    const [mine, hidden] = [await newZone(customer.live), await newZone(customer.live)];
    await count(customer, mine.id, [["HIT", 2, 1, 10]]);
    await count(customer, hidden.id, [["HIT", 2, 2, 20]]);
    const key = await keyFor(customer, [mine.id]);
    expect(await usage(key)).toMatchObject({ requests: 1, by_zone: [{ zone: mine.id }] });
    expect(await usage(key, `?zone=${mine.id}`)).toMatchObject({ requests: 1 });
    for (const path of ["/v1/usage", "/v1/usage/paths"]) {
      const answers = await Promise.all([hidden.id, "zone_none"].map((id) => call(`${path}?zone=${id}`, { key })));
      expect(answers.map(({ status }) => status)).toEqual([404, 404]);
      expect(await textWithoutId(answers[0]!)).toBe(await textWithoutId(answers[1]!));
    }
  });

  it.each([
    ["from=yesterday", "from", /must be a date/],
    ["to=2026-02-30", "to", /must be a date/],
    ["from=2026-03-10T10:15:00Z", "from", /whole hour/],
    ["from=2026-03-10&to=2026-03-09", "from", /earlier than `to`/],
    ["from=2026-01-01&granularity=hour", "granularity", /31 days at most/],
    ["granularity=minute", "granularity", /./],
  ])("answers 422 to %s and says why", async (query, field, message) => {
    const { live } = await newCustomer();
    const answer = await call(`/v1/usage?${query}`, { key: live });
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ details: [{ field, message: expect.stringMatching(message) }] });
  });
});

describe("GET /v1/usage/paths", () => {
  it("answers the most requested paths of a zone's day, with their errors", async () => {
    const customer = await newCustomer();
    const zone = await newZone(customer.live);
    await count(customer, zone.id, [["HIT", 2, 9, 0]], {
      paths: [
        ["/app.js", 7, 1],
        ["/a.css", 2, 0],
      ],
      floor: 1,
    });
    const today = {
      zone: zone.id,
      name: zone.name,
      day: "2026-03-10",
      paths: [
        { path: "/app.js", requests: 7, error: 1 },
        { path: "/a.css", requests: 2, error: 0 },
      ],
      others_at_most: 1,
    };
    expect(await usage(customer.live, `?zone=${zone.name}`, "/v1/usage/paths")).toEqual(today);
    expect(await usage(customer.live, `?zone=${zone.id}&day=2026-03-09`, "/v1/usage/paths")).toEqual({
      zone: zone.id,
      name: zone.name,
      day: "2026-03-09",
      paths: [],
      others_at_most: 0,
    });
  });

  it.each([
    ["", "zone"],
    ["?zone=z&day=today", "day"],
    ["?zone=z&day=2025-11-01", "day"],
  ])("answers 422 to %j", async (query, field) => {
    const { live } = await newCustomer();
    const answer = await call(`/v1/usage/paths${query}`, { key: live });
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ details: [{ field }] });
  });
});

describe("GET /v1/purge", () => {
  it("says how many locations have served the network in the last 30 days", async () => {
    const customer = await newCustomer();
    const zone = await newZone(customer.live);
    const nodes = async () => {
      const answer = await call(`/v1/purge?zone=${zone.id}&path=/a`, { key: customer.live });
      return (await answer.json<{ nodes: number }>()).nodes;
    };
    await env.DB.prepare("DELETE FROM pops").run();
    expect(await nodes()).toBe(1);
    for (const [n, pop] of ["FRA", "NRT", "JFK"].entries()) await count(customer, zone.id, [["HIT", 2, n, n]], { pop });
    await vi.waitFor(async () => expect(await nodes()).toBe(3), { timeout: 10_000 });
  });
});

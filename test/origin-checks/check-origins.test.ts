import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { checkOrigins } from "../../src/origin-checks/check-origins.ts";
import type { ZoneDocument } from "../../src/zones/zone.ts";
import { call, customerOf, newZone } from "../support/control-plane.ts";

const customer = customerOf(beforeAll);
const asked: Request[] = [];
let down: string[] = [];

beforeEach(() => {
  asked.length = 0;
  down = [];
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input as Request, init as RequestInit);
    asked.push(request);
    const { hostname } = new URL(request.url);
    if (down.includes(hostname)) return new Response("down", { status: 503 });
    return new Response("fine");
  });
});

afterEach(() => {
  vi.restoreAllMocks();
});

const run = async () => {
  vi.setSystemTime(Date.now() + 60_000);
  await checkOrigins(env, Date.now());
};

it("asks each origin of a zone that wants it, in its own way, and tells the edge once two checks have failed", async () => {
  const origins = [
    { name: "a", url: "https://a.example.com/base" },
    { name: "b", url: "https://b.example.com", auth: { type: "bearer", token: "of-b" } },
    { name: "c", url: "https://c.example.com", drain: true },
  ];
  const settings = { origins, failover: { check_path: "/health" } };
  const zone = await newZone(customer.live, { origin: undefined, settings });
  const documentNow = async () => (await env.ZONES.get<ZoneDocument>(`zone:${zone.name}`, "json"))!;
  const downNow = async () => (await documentNow()).origins_down;
  await run();
  expect(asked.map(({ url, headers }) => [url, headers.get("authorization")]).sort()).toEqual([
    ["https://a.example.com/base/health", null],
    ["https://b.example.com/health", "Bearer of-b"],
  ]);
  const { version } = await documentNow();
  down = ["a.example.com"];
  await run();
  expect(await downNow(), "once is not enough").toBe(undefined);
  await run();
  expect(await downNow()).toEqual(["a"]);
  await run();
  expect((await documentNow()).version, "what stays as it is is not published").toBe(version + 1);
  down = [];
  await run();
  expect(await downNow()).toBe(undefined);
  const none = { settings: { failover: { check_path: null } } };
  await call(`/v1/zones/${zone.id}`, { method: "PATCH", key: customer.live, body: none });
  asked.length = 0;
  await run();
  expect(asked).toEqual([]);
});

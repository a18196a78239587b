import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { WhyReport } from "../../src/why/report.ts";
import type { ZoneSettings } from "../../src/zones/settings.ts";
import type { ZoneDocument } from "../../src/zones/zone.ts";
import { type Customer, call, newCustomer, textWithoutId } from "../support/control-plane.ts";
import { asset, originAt, type Play, pass, play as playAny, playEdge } from "../support/edge.ts";
import { newKey } from "../support/keys.ts";

playEdge();

let customer: Customer;
let other: Customer;
beforeAll(async () => {
  customer = await newCustomer();
  other = await newCustomer();
});

const play = (settings: Partial<ZoneSettings> = {}, change: Partial<ZoneDocument> = {}) =>
  playAny(settings, { account: customer.account, ...change });

function ask({ zone }: Play, path: string, query: Record<string, string | string[]> = {}, key = customer.live) {
  const parameters = new URLSearchParams({ url: `https://${zone.name}.rescdn.io${path}` });
  for (const [name, value] of Object.entries(query)) for (const one of [value].flat()) parameters.append(name, one);
  return call(`/v1/why?${parameters}`, { key });
}

async function why(cdn: Play, path: string, query: Record<string, string | string[]> = {}): Promise<WhyReport> {
  const answer = await ask(cdn, path, query);
  expect(answer.status).toBe(200);
  return answer.json();
}

describe("GET /v1/why", () => {
  it("tells a miss before anything is stored, without asking the origin", async () => {
    const cdn = await play();
    const told = await why(cdn, "/a.css?v=1");
    expect(told).toMatchObject({
      zone: { id: cdn.zone.id },
      target: { path: "/a.css", query: "?v=1", asset: { type: "css" }, ttl: { seconds: 86_400, setting: "ttl.css" } },
      decision: { kind: "fetch", asks_origin: true, cache_status: "ResCDN; fwd=uri-miss" },
      stored: null,
      origin: null,
    });
    expect(told.summary).toMatch(/^A miss/);
    expect(cdn.origin.hits).toBe(0);
  });

  it("says the very Cache-Status that the next client gets, hit and stale alike", async () => {
    const cdn = await play({ stale_while_revalidate: 600 });
    cdn.origin.answers(asset("a", { "cache-control": "max-age=600", etag: '"1"', "cache-tag": "red, blue" }));
    await cdn.get("/a.css");
    pass(30);
    const hit = await why(cdn, "/a.css");
    expect(hit.decision).toMatchObject({ kind: "hit", status: 200, asks_origin: false, word: null });
    expect(hit.stored).toMatchObject({ use: "fresh", size: 1, tags: 2, etag: '"1"', lifetime: { source: "max-age" } });
    expect(hit.decision.cache_status).toBe((await cdn.get("/a.css")).headers.get("cache-status"));
    pass(700);
    const stale = await why(cdn, "/a.css");
    expect(stale.decision).toMatchObject({
      kind: "stale",
      asks_origin: true,
      word: { word: "stale-while-revalidate" },
    });
    expect(stale.decision.cache_status).toBe((await cdn.get("/a.css")).headers.get("cache-status"));
  });

  it("leaves no trace: nothing is fetched, stored, counted or given back", async () => {
    const cdn = await play();
    cdn.origin.answers(asset("a", { "cache-control": "max-age=60" }));
    await why(cdn, "/a.css", { ask_origin: "true" });
    expect(cdn.origin.hits).toBe(1);
    const first = await cdn.get("/a.css");
    expect(first.headers.get("x-cache")).toBe("MISS");
    await first.text();
    pass(120);
    const looked = await why(cdn, "/a.css");
    expect(looked.decision.kind).toBe("validate");
    expect((await why(cdn, "/a.css")).stored).toMatchObject({ use: "validate", where: "cache" });
    expect(cdn.origin.hits).toBe(2);
  });

  it.each([
    ["no-store", { "cache-control": "no-store" }, "/a", "RFC 9111 §5.2.2.5"],
    ["private", { "cache-control": "private" }, "/a", "RFC 9111 §5.2.2.7"],
    ["vary-star", { vary: "*" }, "/a.css", "RFC 9111 §4.1"],
    ["no-freshness", {}, "/page", "RFC 9111 §3, §4.2"],
    ["type-mismatch", { "content-type": "text/html" }, "/a.css", null],
  ])("with ask_origin names %s and the clause behind it, as the edge does", async (word, headers, path, law) => {
    const cdn = await play();
    cdn.origin.answers(asset("a", headers));
    const told = await why(cdn, path, { ask_origin: "1" });
    expect(told.origin).toMatchObject({
      reachable: true,
      status: 200,
      verdict: { stored: false, word: { word, law } },
    });
    expect(told.decision.word?.word).toBe(word);
    expect(told.decision.cache_status).toBe((await cdn.get(path)).headers.get("cache-status"));
  });

  it("with ask_origin tells who says for how long, and in whose name", async () => {
    const cdn = await play({ ttl_by_extension: { css: 120 } });
    cdn.origin.answers(asset("a", { "content-type": "text/plain", "set-cookie": "session=secret; Path=/" }));
    const told = await why(cdn, "/a.css", { ask_origin: "true" });
    expect(told.target.ttl).toEqual({ seconds: 120, setting: "ttl_by_extension.css", mode: "respect" });
    expect(told.origin?.verdict).toMatchObject({ stored: true, lifetime: { seconds: 120, source: "policy" } });
    expect(told.origin?.fields).toContainEqual({ name: "set-cookie", value: "session=[hidden]" });
    expect(JSON.stringify(told)).not.toContain("secret");
  });

  it("tells why an origin gave no answer, and that something stale would be served", async () => {
    const cdn = await play({ ttl: { ...zoneTtl, css: 60 } });
    cdn.origin.answers(asset("a", { etag: '"1"' }), () => Promise.reject(new Error("Network connection lost.")));
    await (await cdn.get("/a.css")).text();
    pass(120);
    const told = await why(cdn, "/a.css", { ask_origin: "true" });
    expect(told.origin).toMatchObject({ reachable: false, status: null, failure: { of: "origin" } });
    expect(told.decision).toMatchObject({ kind: "stale", word: { word: "stale-if-error", law: "RFC 5861 §4" } });
  });

  it("names the purge that hits what is stored, and still shows what it was", async () => {
    const cdn = await play();
    cdn.origin.answers(asset("a", { "cache-control": "max-age=600" }));
    await (await cdn.get("/a.css")).text();
    const purges = { ...cdn.zone.purges, prefixes: { "/a": [2, 0, 0] as const, "/b": [2, 0, 0] as const } };
    await cdn.publish({ purges });
    const told = await why(cdn, "/a.css");
    expect(told.stored?.use).toBe("purged");
    expect(told.purges).toEqual([{ kind: "prefix", name: "/a", soft: false, version: 2, at: null, hits: true }]);
    expect(told.decision).toMatchObject({ kind: "fetch", word: { word: "purged" } });
  });

  it("names the rules that match by their place in the zone's list, disabled ones counted", async () => {
    const rules = [
      { enabled: false, do: { cache: "bypass" as const } },
      { name: "long", when: { path: "/a*" }, do: { edge_ttl: 5 } },
      { when: { path: "/b*" }, do: { edge_ttl: 6 } },
      { name: "nothing", when: { header: { "x-debug": true } }, do: { cache: "bypass" as const } },
    ];
    const cdn = await play({ rules });
    expect((await why(cdn, "/a.css")).rules).toEqual([{ place: 1, name: "long", does: ["edge_ttl"] }]);
    const debugging = await why(cdn, "/a.css", { header: ["X-Debug: 1", "Accept: text/css"] });
    expect(debugging.rules.map(({ place }) => place)).toEqual([1, 3]);
    expect(debugging.decision).toMatchObject({ kind: "pass", word: { word: "rule", setting: "rules" } });
  });

  it("judges access as of the client that is named", async () => {
    const cdn = await play({ access: { addresses: { allow: ["203.0.113.0/24"] }, countries: { deny: ["DE"] } } });
    const asked = (address: string, country: string) => why(cdn, "/a.css", { address, country });
    expect((await asked("203.0.113.7", "FR")).access.verdict).toBe("passes");
    expect((await asked("198.51.100.1", "FR")).access).toMatchObject({
      verdict: "refused",
      word: { word: "access-address" },
    });
    expect((await asked("203.0.113.7", "DE")).decision).toMatchObject({ kind: "refuse", status: 403 });
  });

  it("takes nothing of a client's rate", async () => {
    const cdn = await play({ access: { rate_limit: { requests: 1 } } });
    cdn.origin.answers(asset("a"));
    for (let count = 0; count < 5; count++)
      expect((await why(cdn, "/a.css", { address: "203.0.113.7" })).access.verdict).toBe("passes");
    const get = () => cdn.get("/a.css", { headers: { "cf-connecting-ip": "203.0.113.7" } });
    expect((await get()).status).toBe(200);
    expect((await get()).status).toBe(429);
    expect((await why(cdn, "/a.css", { address: "203.0.113.7" })).decision.word?.word).toBe("rate-limited");
  });

  it("tells of HEAD, unsafe methods, and a zone that is paused", async () => {
    const cdn = await play({ methods: "all" });
    expect((await why(cdn, "/a.css", { method: "HEAD" })).decision).toMatchObject({
      kind: "pass",
      word: { word: "head" },
    });
    expect((await why(cdn, "/a.css", { method: "POST" })).decision).toMatchObject({ kind: "pass", word: null });
    await cdn.publish({ state: "paused" });
    expect((await why(cdn, "/a.css")).decision).toMatchObject({
      kind: "refuse",
      status: 403,
      word: { word: "paused-zone" },
    });
  });

  it("answers of a customer's own hostname as of the zone's", async () => {
    const cdn = await play();
    const hostname = `cdn-${crypto.randomUUID().slice(0, 8)}.example.com`;
    const zone = { name: cdn.zone.name, id: cdn.zone.id };
    await env.ZONES.put(`host:${hostname}`, JSON.stringify({ hostname, state: "active", zone, revision: 1 }));
    const answer = await call(`/v1/why?url=https://${hostname}/a.css`, { key: customer.live });
    expect(await answer.json()).toMatchObject({
      hostname: { name: hostname, custom: true },
      zone: { id: cdn.zone.id },
      target: { key: (await why(cdn, "/a.css")).target.key },
    });
  });

  it("answers of another's zone to the letter what it answers of one that nobody has", async () => {
    const cdn = await play();
    const test = await play({}, { mode: "test" });
    const nobody = await call("/v1/why?url=https://nobody-has-it.rescdn.io/a.css", { key: customer.live });
    expect(nobody.status).toBe(404);
    const text = await textWithoutId(nobody);
    const restricted = await newKey(customer.live, { zones: [] }).catch(() => null);
    for (const [one, key] of [
      [cdn, other.live],
      [cdn, customer.test],
      [test, customer.live],
      ...(restricted === null ? [] : [[cdn, restricted.token] as const]),
    ] as const) {
      const answer = await ask(one, "/a.css", { ask_origin: "true" }, key);
      expect(answer.status).toBe(404);
      expect(await textWithoutId(answer)).toBe(text);
      expect(one.origin.hits).toBe(0);
    }
  });

  it.each([
    ["no URL", "url=nonsense"],
    ["a field without a colon", "url=https://a.rescdn.io/&header=nonsense"],
    ["a host of its own", "url=https://a.rescdn.io/&header=Host:%20b"],
    ["a method that leaves HTTP", "url=https://a.rescdn.io/&method=CONNECT"],
    ["an address that is none", "url=https://a.rescdn.io/&address=1.2.3"],
  ])("refuses %s in a sentence", async (_, query) => {
    const answer = await call(`/v1/why?${query}`, { key: customer.live });
    expect(answer.status).toBe(422);
    expect((await answer.json<{ details: { message: string }[] }>()).details[0]?.message).toMatch(/\w/);
  });
});

describe("POST /v1/origin-check", () => {
  const check = (body: object, key = customer.live) => call("/v1/origin-check", { method: "POST", key, body });

  it("says what a zone with this origin would make of a path", async () => {
    const origin = originAt("https://shop.example").answers(asset("a", { "content-type": "text/css" }));
    const answer = await check({ origin: "https://shop.example", path: "/site.css" });
    expect(await answer.json()).toMatchObject({
      asked: "https://shop.example/site.css",
      reachable: true,
      status: 200,
      verdict: { stored: true, lifetime: { seconds: 86_400, source: "policy", setting: "ttl" } },
    });
    expect(origin.requests[0]?.headers.get("x-forwarded-host")).toBe("your-zone.rescdn.io");
  });

  it("asks no private server, and nothing of ours", async () => {
    for (const origin of ["https://10.0.0.1", "https://169.254.169.254", "https://api.rescdn.io", "http://a.example"]) {
      const answer = await check({ origin });
      expect(answer.status).toBe(422);
      expect(await answer.json()).toMatchObject({ details: [{ field: "origin" }] });
    }
  });

  it("is asked 30 times a minute for an account, together with ask_origin", async () => {
    originAt("https://often.example").answers(asset("a"));
    const busy = await newCustomer();
    const statuses: number[] = [];
    for (let count = 0; count < 31; count++)
      statuses.push((await check({ origin: "https://often.example" }, busy.live)).status);
    expect(statuses).toEqual([...Array<number>(30).fill(200), 429]);
    const cdn = await playAny({}, { account: busy.account });
    const answer = await ask(cdn, "/a.css", { ask_origin: "true" }, busy.live);
    expect(answer.status).toBe(429);
    expect(answer.headers.get("retry-after")).toMatch(/^[1-9]\d?$/);
    expect((await ask(cdn, "/a.css", {}, busy.live)).status).toBe(200);
  });
});

const zoneTtl = { css: 86_400, js: 86_400, font: 604_800, image: 86_400, media: 86_400, other: null };

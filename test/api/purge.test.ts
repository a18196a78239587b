import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { textHash } from "../../src/text-hash.ts";
import { purgeVerdict } from "../../src/zones/purge/purge-log.ts";
import type { ZoneDocument } from "../../src/zones/zone.ts";
import { call, customerOf, newZone, type ShownZone } from "../support/control-plane.ts";

const customer = customerOf(beforeAll);
beforeAll(async () => {
  await env.DB.prepare("UPDATE accounts SET plan = 'enterprise'").run(); // for its rate
});

const purgesOf = async ({ name }: ShownZone) => (await env.ZONES.get<ZoneDocument>(`zone:${name}`, "json"))!.purges;
const get = (query: string) => call(`/v1/purge?${query}`, { key: customer.live });
const post = (body: unknown) => call("/v1/purge", { method: "POST", key: customer.live, body });

const NOTHING = { soft: false, everything: false, paths: [], prefixes: [], tags: [] };
const PURGED = { purged: true, nodes: 1, id: expect.stringMatching(/^purge_[0-9A-Za-z]{20}$/), ...NOTHING };

describe("GET /v1/purge", () => {
  it("purges a path of a zone, by id or name, and answers as documented when the zone table holds it", async () => {
    const zone = await newZone(customer.live);
    for (const [index, id] of [zone.id, zone.name].entries()) {
      const answer = await get(`zone=${id}&path=/assets/v2/reset.css`);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toEqual({ ...PURGED, paths: ["/assets/v2/reset.css"] });
      const { paths } = await purgesOf(zone);
      expect(paths).toEqual({ [textHash("/assets/v2/reset.css")]: [index + 2, 0, 0] });
    }
  });

  it.each([
    ["", ["zone", "path"]],
    ["path=/a", ["zone"]],
    ["zone=x", ["path"]],
    ["zone=&path=/a", ["zone"]],
    ["zone=x&path=", ["path"]],
    ["zone=ZONE&path=a.css", ["path"]],
    ["zone=ZONE&path=https://x/a.css", ["path"]],
    ["zone=ZONE&path=/a/*.css", ["path"]],
    ["zone=ZONE&path=/a&soft=yes", ["soft"]],
    ["zone=ZONE&path=/a/*.css&soft=yes&hard=1", ["soft", "hard", "path"]],
    ["zone=ZONE&path=/a?x=1&y=2", ["y"]],
    ["zone=x&zone=y&path=/a", ["zone"]],
    [`zone=x&path=/${"a".repeat(8_192)}`, ["path"]],
  ])("answers 422 to ?%s and names the fields", async (query, fields) => {
    const zone = await newZone(customer.live);
    const answer = await get(query.replace("ZONE", zone.id));
    expect(answer.status).toBe(422);
    const { details } = await answer.json<{ details: { field: string }[] }>();
    expect(details.map(({ field }) => field)).toEqual(fields);
  });

  it.each(["true", "1"])("purges softly with soft=%s", async (soft) => {
    const zone = await newZone(customer.live);
    const answer = await get(`zone=${zone.name}&path=/a.css&soft=${soft}`);
    expect(await answer.json()).toEqual({ ...PURGED, soft: true, paths: ["/a.css"] });
    expect((await purgesOf(zone)).paths).toEqual({ [textHash("/a.css")]: [0, 2, expect.any(Number)] });
  });

  it("takes what a browser shows of the zone, and says what it has purged", async () => {
    const zone = await newZone(customer.live, { settings: { query: { except: ["utm_*"] } } });
    const shown = `http://${zone.subdomain}:8787/ü.css?utm_source=x&v=1#top`;
    const answer = await get(`zone=${zone.name}&path=${encodeURIComponent(shown)}`);
    expect(await answer.json()).toEqual({ ...PURGED, paths: ["/%C3%BC.css?v=1"] });
    expect((await purgesOf(zone)).urls).toEqual({ [textHash("/%C3%BC.css?v=1")]: [2, 0, 0] });
  });

  it("answers 405 to HEAD, which must not purge", async () => {
    const zone = await newZone(customer.live);
    const answer = await call(`/v1/purge?zone=${zone.id}&path=/a`, { method: "HEAD", key: customer.live });
    expect(answer.status).toBe(405);
    expect(answer.headers.get("allow")).toBe("GET, POST");
    expect((await purgesOf(zone)).paths).toEqual({});
  });
});

describe("POST /v1/purge", () => {
  const stored = { path: "/a/b.css", query: "?v=1", tagHashes: ["blue"].map(textHash), version: 1 };

  it.each([
    [{ path: "/a/b.css" }, "purged"],
    [{ path: "/a/../a/%62.css" }, "purged"],
    [{ path: "/a/b.css?v=1" }, "purged"],
    [{ path: "/a/b.css?v=2" }, "valid"],
    [{ path: "/a/b.js" }, "valid"],
    [{ paths: ["/x", "/a/b.css"] }, "purged"],
    [{ prefixes: ["/a/"] }, "purged"],
    [{ prefixes: ["/b/"] }, "valid"],
    [{ path: "/a/*" }, "purged"],
    [{ paths: ["/b/*", "/*"], soft: true }, "stale"],
    [{ path: "/b*" }, "valid"],
    [{ tags: ["red", "blue"] }, "purged"],
    [{ tags: ["Blue"] }, "valid"],
    [{ everything: true }, "purged"],
    [{ everything: true, soft: true }, "stale"],
    [{ path: "/a/b.css", soft: true }, "stale"],
    [{ tags: ["blue"], soft: true }, "stale"],
    [{ paths: ["/x"], prefixes: ["/y"], tags: ["blue"] }, "purged"],
  ])("%j leaves what was stored before %s", async (order, verdict) => {
    const zone = await newZone(customer.live);
    const answer = await post({ zone: zone.id, ...order });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ purged: true, nodes: 1, soft: "soft" in order });
    const purges = await purgesOf(zone);
    expect(purgeVerdict(purges, stored).kind).toBe(verdict);
    expect(purgeVerdict(purges, { ...stored, version: 2 }).kind).toBe("valid");
  });

  it("reads a query by the zone's rule, as the edge's keys do", async () => {
    const zone = await newZone(customer.live, { settings: { query: "sort" } });
    await post({ zone: zone.name, path: "/a?b=2&a=1" });
    expect((await purgesOf(zone)).urls).toEqual({ [textHash("/a?a=1&b=2")]: [2, 0, 0] });
  });

  it("is one version of the zone, however much it names", async () => {
    const zone = await newZone(customer.live);
    await post({ zone: zone.id, paths: Array.from({ length: 1_000 }, (_, i) => `/${i}.css`) });
    const { version, purges } = (await env.ZONES.get<ZoneDocument>(`zone:${zone.name}`, "json"))!;
    expect(version).toBe(2);
    expect(Object.keys(purges.paths)).toHaveLength(1_000);
  });

  it.each([
    [{}, "body"],
    [{ everything: false }, "body"],
    [{ paths: [] }, "body"],
    [{ soft: true }, "body"],
    [{ paths: ["a"] }, "paths.0"],
    [{ paths: ["/a", "/b/*/c"] }, "paths.1"],
    [{ prefixes: ["/dir/*"] }, "prefixes.0"],
    [{ path: "https://www.example.com/a" }, "path"],
    [{ everything: true, path: "/*.css" }, "path"],
    [{ paths: Array(1_001).fill("/a") }, "paths"],
    [{ paths: Array.from({ length: 101 }, (_, i) => `/${i}*`) }, "paths"],
    [{ path: `/${"a".repeat(1_024)}*` }, "paths"],
    [{ prefixes: Array(101).fill("/a") }, "prefixes"],
    [{ prefixes: [`/${"a".repeat(1_024)}`] }, "prefixes.0"],
    [{ tags: Array(101).fill("a") }, "tags"],
    [{ tags: ["a".repeat(1_025)] }, "tags.0"],
    [{ prefixes: ["/a?b"] }, "prefixes.0"],
    [{ tags: ["a b"] }, "tags.0"],
    [{ path: ["/a"] }, "path"],
    [{ everything: "yes" }, "everything"],
    [{ path: "/a", urls: ["/a"] }, "urls"],
  ])("answers 422 to %j and names the field %j", async (order, field) => {
    const zone = await newZone(customer.live);
    const answer = await post({ zone: zone.id, ...order });
    expect(answer.status).toBe(422);
    const { details } = await answer.json<{ details: { field: string }[] }>();
    expect(details.map((detail) => detail.field)).toEqual([field]);
  });

  it("says all that is wrong at once, each in a sentence", async () => {
    const zone = await newZone(customer.live);
    const answer = await post({ zone: zone.id, paths: ["/a/*.css", 1], prefixes: ["/dir/*"], soft: "yes", files: [] });
    expect(answer.status).toBe(422);
    const { details } = await answer.json<{ details: object[] }>();
    expect(details).toEqual([
      { field: "paths.1", message: "must be a string" },
      { field: "soft", message: "must be true or false" },
      { field: "files", message: "is called paths here" },
      {
        field: "paths.0",
        message:
          "has a * that is not at its end, where it has no special meaning: purge a prefix that ends before it, or a tag",
      },
      { field: "prefixes.0", message: 'must have no *: "/dir/" already means everything that begins with it' },
    ]);
  });
});

import { describe, expect, it } from "vitest";
import { asset, originAt, pass, play, playEdge } from "../support/edge.ts";

playEdge();

const notModified = (headers: Record<string, string> = {}) => asset(null, headers, 304);

describe("a stale response", () => {
  it("is validated by ETag, freshened by the 304 and fresh again", async () => {
    const { get, origin } = await play();
    origin.answers(
      asset("v1", { etag: '"1"', "cache-control": "max-age=10", "x-seen": "first" }),
      notModified({ "cache-control": "max-age=20", "x-seen": "second" }),
    );
    await (await get("/a.css")).text();
    pass(11);
    const validated = await get("/a.css");
    expect(await validated.text()).toBe("v1");
    expect(validated.headers.get("x-cache")).toBe("REVALIDATED");
    expect(validated.headers.get("x-seen")).toBe("second");
    expect(origin.requests[1]!.headers.get("if-none-match")).toBe('"1"');
    pass(19);
    const fresh = await get("/a.css");
    expect(fresh.headers.get("x-cache")).toBe("HIT");
    expect(await fresh.text()).toBe("v1");
    expect(origin.hits).toBe(2);
  });

  it("is fresh again for all who prefer its language, however they say so", async () => {
    const { get, origin } = await play({
      forward: { headers: "all", cookies: false, authorization: false },
    });
    const language = { vary: "Accept-Language", "content-language": "de", "cache-control": "max-age=10" };
    origin.answers(asset("v1", { etag: '"1"', ...language }), notModified(language));
    const ask = async (headers: Record<string, string>) => {
      const response = await get("/a.css", { headers });
      return [response.status, await response.text(), response.headers.get("x-cache")];
    };
    // The store takes its time; meanwhile nobody else asks the origin.
    const otherwise = { "accept-language": "de, fr;q=0.5", "cache-control": "only-if-cached" };
    expect(await ask({ "accept-language": "de" })).toEqual([200, "v1", "MISS"]);
    await expect.poll(() => ask(otherwise)).toEqual([200, "v1", "HIT"]);
    pass(11);
    expect((await ask(otherwise))[0]).toBe(504);
    expect(await ask({ "accept-language": "de" })).toEqual([200, "v1", "REVALIDATED"]);
    await expect.poll(() => ask(otherwise)).toEqual([200, "v1", "HIT"]);
    expect(origin.hits).toBe(2);
  });

  it("is not asked for in the background by who forbids that the answer is stored", async () => {
    const { get, origin } = await play({ stale_while_revalidate: 60 });
    origin.answers(asset("v1", { "cache-control": "max-age=10" }), asset("v2", { "cache-control": "max-age=10" }));
    await (await get("/a.css")).text();
    pass(11);
    for (let i = 0; i < 5; i++) {
      const stale = await get("/a.css", { headers: { "cache-control": "no-store" } });
      expect([await stale.text(), stale.headers.get("x-cache")]).toEqual(["v1", "STALE"]);
    }
    expect(await (await get("/a.css")).text()).toBe("v1");
    await expect.poll(async () => (await get("/a.css")).text()).toBe("v2");
    expect(origin.hits).toBe(2);
  });

  it("is replaced when the origin has another one", async () => {
    const { get, origin } = await play();
    origin.answers(
      asset("v1", { etag: '"1"', "cache-control": "max-age=10" }),
      asset("v2", { etag: '"2"', "cache-control": "max-age=10" }),
    );
    await (await get("/a.css")).text();
    pass(11);
    expect(await (await get("/a.css")).text()).toBe("v2");
    expect(await (await get("/a.css")).text()).toBe("v2");
    expect(origin.hits).toBe(2);
  });

  it("is served at once within stale-while-revalidate, while one refresh brings the new one", async () => {
    const { get, origin } = await play();
    origin.answers(
      asset("v1", { etag: '"1"', "cache-control": "max-age=10, stale-while-revalidate=60" }),
      asset("v2", { etag: '"2"', "cache-control": "max-age=10, stale-while-revalidate=60" }),
    );
    await (await get("/a.css")).text();
    pass(11);
    const stale = await get("/a.css");
    expect(await stale.text()).toBe("v1");
    expect(stale.headers.get("x-cache")).toBe("STALE");
    expect(stale.headers.get("cache-status")).toBe("ResCDN; hit; ttl=-1; detail=stale-while-revalidate");
    await expect.poll(async () => (await get("/a.css")).text()).toBe("v2");
    expect(origin.hits).toBe(2);
  });

  it.each([
    ["refuses connections", () => Promise.reject(new Error("connection refused"))],
    ["answers 500", asset("down", {}, 500)],
    ["answers 502", asset("down", {}, 502)],
    ["answers 503", asset("down", {}, 503)],
    ["answers 504", asset("down", {}, 504)],
    ["answers 429", asset("not so often", {}, 429)],
    ["answers 501", asset("down", {}, 501)],
    ["answers 521", asset("down", {}, 521)],
    ["answers 530", asset("down", {}, 530)],
    ["answers 599", asset("down", {}, 599)],
    ["confirms what nobody has asked about", asset(null, {}, 304)],
    ["answers a range that nobody has asked for", asset("no", {}, 416)],
  ] as const)("is served for a day when the origin %s", async (_title, failing) => {
    const { get, origin } = await play();
    origin.answers(asset("v1", { "cache-control": "max-age=10" }), failing);
    await (await get("/a.css")).text();
    pass(11);
    const stale = await get("/a.css");
    expect(await stale.text()).toBe("v1");
    expect(stale.headers.get("x-cache")).toBe("STALE");
    expect(stale.headers.get("cache-status")).toContain("detail=stale-if-error");
    pass(86_398);
    expect((await get("/a.css")).headers.get("x-cache")).toBe("STALE");
    pass(1);
    expect((await get("/a.css")).status).toBeGreaterThanOrEqual(500);
  });

  it.each([400, 403, 404, 410, 428, 451])("gives way to a %i, which is an answer and no failure", async (status) => {
    const { get, origin } = await play();
    origin.answers(asset("v1", { "cache-control": "max-age=10" }), asset("no", {}, status));
    await (await get("/a.css")).text();
    pass(11);
    expect((await get("/a.css")).status).toBe(status);
  });

  it("is not served on errors when it must be revalidated", async () => {
    const { get, origin } = await play();
    origin.answers(asset("v1", { "cache-control": "max-age=10, must-revalidate" }), asset("down", {}, 503));
    await (await get("/a.css")).text();
    pass(11);
    expect((await get("/a.css")).status).toBe(503);
  });

  it("spares a dying origin: a failure answers for two seconds", async () => {
    const { get, origin } = await play();
    origin.answers(asset("v1", { "cache-control": "max-age=10" }), () => Promise.reject(new Error("reset")));
    await (await get("/a.css")).text();
    pass(11);
    await get("/a.css");
    const asked = origin.hits;
    for (let i = 0; i < 5; i++) expect((await get("/a.css")).headers.get("x-cache")).toBe("STALE");
    expect(origin.hits).toBe(asked);
    pass(3);
    await get("/a.css");
    expect(origin.hits).toBeGreaterThan(asked);
  });
});

describe("a failing origin without anything stored", () => {
  it("is a 502 with its reason when it cannot be reached", async () => {
    const { get, origin } = await play();
    origin.answers(() => Promise.reject(new Error("refused")));
    const response = await get("/a.css");
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({ code: "origin-unreachable" });
    expect(response.headers.get("cache-control")).toBe("no-store");
  });

  it("is a 504 when it does not begin to answer in time", async () => {
    const { get, origin } = await play({ timeouts: { first_byte_ms: 20, idle_ms: 20 } });
    origin.answers(() => new Promise<Response>(() => undefined));
    const response = await get("/a.css");
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({ code: "origin-timeout" });
  });

  it("passes the origin's own 5xx on and keeps nothing of it", async () => {
    const { get, origin } = await play();
    origin.answers(asset("sorry", {}, 500), asset("x"));
    const failed = await get("/a.css");
    expect(failed.status).toBe(500);
    expect(await failed.text()).toBe("sorry");
    expect(await (await get("/a.css")).text()).toBe("x");
  });

  it("is helped out by the zone's second origin", async () => {
    const { originAt } = await import("../support/edge.ts");
    const second = originAt("https://second.example").answers(asset("from the second"));
    const { get, origin } = await play({ fallback_origin: "https://second.example" });
    origin.answers(asset("down", {}, 503));
    expect(await (await get("/a.css")).text()).toBe("from the second");
    expect(second.hits).toBe(1);
  });
});

describe("a client's precondition", () => {
  it("is answered by the edge: 304 for a known ETag, 200 for another, 412 for If-Match", async () => {
    const { get, origin } = await play();
    origin.answers(asset("x", { etag: '"1"', "last-modified": "Sun, 22 Nov 2026 09:00:00 GMT" }));
    await (await get("/a.png")).text();
    const same = await get("/a.png", { headers: { "if-none-match": '"0", W/"1"' } });
    expect(same.status).toBe(304);
    expect(same.headers.get("etag")).toBe('"1"');
    expect(same.headers.get("content-type")).toBeNull();
    expect(same.headers.get("cache-control")).toBe("public, max-age=86400");
    expect((await get("/a.png", { headers: { "if-none-match": '"2"' } })).status).toBe(200);
    expect((await get("/a.png", { headers: { "if-modified-since": "Sun, 22 Nov 2026 09:30:00 GMT" } })).status).toBe(
      304,
    );
    expect((await get("/a.png", { headers: { "if-match": '"2"' } })).status).toBe(412);
    expect(origin.hits).toBe(1);
  });

  it("on a miss never reaches the origin as a condition", async () => {
    const { get, origin } = await play({ forward: { headers: "all", cookies: false, authorization: false } });
    origin.answers(asset("x", { etag: '"1"' }));
    const response = await get("/a.png", { headers: { "if-none-match": '"1"' } });
    expect(response.status).toBe(304);
    expect(origin.requests[0]!.headers.get("if-none-match")).toBeNull();
    expect(await (await get("/a.png")).text()).toBe("x");
  });

  it("finds an ETag of ours where the origin has no validator", async () => {
    const { get, origin } = await play();
    origin.answers(asset("x"));
    await (await get("/a.png")).text();
    const etag = (await get("/a.png")).headers.get("etag")!;
    expect(etag).toMatch(/^"[\w-]{22}"$/);
    expect((await get("/a.png", { headers: { "if-none-match": etag } })).status).toBe(304);
  });
});

describe("a client's own Cache-Control", () => {
  it.each(["no-cache", "max-age=0", "min-fresh=999999999"])("%s is no way to the origin", async (directive) => {
    const { get, origin } = await play();
    origin.answers(asset("x"));
    await (await get("/a.css")).text();
    const response = await get("/a.css", { headers: { "cache-control": directive, pragma: "no-cache" } });
    expect(response.headers.get("x-cache")).toBe("HIT");
    expect(origin.hits).toBe(1);
  });

  it("max-stale is no leave to serve it stale", async () => {
    const { get, origin } = await play();
    origin.answers(asset("v1", { "cache-control": "max-age=10" }), asset("v2"));
    await (await get("/a.css")).text();
    pass(11);
    expect(await (await get("/a.css", { headers: { "cache-control": "max-stale" } })).text()).toBe("v2");
  });

  it("only-if-cached is answered with 504 where nothing usable is stored", async () => {
    const { get, origin } = await play();
    origin.answers(asset("x"));
    const headers = { "cache-control": "only-if-cached" };
    expect((await get("/a.css", { headers })).status).toBe(504);
    expect(origin.hits).toBe(0);
    await (await get("/a.css")).text();
    expect((await get("/a.css", { headers })).status).toBe(200);
    expect(origin.hits).toBe(1);
  });

  it("no-store keeps the answer out of the store", async () => {
    const { get, origin } = await play();
    origin.answers(asset("x"));
    await (await get("/a.css", { headers: { "cache-control": "no-store" } })).text();
    expect((await get("/a.css")).headers.get("x-cache")).toBe("MISS");
  });
});

describe("a stored response", () => {
  it("is not used for longer than purges are remembered", async () => {
    const { get, origin } = await play();
    origin.answers(asset("x", { "cache-control": "max-age=31536000" }));
    for (let i = 0; i < 3; i++) await (await get("/a.css")).text();
    pass(29 * 86_400);
    expect((await get("/a.css")).headers.get("x-cache")).toBe("HIT");
    pass(2 * 86_400);
    expect((await get("/a.css")).headers.get("x-cache")).toBe("MISS");
    expect(origin.hits).toBe(2);
  });
});

describe("an answer of the origin that nobody gets", () => {
  it.each<[string, Record<string, string>, number, Partial<Parameters<typeof play>[0]>]>([
    ["since something stale is better", {}, 503, {}],
    ["since the fallback origin has a better one", {}, 503, { fallback_origin: "https://second-for-dropped.example" }],
    ["since it is a part that nobody asked for", { "content-range": "bytes 0-3/10" }, 206, {}],
  ])("is let go %s", async (_title, headers, status, settings) => {
    originAt("https://second-for-dropped.example").answers(asset("second"));
    const { get, origin } = await play(settings);
    const left = Promise.withResolvers<unknown>();
    const endless = () => new Response(new ReadableStream({ cancel: left.resolve }), { status, headers });
    origin.answers(asset("v1", { "cache-control": "max-age=10" }), endless);
    await (await get("/a.css")).text();
    pass(11);
    expect(["v1", "second"]).toContain(await (await get("/a.css")).text());
    await left.promise;
  });
});

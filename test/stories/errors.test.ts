import { describe, expect, it } from "vitest";
import { asset, type Line, pass, play, playEdge } from "../support/edge.ts";

playEdge();

const YEAR = 31_536_000;
const DAY = 86_400;
const now = () => Date.now();
const dateAt = (time: number) => new Date(time).toUTCString();

/** The seconds for which a client may keep an answer from now on. */
function keptFor({ headers }: Response): number {
  const maxAge = /max-age=(\d+)/.exec(headers.get("cache-control") ?? "")?.[1];
  const byExpires = (Date.parse(headers.get("expires") ?? "") - Date.parse(headers.get("date")!)) / 1000 || 0;
  return Number(maxAge ?? byExpires) - Number(headers.get("age") ?? 0);
}

describe("an error of the edge's own", () => {
  it("is kept by no cache, whatever the zone says to caches of its answers", async () => {
    const own = { "cdn-cache-control": "max-age=600", "surrogate-control": "max-age=600" };
    const { get, origin } = await play({ response_headers: own, access: { user_agents: { deny: ["bot"] } } });
    origin.answers(asset("x"), () => Promise.reject(new Error("reset")));
    expect((await get("/a.css")).headers.get("cdn-cache-control")).toBe("max-age=600");
    for (const init of [{ headers: { "user-agent": "a bot" } }, { method: "POST" }, {}]) {
      const refused = await get("/b.css", init);
      expect([403, 405, 502]).toContain(refused.status);
      expect(["cache-control", ...Object.keys(own)].map((name) => refused.headers.get(name))).toEqual([
        "no-store",
        null,
        null,
      ]);
    }
  });
});

describe("an error that claims to be true for a year", () => {
  const claims: [string, () => Record<string, string>][] = [
    ["max-age and immutable", () => ({ "cache-control": `public, max-age=${YEAR}, immutable` })],
    ["s-maxage", () => ({ "cache-control": `max-age=${YEAR}, s-maxage=${YEAR}` })],
    ["CDN-Cache-Control", () => ({ "cdn-cache-control": `max-age=${YEAR}`, "cache-control": `max-age=${YEAR}` })],
    ["a field for one CDN", () => ({ "cloudflare-cdn-cache-control": `max-age=${YEAR}` })],
    ["a field for nginx", () => ({ "x-accel-expires": `${YEAR}` })],
    ["Expires", () => ({ expires: dateAt(now() + YEAR * 1000) })],
    ["stale windows", () => ({ "cache-control": `max-age=5, stale-while-revalidate=${YEAR}, stale-if-error=${YEAR}` })],
    ["a change long ago", () => ({ "cache-control": "public", "last-modified": "Sun, 22 Nov 2020 10:00:00 GMT" })],
  ];
  const statuses = [400, 403, 404, 410, 429, 451, 500, 503, 521];

  it.each(claims)("by %s sticks neither at the edge nor at clients", async (_, headers) => {
    for (const status of statuses) {
      const { get, origin } = await play();
      origin.answers((request) => asset("sorry", headers(), status)(request), asset("works"));
      for (let nth = 0; nth < 2; nth++) {
        const failed = await get("/a.css");
        if (failed.status === 200) continue; // an error that is not stored at all
        expect([failed.status, await failed.text()]).toEqual([status, "sorry"]);
        expect(keptFor(failed), `a client keeps ${status}`).toBeLessThanOrEqual(10);
        expect(failed.headers.get("cache-control") ?? "").not.toMatch(/immutable|stale-/);
        for (const name of ["cdn-cache-control", "cloudflare-cdn-cache-control"])
          expect(failed.headers.get(name) ?? "max-age=0").toMatch(/max-age=\d\d?$/);
        expect(failed.headers.get("x-accel-expires")).toBeNull();
      }
      pass(11);
      expect(await (await get("/a.css")).text(), `the edge keeps ${status}`).toBe("works");
    }
  });

  it("is reused for the seconds that it may claim", async () => {
    const { get, origin } = await play();
    origin.answers(asset("sorry", { "cache-control": `max-age=${YEAR}` }, 500));
    expect((await get("/a.css")).headers.get("x-cache")).toBe("MISS");
    pass(9);
    const again = await get("/a.css");
    expect([again.status, again.headers.get("x-cache"), keptFor(again)]).toEqual([500, "HIT", 1]);
    expect(origin.hits).toBe(1);
  });

  it("is not kept by clients where the edge does not keep it either", async () => {
    const { get, origin } = await play();
    origin.answers(asset("sorry", { "cache-control": `private, max-age=${YEAR}` }, 404));
    const failed = await get("/a.css");
    expect([keptFor(failed), failed.headers.get("x-cache")]).toEqual([10, "BYPASS"]);
  });

  it("is true for as long as the zone allows", async () => {
    const { get, origin } = await play({ max_error_ttl: 3_600 });
    origin.answers(asset("sorry", { "cache-control": `max-age=${YEAR}` }, 404));
    expect(keptFor(await get("/a.css"))).toBe(3_600);
    pass(3_599);
    expect((await get("/a.css")).headers.get("x-cache")).toBe("HIT");
    pass(1);
    expect((await get("/a.css")).headers.get("x-cache")).not.toBe("HIT");
  });

  it("does not bound what the zone says itself: negative_ttl", async () => {
    const { get, origin } = await play({ negative_ttl: 600, browser_ttl: DAY });
    origin.answers(asset("gone", {}, 404));
    const failed = await get("/a.css");
    expect(keptFor(failed)).toBe(600);
    pass(599);
    expect((await get("/a.css")).headers.get("x-cache")).toBe("HIT");
  });

  it("outlives its lifetime not even while the origin fails", async () => {
    const { get, origin } = await play();
    origin.answers(asset("gone", { etag: '"1"' }, 404), asset("down", {}, 503));
    await (await get("/a.css")).text();
    pass(11);
    expect((await get("/a.css")).status).toBe(503);
  });
});

describe("an origin whose clock is three days behind", () => {
  const behind =
    (headers: Record<string, string>, status = 200): Line =>
    (request) =>
      asset("x", { date: dateAt(now() - 3 * DAY * 1000), ...headers }, status)(request);

  it("does not void the zone's own TTL: it counts from when the answer comes, at clients too", async () => {
    const { get, origin } = await play();
    origin.answers(behind({}));
    expect(keptFor(await get("/a.css"))).toBeGreaterThanOrEqual(DAY);
    pass(DAY - 1);
    const hit = await get("/a.css");
    expect([hit.headers.get("x-cache"), keptFor(hit)]).toEqual(["HIT", 1]);
    pass(1);
    await get("/a.css");
    expect(origin.hits).toBe(2);
  });

  it("does not void a negative_ttl, nor a TTL that overrides", async () => {
    const { get, origin } = await play({ ttl_mode: "override" });
    origin.answers(behind({}, 404), behind({ "cache-control": "max-age=1" }));
    for (const path of ["/gone", "/a.css"]) {
      await (await get(path)).text();
      pass(9);
      expect((await get(path)).headers.get("x-cache"), path).toBe("HIT");
    }
  });

  it("does not void the TTL of something that an upstream cache says is old", async () => {
    const { get, origin } = await play();
    origin.answers(asset("x", { age: String(3 * DAY) }));
    await (await get("/a.css")).text();
    const hit = await get("/a.css");
    expect([hit.headers.get("x-cache"), hit.headers.get("age"), keptFor(hit)]).toEqual(["HIT", String(3 * DAY), DAY]);
  });

  it("leaves an explicit lifetime to the arithmetic of RFC 9111 §4.2.3", async () => {
    const { get, origin } = await play();
    origin.answers(behind({ "cache-control": `max-age=${DAY}`, etag: '"1"' }));
    await (await get("/a.css")).text();
    expect((await get("/a.css")).headers.get("x-cache")).not.toBe("HIT");
    expect(origin.hits).toBe(2);
  });
});

describe("an origin that answers 429", () => {
  const fresh = { "cache-control": "max-age=10", etag: '"1"' };

  it.each([
    ["seconds", () => "20"],
    ["a date", () => dateAt(now() + 20_000)],
  ])("is left in peace for as long as it asks, in %s, while something stale is served", async (_, retryAfter) => {
    const { get, origin } = await play();
    origin.answers(
      asset("v1", fresh),
      (request) => asset("not so often", { "retry-after": retryAfter() }, 429)(request),
      asset("v2", fresh),
    );
    await (await get("/a.css")).text();
    pass(11);
    for (const seconds of [0, 10, 9]) {
      pass(seconds);
      const stale = await get("/a.css");
      expect([await stale.text(), stale.headers.get("x-cache")]).toEqual(["v1", "STALE"]);
    }
    expect(origin.hits).toBe(2);
    pass(1);
    expect(await (await get("/a.css")).text()).toBe("v2");
  });

  it("is asked again after half a minute, however long it wants to be left in peace", async () => {
    const { get, origin } = await play();
    origin.answers(asset("v1", fresh), asset("no", { "retry-after": String(YEAR) }, 429), asset("v2", fresh));
    await (await get("/a.css")).text();
    pass(11);
    await (await get("/a.css")).text();
    pass(30);
    expect(await (await get("/a.css")).text()).toBe("v2");
  });

  it("is passed on where nothing is stored, with what it says of when to come back", async () => {
    const { get, origin } = await play();
    origin.answers(asset("not so often", { "retry-after": "20" }, 429), asset("v1"));
    const first = await get("/a.css");
    expect([first.status, first.headers.get("retry-after"), await first.text()]).toEqual([429, "20", "not so often"]);
    expect(await (await get("/a.css")).text()).toBe("v1");
  });

  it("is helped out by the zone's second origin", async () => {
    const { originAt } = await import("../support/edge.ts");
    originAt("https://second-of-429.example").answers(asset("from the second"));
    const { get, origin } = await play({ fallback_origin: "https://second-of-429.example" });
    origin.answers(asset("not so often", {}, 429));
    expect(await (await get("/a.css")).text()).toBe("from the second");
  });

  it("gives way to what is stale for a HEAD as well", async () => {
    const { get, origin } = await play();
    origin.answers(asset("v1", fresh), asset(null, {}, 429));
    await (await get("/a.css")).text();
    pass(11);
    expect((await get("/a.css", { method: "HEAD" })).headers.get("x-cache")).toBe("STALE");
  });
});

describe("an answer to a question that nobody has asked", () => {
  it.each<[string, Line]>([
    ["304", asset(null, { etag: '"1"' }, 304)],
    ["416", asset("no", { "content-range": "bytes */9" }, 416)],
    ["206", asset("0", { "content-range": "bytes 0-0/9" }, 206)],
  ])("is nonsense: %s", async (_, line) => {
    const { get, origin } = await play();
    origin.answers(line, line, asset("x"));
    for (const init of [{}, { headers: { "if-none-match": '"1"' } }]) {
      const refused = await get(`/${JSON.stringify(init).length}.css`, init);
      expect([refused.status, refused.headers.get("cache-status")]).toEqual([502, "ResCDN; detail=origin-nonsense"]);
    }
  });

  it("is nonsense to a range as well: a 304, and a part that does not say which where the whole is one too", async () => {
    const { get, origin } = await play();
    origin.answers(asset(null, {}, 304), asset("01", {}, 206), asset("01", {}, 206));
    for (const path of ["/a.mp4", "/b.mp4"]) {
      const refused = await get(path, { headers: { range: "bytes=5-6" } });
      expect(await refused.json()).toMatchObject({ code: "origin-nonsense" });
    }
  });

  it("is between client and origin where the method is unsafe", async () => {
    const { get, origin } = await play({ methods: "all" });
    origin.answers(asset(null, {}, 304));
    expect((await get("/a", { method: "PUT", body: "x", headers: { "if-none-match": "*" } })).status).toBe(304);
  });
});

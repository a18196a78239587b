import { describe, expect, it } from "vitest";
import { asset, originAt, pass, play, playEdge } from "../support/edge.ts";

playEdge();

const NO_FOLLOW = { redirect: "manual" } as const;

describe("a redirect that names the origin", () => {
  it("leads to the zone, from whatever host and scheme a client comes: on a miss, a hit and after a validation", async () => {
    const { get, origin } = await play();
    const { host } = new URL(origin.url);
    const says = { "cache-control": "max-age=10", etag: '"1"' };
    origin.answers(
      asset("gone", { ...says, location: `http://${host}:8080/dir/?a=1#b` }, 301),
      asset(null, { ...says, location: `${origin.url}/other/` }, 304),
    );
    for (const [xCache, location] of [
      ["MISS", "/dir/?a=1#b"],
      ["HIT", "/dir/?a=1#b"],
      ["HIT", "/dir/?a=1#b"],
      ["REVALIDATED", "/other/"],
      ["HIT", "/other/"],
    ] as const) {
      if (xCache === "REVALIDATED") pass(11);
      const answer = await get("/dir", NO_FOLLOW);
      await answer.text();
      expect([answer.status, answer.headers.get("x-cache")]).toEqual([301, xCache]);
      expect(answer.headers.get("location")).toBe(location);
    }
  });

  it("stays where the zone would have it so", async () => {
    const { get, origin } = await play({ rewrite_redirects: false });
    origin.answers(asset(null, { location: `${origin.url}/dir/` }, 301));
    expect((await get("/dir", NO_FOLLOW)).headers.get("location")).toBe(`${origin.url}/dir/`);
  });

  it("leads to the zone where it is the fallback origin's", async () => {
    const second = originAt("https://second-that-redirects.example");
    const { get, origin } = await play({ fallback_origin: second.url });
    origin.answers(asset("down", {}, 503));
    second.answers(asset(null, { location: `${second.url}/dir/` }, 302));
    expect((await get("/dir", NO_FOLLOW)).headers.get("location")).toBe("/dir/");
  });

  it("after an unsafe method leads to the zone, and what it names is forgotten", async () => {
    const { get, origin } = await play({ methods: "all" });
    let version = 1;
    origin.answers((request) => {
      if (request.method === "GET") return new Response(`v${version}`, { headers: { "cache-control": "max-age=600" } });
      version++;
      return new Response(null, { status: 201, headers: { location: `${origin.url}/made` } });
    });
    const made = async () => (await get("/made")).text();
    expect([await made(), await made()]).toEqual(["v1", "v1"]);
    const posted = await get("/form", { method: "POST", body: "a" });
    expect([posted.status, posted.headers.get("location")]).toEqual([201, "/made"]);
    expect(await made()).toBe("v2");
  });

  it("says nothing of the host that a client has asked for", async () => {
    const { get, origin } = await play();
    origin.answers((request) => {
      const host = request.headers.get("x-forwarded-host");
      const location = `${request.headers.get("x-forwarded-proto")}://${host}/dir/`;
      return new Response(null, { status: 301, headers: { location, "cache-control": "max-age=60" } });
    });
    for (let i = 0; i < 3; i++) {
      const headers = { "x-forwarded-host": "evil.example", "x-forwarded-proto": "http", host: "evil.example" };
      expect((await get("/dir", { ...NO_FOLLOW, headers })).headers.get("location")).toBe("/dir/");
    }
  });
});

describe("a redirect to what was asked", () => {
  it("on another scheme of the origin leads there, and not round in circles", async () => {
    const { get, origin } = await play();
    const url = origin.url.replace("https:", "http:");
    origin.answers(asset(null, { location: `${url}/page`, "cache-control": "max-age=60" }, 301));
    for (let i = 0; i < 2; i++) {
      const answer = await get("/page", NO_FOLLOW);
      expect([answer.status, answer.headers.get("location")]).toEqual([301, `${url}/page`]);
    }
  });

  it("on the zone's own host is an error that says what to do, and nobody is served it for long", async () => {
    const { get, origin, zone } = await play();
    const round = asset(null, { location: `http://${zone.name}.rescdn.io/page`, "cache-control": "max-age=600" }, 301);
    origin.answers(round, asset("page"));
    const answer = await get("/page", NO_FOLLOW);
    expect([answer.status, answer.headers.get("cache-control")]).toEqual([508, "no-store"]);
    expect(await answer.json()).toMatchObject({
      code: "redirect-loop",
      error: expect.stringContaining("with https://"),
    });
    pass(3);
    expect(await (await get("/page")).text()).toBe("page");
  });

  it("by the origin itself, which a cookie may end, is passed on", async () => {
    const { get, origin } = await play({ forward: { headers: [], cookies: true, authorization: false } });
    origin.answers((request) =>
      request.headers.has("cookie")
        ? new Response("welcome")
        : new Response(null, { status: 302, headers: { location: `${origin.url}/page`, "set-cookie": "seen=1" } }),
    );
    const first = await get("/page", NO_FOLLOW);
    expect([first.headers.get("location"), first.headers.get("set-cookie")]).toEqual(["/page", "seen=1"]);
    expect(await (await get("/page", { headers: { cookie: "seen=1" } })).text()).toBe("welcome");
  });
});

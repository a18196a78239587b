import { describe, expect, it } from "vitest";
import { asset, play, playEdge } from "../support/edge.ts";

playEdge();

describe("what is not in the key", () => {
  it.each([
    ["x-forwarded-host", "evil.example"],
    ["x-forwarded-scheme", "http"],
    ["x-forwarded-proto", "http"],
    ["x-forwarded-port", "1"],
    ["x-host", "evil.example"],
    ["x-original-url", "/admin"],
    ["x-rewrite-url", "/admin"],
    ["forwarded", "host=evil.example"],
    ["x-http-method-override", "POST"],
    ["x-method-override", "POST"],
    ["accept", "application/json"],
    ["accept-language", "xx"],
    ["user-agent", "evil"],
    ["origin", "https://evil.example"],
    ["referer", "https://evil.example"],
    ["cookie", "session=1"],
    ["authorization", "Bearer x"],
    ["content-type", "text/evil"],
    ["transfer-encoding", "chunked"],
    ["max-forwards", "0"],
    ["x-anything", "evil"],
    ["upgrade", "h2c"],
    ["te", "trailers"],
    ["expect", "100-continue"],
  ])("does not reach the origin: %s", async (name, value) => {
    const { get, origin } = await play();
    origin.answers((request) => new Response(request.headers.get(name)));
    await (await get("/a.css", { headers: { [name]: value } })).text();
    expect(origin.requests[0]!.headers.get(name)).not.toBe(value);
    const victim = await get("/a.css");
    expect(await victim.text()).not.toContain(value);
    expect([...victim.headers].filter(([, text]) => text.includes("evil"))).toEqual([]);
  });

  it("does not reach the origin even where all headers are forwarded, if Connection hides it or the edge decides it", async () => {
    const { get, origin } = await play({ forward: { headers: "all", cookies: false, authorization: false } });
    origin.answers(asset("x"));
    await get("/a.css", {
      headers: {
        connection: "x-secret",
        "x-secret": "1",
        cookie: "a",
        authorization: "b",
        range: "bytes=0-0",
        "x-seen": "1",
      },
    });
    const seen = origin.requests[0]!.headers;
    expect(seen.get("x-seen")).toBe("1");
    for (const name of ["x-secret", "cookie", "authorization", "range"]) expect(seen.get(name), name).toBeNull();
    expect(seen.get("via")).toBe("1.1 rescdn");
    expect(seen.get("cdn-loop")).toBe("rescdn");
  });

  it("is kept apart by Vary where it is forwarded", async () => {
    const { get, origin } = await play({ forward: { headers: ["x-tier"], cookies: false, authorization: false } });
    origin.answers((request) => new Response(request.headers.get("x-tier"), { headers: { vary: "X-Tier" } }));
    const tier = async (value: string) => (await get("/a.css", { headers: { "x-tier": value } })).text();
    expect(await tier("one")).toBe("one");
    expect(await tier("two")).toBe("two");
    expect(await tier("one")).toBe("one");
    expect(origin.hits).toBe(2);
  });

  it("makes no variants of what the origin never sees", async () => {
    const { get, origin } = await play();
    origin.answers(asset("x", { vary: "User-Agent, Cookie" }));
    await (await get("/a.css", { headers: { "user-agent": "one" } })).text();
    expect((await get("/a.css", { headers: { "user-agent": "two" } })).headers.get("x-cache")).toBe("HIT");
  });
});

describe("a path", () => {
  it.each([
    ["/a/../b.css", "/b.css"],
    ["/a/%2e%2E/b.css", "/b.css"],
    ["/%62.css", "/b.css"],
    ["/b.c%73s", "/b.css"],
  ])("%s is the same as %s, to the key and to the origin", async (spelled, path) => {
    const { get, origin } = await play();
    origin.answers(asset("x"));
    await (await get(spelled)).text();
    expect(new URL(origin.requests[0]!.url).pathname).toBe(path);
    expect((await get(path)).headers.get("x-cache")).toBe("HIT");
  });

  it.each([
    "/a//b.css",
    "/a%2fb.css",
    "/a;b.css",
    "/a%00b.css",
    "/a%0d%0ab.css",
    "/a%5cb.css",
    "/a%3fb.css",
    "/a%23b.css",
  ])("%s reaches the origin as it stands and is not taken for another", async (path) => {
    const { get, origin } = await play();
    origin.answers((request) => new Response(new URL(request.url).pathname.toLowerCase()));
    expect(await (await get(path)).text()).toBe(path);
    for (const other of ["/a/b.css", "/ab.css", "/a", "/b.css"]) {
      expect((await get(other)).headers.get("x-cache"), other).not.toBe("HIT");
    }
  });

  it.each([
    "/account/x.css",
    "/account/;x.css",
    "/account%2fx.css",
    "/account/%0ax.css",
    "/account/x%00.css",
    "/account?x.css",
    "/account;.css",
  ])("%s does not make a private page of /account public", async (path) => {
    const { get, origin } = await play({ forward: { headers: "all", cookies: true, authorization: true } });
    origin.answers(
      (request) =>
        new Response(`page of ${request.headers.get("cookie")}`, { headers: { "content-type": "text/html" } }),
    );
    await (await get(path, { headers: { cookie: "victim" } })).text();
    expect(await (await get(path, { headers: { cookie: "thief" } })).text()).toBe("page of thief");
  });
});

describe("a request for someone in particular", () => {
  it("is not stored under forwarded Authorization, unless the origin says public", async () => {
    const forward = { headers: [], cookies: false, authorization: true };
    const { get, origin } = await play({ forward });
    const headers = { authorization: "Bearer one" };
    origin.answers(asset("secret", { "cache-control": "max-age=600" }));
    await (await get("/a.css", { headers })).text();
    expect((await get("/a.css")).headers.get("x-cache")).toBe("MISS");
    origin.answers(asset("shared", { "cache-control": "public, max-age=600" }));
    await (await get("/b.css", { headers })).text();
    expect((await get("/b.css")).headers.get("x-cache")).toBe("HIT");
  });

  it("is not stored when the answer sets a forwarded cookie, unless the origin says how long it may be shared", async () => {
    const { get, origin } = await play({ forward: { headers: [], cookies: true, authorization: false } });
    origin.answers(asset("x", { "set-cookie": "session=1" }));
    expect((await get("/a.css")).headers.get("set-cookie")).toBe("session=1");
    expect((await get("/a.css")).headers.get("cache-status")).toContain("detail=set-cookie");
    origin.answers(asset("x", { "set-cookie": "shared=1", "cache-control": "max-age=600" }));
    await (await get("/b.css")).text();
    expect((await get("/b.css")).headers.get("x-cache")).toBe("HIT");
  });
});

describe("a redirect of the origin", () => {
  it.each(["http://169.254.169.254/latest/meta-data/", "http://localhost/", "https://play.example/loop"])(
    "to %s is the client's to follow: the edge goes nowhere",
    async (location) => {
      const { get, origin } = await play();
      origin.answers(asset(null, { location }, 302));
      const response = await get("/a.css", { redirect: "manual" });
      expect(response.status).toBe(302);
      expect(response.headers.get("location")).toBe(location);
      expect(origin.hits).toBe(1);
    },
  );
});

import { describe, expect, it } from "vitest";
import { asset, held, pass, play, playEdge } from "../support/edge.ts";

playEdge();

const WITH_COOKIES = { forward: { headers: [], cookies: true, authorization: false } };

describe("what is not in the key", () => {
  it.each([
    ["x-forwarded-host", "evil.example"],
    ["x-forwarded-scheme", "http"],
    ["x-forwarded-proto", "wss"],
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
        "x-seen": "1",
      },
    });
    const seen = origin.requests[0]!.headers;
    expect(seen.get("x-seen")).toBe("1");
    for (const name of ["x-secret", "cookie", "authorization"]) expect(seen.get(name), name).toBeNull();
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

describe("an origin that lets its pages be shared by mistake", () => {
  it.each(["/account/x.css", "/account/;x.js", "/account%2fx.png", "/account/%0ax.woff2", "/account/x.pdf"])(
    "does not have them stored under %s, which is no page (web cache deception)",
    async (path) => {
      const { get, origin } = await play({ forward: { headers: [], cookies: true, authorization: false } });
      origin.answers(
        (request) =>
          new Response(`page of ${request.headers.get("cookie")}`, {
            headers: { "content-type": "text/html", "cache-control": "public, max-age=600" },
          }),
      );
      const page = async (cookie: string) => {
        const response = await get(path, { headers: { cookie } });
        return [await response.text(), response.headers.get("cache-status")];
      };
      const passed = "ResCDN; fwd=uri-miss; fwd-status=200; detail=type-mismatch";
      expect(await page("victim")).toEqual(["page of victim", passed]);
      expect(await page("thief")).toEqual(["page of thief", passed]);
    },
  );
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

  it.each(["public, max-age=600", "s-maxage=600"])(
    "fills the cache under a cookie where the origin says %s",
    async (shared) => {
      const { get, origin } = await play(WITH_COOKIES);
      const headers = { cookie: "session=1" };
      origin.answers(asset("x", { "cache-control": "max-age=600" }));
      await (await get("/a.css", { headers })).text();
      expect((await get("/a.css")).headers.get("x-cache")).not.toBe("HIT");
      origin.answers(asset("x", { "cache-control": shared }));
      await (await get("/b.css", { headers })).text();
      expect((await get("/b.css")).headers.get("x-cache")).toBe("HIT");
    },
  );

  it("is not stored when the answer sets a cookie, unless the origin says how long it may be shared", async () => {
    const { get, origin } = await play(WITH_COOKIES);
    origin.answers(asset("x", { "set-cookie": "session=1" }));
    expect((await get("/a.css")).headers.get("set-cookie")).toBe("session=1");
    expect((await get("/a.css")).headers.get("cache-status")).toContain("detail=set-cookie");
    origin.answers(asset("x", { "set-cookie": "shared=1", "cache-control": "max-age=600" }));
    await (await get("/b.css")).text();
    expect((await get("/b.css")).headers.get("x-cache")).toBe("HIT");
  });

  it("has a page of its own under Vary: Cookie", async () => {
    const { get, origin } = await play(WITH_COOKIES);
    origin.answers(
      (request) =>
        new Response(request.headers.get("cookie"), { headers: { vary: "Cookie", "cache-control": "max-age=60" } }),
    );
    const page = async (cookie: string) => (await get("/me", { headers: { cookie } })).text();
    expect([await page("a"), await page("b"), await page("a")]).toEqual(["a", "b", "a"]);
    expect(origin.hits).toBe(2);
  });
});

describe("a cookie that the origin sets", () => {
  it("is for the client whose request fetched it, and for no other", async () => {
    const { get, origin } = await play(WITH_COOKIES);
    const { line, open } = held(() => {
      const headers = new Headers({ "cache-control": "public, max-age=10", etag: '"1"' });
      headers.append("set-cookie", "session=1; Path=/; Domain=origin.example");
      headers.append("set-cookie", "theme=dark");
      return new Response("x", { headers });
    });
    origin.answers(line);
    const both = ["first", "second"].map(() => get("/a.css"));
    await expect.poll(() => origin.hits).toBe(1);
    open();
    const cookies = (await Promise.all(both)).map((response) => response.headers.getSetCookie());
    expect(cookies.filter((set) => set.length > 0)).toEqual([["session=1; Path=/", "theme=dark"]]);
    expect((await get("/a.css")).headers.getSetCookie()).toEqual([]);
    pass(11);
    origin.answers(() => new Response(null, { status: 304, headers: { "set-cookie": "session=2", etag: '"1"' } }));
    expect((await get("/a.css")).headers.getSetCookie()).toEqual(["session=2"]);
    expect((await get("/a.css")).headers.getSetCookie()).toEqual([]);
    expect(origin.hits).toBe(2);
  });
});

describe("what a client says of its way", () => {
  it.each(["9".repeat(9_000), "1.1 evil.example", "evil, 1.1 b (comment)"])(
    "Via: %.20s never reaches the origin",
    async (via) => {
      const { get, origin } = await play();
      origin.answers((request) => new Response(request.headers.get("via")));
      expect(await (await get("/a.css", { headers: { via } })).text()).toBe("1.1 rescdn");
      expect((await get("/a.css")).headers.get("x-cache")).toBe("HIT");
    },
  );

  it.each([
    Array.from({ length: 9 }, (_, n) => `cdn${n}`).join(", "),
    "a".repeat(65),
    "<script>",
    "a b",
    "9".repeat(9_000),
  ])("CDN-Loop: %.20s is refused before anything else", async (loop) => {
    const { get, origin } = await play();
    origin.answers(asset("x"));
    const response = await get("/a.css", { headers: { "cdn-loop": loop } });
    expect([response.status, response.headers.get("cache-control"), origin.hits]).toEqual([400, "no-store", 0]);
    expect((await get("/a.css")).status).toBe(200);
  });

  it("behind another CDN changes what is stored for that CDN, where the answer names it", async () => {
    const { get, origin } = await play({ methods: "all" });
    let version = 1;
    origin.answers((request) => {
      if (request.method === "POST") version++;
      const named = request.method === "POST" ? { "content-location": "/list" } : { "cache-control": "max-age=60" };
      return new Response(`v${version}`, { headers: named });
    });
    const headers = { "cdn-loop": "other" };
    const list = async () => (await get("/list", { headers })).text();
    expect([await list(), await list()]).toEqual(["v1", "v1"]);
    await (await get("/add", { method: "POST", headers })).text();
    expect(await list()).toBe("v2");
  });

  it("CDN-Loop goes on to the origin, and tells apart what comes of it, failures too", async () => {
    const { get, origin } = await play();
    origin.answers((request) => {
      const loop = request.headers.get("cdn-loop");
      if (loop!.includes("broken")) return Promise.reject(new Error("reset"));
      return new Response(loop);
    });
    const through = async (loop?: string) => {
      const response = await get("/a.css", loop === undefined ? {} : { headers: { "cdn-loop": loop } });
      return response.status === 200 ? response.text() : response.status;
    };
    expect(await through("broken")).toBe(502);
    for (let i = 0; i < 2; i++) expect(await through("Fastly, other; loops=1")).toBe("Fastly, other; loops=1, rescdn");
    for (let i = 0; i < 2; i++) expect(await through()).toBe("rescdn");
    expect(origin.hits).toBe(4); // the failing one and its repetition, one through others, one without
    // What is fresh for all asks no origin, so it can neither loop nor be got around.
    expect([await through("Fastly, other; loops=1"), await through("another")]).toEqual(["rescdn", "rescdn"]);
    expect(origin.hits).toBe(4);
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

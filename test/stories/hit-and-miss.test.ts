import { exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { asset, pass, play, playEdge } from "../support/edge.ts";

playEdge();

describe("a cached asset", () => {
  it("is asked of the origin once and served from the store after that", async () => {
    const { get, origin } = await play();
    origin.answers(asset("body{}", { "content-type": "text/css" }));

    const first = await get("/site.css");
    expect(await first.text()).toBe("body{}");
    expect(first.headers.get("x-cache")).toBe("MISS");
    expect(first.headers.get("cache-control")).toBe("public, max-age=86400");
    expect(first.headers.get("cache-status")).toBe("ResCDN; fwd=uri-miss; fwd-status=200; ttl=86400; stored");

    pass(100);
    const second = await get("/site.css");
    expect(await second.text()).toBe("body{}");
    expect(second.headers.get("x-cache")).toBe("HIT");
    expect(second.headers.get("age")).toBe("100");
    expect(second.headers.get("cache-status")).toBe("ResCDN; hit; ttl=86300");
    expect(origin.hits).toBe(1);
  });

  it.each([
    [".css", "text/css", 86_400],
    [".js", "application/javascript", 86_400],
    [".woff2", "font/woff2", 604_800],
    [".woff", "font/woff", 604_800],
    [".png", "image/png", 86_400],
    [".svg", "image/svg+xml", 86_400],
    [".mjs", "text/javascript", 86_400],
    [".ttf", "font/ttf", 604_800],
    [".jpeg", "image/jpeg", 86_400],
    [".ico", "image/vnd.microsoft.icon", 86_400],
  ])("%s is served as %s and fresh for %i seconds", async (extension, contentType, ttl) => {
    const { get, origin } = await play();
    origin.answers(asset("x", { "content-type": "application/octet-stream" }));
    const path = `/a/file${extension.toUpperCase()}`;
    const response = await get(path);
    expect(response.headers.get("content-type")).toBe(contentType);
    expect(response.headers.get("cache-control")).toBe(`public, max-age=${ttl}`);
    await response.text();

    pass(ttl - 1);
    expect((await get(path)).headers.get("x-cache")).toBe("HIT");
    expect(origin.hits).toBe(1);
    pass(1);
    await get(path);
    expect(origin.hits).toBe(2);
  });

  it("of an unknown extension keeps the origin's type and freshness", async () => {
    const { get, origin } = await play();
    origin.answers(asset("x", { "content-type": "x/y; z=1", "cache-control": "max-age=7" }));
    const response = await get("/file.thing");
    expect(response.headers.get("content-type")).toBe("x/y; z=1");
    expect(response.headers.get("cache-control")).toBe("max-age=7");
    expect((await get("/file.thing")).headers.get("cache-status")).toBe("ResCDN; hit; ttl=7");
  });

  it("answers HEAD with the fields of GET and no body, out of the same entry", async () => {
    const { get, origin } = await play();
    origin.answers(asset("0123456789", { etag: '"v1"' }));
    await (await get("/a.png")).text();
    const got = await get("/a.png");
    expect(await got.text()).toBe("0123456789");
    expect(got.headers.get("x-cache")).toBe("HIT");
    const again = await get("/a.png", { method: "HEAD" });
    expect([await again.text(), again.headers.get("x-cache")]).toEqual(["", "HIT"]);
    for (const name of ["content-length", "content-type", "etag", "cache-control", "accept-ranges"]) {
      expect(again.headers.get(name), name).toBe(got.headers.get(name));
    }
    expect(origin.hits).toBe(1);
  });

  it("is another one for another query, and one for all with query: ignore", async () => {
    const keep = await play();
    keep.origin.answers((request) => new Response(new URL(request.url).search));
    expect(await (await keep.get("/a.css?v=1")).text()).toBe("?v=1");
    expect(await (await keep.get("/a.css?v=2")).text()).toBe("?v=2");
    expect(keep.origin.hits).toBe(2);

    const ignore = await play({ query: "ignore" });
    ignore.origin.answers((request) => new Response(`[${new URL(request.url).search}]`));
    expect(await (await ignore.get("/a.css?v=1")).text()).toBe("[]");
    expect(await (await ignore.get("/a.css?v=2")).text()).toBe("[]");
    expect(ignore.origin.hits).toBe(1);
  });

  it("is another one in another zone", async () => {
    const [one, two] = [await play(), await play()];
    one.origin.answers(asset("one"));
    two.origin.answers(asset("two"));
    expect(await (await one.get("/a.css")).text()).toBe("one");
    expect(await (await two.get("/a.css")).text()).toBe("two");
  });
});

describe("what the origin says of an asset", () => {
  it("wins over the TTL of the type, and loses with ttl_mode: override", async () => {
    const respect = await play();
    respect.origin.answers(asset("x", { "cache-control": "max-age=60" }));
    await (await respect.get("/a.css")).text();
    expect((await respect.get("/a.css")).headers.get("cache-status")).toBe("ResCDN; hit; ttl=60");

    const override = await play({ ttl_mode: "override" });
    override.origin.answers(asset("x", { "cache-control": "max-age=60, must-revalidate" }));
    expect((await override.get("/a.css")).headers.get("cache-control")).toBe("public, max-age=86400");
    expect((await override.get("/a.css")).headers.get("cache-status")).toBe("ResCDN; hit; ttl=86400");
  });

  it.each(["private", "no-store"])(
    "keeps it out of the store with %s, even with ttl_mode: override",
    async (directive) => {
      const { get, origin } = await play({ ttl_mode: "override" });
      origin.answers(asset("x", { "cache-control": directive }));
      const response = await get("/a.css");
      expect(response.headers.get("x-cache")).toBe("BYPASS");
      expect(response.headers.get("cache-control")).toBe(directive);
      await get("/a.css");
      expect(origin.hits).toBe(2);
    },
  );

  it("gives browsers another lifetime with browser_ttl, counted from now on", async () => {
    const { get, origin } = await play({ browser_ttl: 60 });
    origin.answers(asset("x"));
    expect((await get("/a.css")).headers.get("cache-control")).toBe("public, max-age=60");
    pass(1000);
    const later = await get("/a.css");
    expect(later.headers.get("age")).toBe("1000");
    expect(later.headers.get("cache-control")).toBe("public, max-age=1060");
  });

  it("does not make a page of a stylesheet: a type mismatch is passed as it is and not stored", async () => {
    const { get, origin } = await play();
    origin.answers(asset("<h1>Your account</h1>", { "content-type": "text/html", "cache-control": "max-age=600" }));
    for (const hits of [1, 2]) {
      const response = await get("/account/x.css");
      expect(response.headers.get("content-type")).toBe("text/html");
      expect(response.headers.get("cache-status")).toContain("detail=type-mismatch");
      expect(response.headers.get("x-cache")).toBe("BYPASS");
      expect(origin.hits).toBe(hits);
    }
  });

  it("keeps a 404 for negative_ttl", async () => {
    const { get, origin } = await play();
    origin.answers(asset("no", { "content-type": "text/html" }, 404));
    expect((await get("/a.css")).status).toBe(404);
    pass(9);
    const second = await get("/a.css");
    expect(second.status).toBe(404);
    expect(second.headers.get("content-type")).toBe("text/html");
    expect(origin.hits).toBe(1);
    pass(1);
    await get("/a.css");
    expect(origin.hits).toBe(2);
  });

  it("does not hand one client's cookie to another", async () => {
    const { get, origin } = await play();
    origin.answers(asset("x", { "set-cookie": "session=1" }));
    expect((await get("/a.css", { headers: { cookie: "a=b" } })).headers.get("set-cookie")).toBeNull();
    expect(origin.requests[0]!.headers.get("cookie")).toBeNull();
    expect((await get("/a.css")).headers.get("set-cookie")).toBeNull();
    expect(origin.hits).toBe(1);
  });
});

describe("an answer of the edge's own", () => {
  it.each([
    ["a zone that nobody has", "http://nobody-has-this.rescdn.localhost/a.css", 404, "unknown-zone"],
    ["a host that is no zone", "http://elsewhere.example/a.css", 404, "unknown-host"],
  ])("for %s says so", async (_title, url, status, code) => {
    const response = await exports.default.fetch(url);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code });
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  });

  it("refuses a paused zone with 403 and asks nothing of the origin", async () => {
    const { get, origin } = await play({}, { state: "paused" });
    const response = await get("/a.css");
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ code: "paused-zone" });
    expect(origin.hits).toBe(0);
  });

  it.each(["POST", "PUT", "DELETE", "PATCH", "PROPFIND"])(
    "refuses %s with 405 and names what is allowed",
    async (method) => {
      const { get, origin } = await play();
      const response = await get("/a.css", { method });
      expect(response.status).toBe(405);
      expect(response.headers.get("allow")).toBe("GET, HEAD, OPTIONS");
      expect(origin.hits).toBe(0);
    },
  );

  it("allows a page of any origin to read assets, in the preflight and in the answer", async () => {
    const { get, origin } = await play();
    origin.answers(asset("x"));
    const preflight = await get("/a.woff2", {
      method: "OPTIONS",
      headers: {
        origin: "https://page.example",
        "access-control-request-method": "GET",
        "access-control-request-headers": "range",
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
    expect(preflight.headers.get("access-control-allow-methods")).toContain("GET");
    expect(preflight.headers.get("access-control-allow-headers")).toBe("range");
    expect(origin.hits).toBe(0);
    const font = await get("/a.woff2", { headers: { origin: "https://page.example" } });
    expect(font.headers.get("access-control-allow-origin")).toBe("*");
    expect(font.headers.get("cross-origin-resource-policy")).toBe("cross-origin");
    expect(font.headers.get("timing-allow-origin")).toBe("*");
  });

  it("names only listed origins in a zone with a list", async () => {
    const { get, origin } = await play({ cors: ["https://mine.example"] });
    origin.answers(asset("x", { "access-control-allow-origin": "https://leak.example" }));
    const mine = await get("/a.css", { headers: { origin: "https://mine.example" } });
    expect(mine.headers.get("access-control-allow-origin")).toBe("https://mine.example");
    expect(mine.headers.get("vary")).toContain("Origin");
    const other = await get("/a.css", { headers: { origin: "https://other.example" } });
    expect(other.headers.get("access-control-allow-origin")).toBeNull();
    expect(other.headers.get("x-cache")).toBe("HIT");
  });

  it("refuses a request that has passed the network before (RFC 8586)", async () => {
    const { get, origin } = await play();
    const response = await get("/a.css", { headers: { "cdn-loop": "other, RESCDN; x=1" } });
    expect(response.status).toBe(508);
    expect(origin.hits).toBe(0);
  });
});

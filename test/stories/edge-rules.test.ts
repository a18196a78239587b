import { exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { EdgeRule } from "../../src/zones/rules/edge-rule.ts";
import { asset, originAt, type Play, pass, play, playEdge } from "../support/edge.ts";

playEdge();

const MANUAL = { redirect: "manual" } as const;
const DAY = { "cache-control": "max-age=86400" };
const rules = (...list: EdgeRule[]) => ({ rules: list });

/** What was asked of an origin: path, query and the fields named. */
const asked = ({ origin }: Play, ...fields: string[]) =>
  origin.requests.map(({ url, headers }) => {
    const { pathname, search } = new URL(url);
    return [pathname + search, ...fields.map((name) => headers.get(name))].join(" ");
  });

const said = async (answer: Response, ...fields: string[]) => {
  const text = await answer.text();
  return [answer.status, ...fields.map((name) => answer.headers.get(name)), text];
};

const from = (country: string, init: RequestInit = {}) => ({ ...init, cf: { country } }) as RequestInit;

/** A request over https, to whichever of the zone's hosts. */
const secure = ({ zone }: Play, path: string, init?: RequestInit) =>
  exports.default.fetch(new Request(`https://${zone.name}.rescdn.localhost${path}`, init));

describe("a redirect by a rule", () => {
  it("leads old paths to new ones, with what the stars stand for and the client's query, and asks no origin", async () => {
    const moved = await play(
      rules({ name: "old paths moved", when: { path: "/old/*" }, do: { redirect: { to: "/new/$1", status: 301 } } }),
    );
    const answer = await moved.get("/old/a/b.html?page=2", MANUAL);
    expect(await said(answer, "location", "cache-control")).toEqual([
      301,
      "/new/a/b.html?page=2",
      "public, max-age=300",
      "",
    ]);
    expect(answer.headers.get("cache-status")).toBe("ResCDN; detail=redirect");
    expect(moved.origin.hits).toBe(0);
  });

  it("never leads to a host that a path makes up", async () => {
    const { get } = await play(
      rules(
        { when: { path: "/go*" }, do: { redirect: { to: "/$1" } } },
        { when: { path: "/away/*" }, do: { redirect: { to: "https://shop.example.com/$1?was=$1", query: "drop" } } },
      ),
    );
    const location = async (path: string) => (await get(path, MANUAL)).headers.get("location");
    expect(await location("/go//evil.example/x")).toBe("/.///evil.example/x");
    expect(await location("/go%0d%0aset-cookie:a=b")).toBe("/%0D%0Aset-cookie:a=b");
    expect(await location("/away/@evil.example/a&admin=1?b=2")).toBe(
      "https://shop.example.com/@evil.example/a&admin=1?was=@evil.example/a%26admin%3D1",
    );
  });

  it("is not made where it would lead back to what was asked", async () => {
    const { get, origin } = await play(rules({ when: { path: "/*" }, do: { redirect: { to: "/new" } } }));
    origin.answers(asset("here"));
    expect((await get("/old", MANUAL)).headers.get("location")).toBe("/new");
    expect(await (await get("/new", MANUAL)).text()).toBe("here");
  });
});

describe("rules in their order", () => {
  it("the first that matches counts for each action, and for each header", async () => {
    const { get, origin } = await play({
      ...rules(
        { when: { path: "*.js" }, do: { browser_ttl: 60, response_headers: { "x-a": "1", "x-b": "1" } } },
        { enabled: false, do: { browser_ttl: 1, response_headers: { "x-d": "off" } } },
        { do: { browser_ttl: 5, response_headers: { "x-a": "2", "x-c": "2", "x-powered-by": null } } },
      ),
      response_headers: { "x-b": "zone", "x-e": "zone" },
    });
    origin.answers(asset("code", { ...DAY, "x-powered-by": "PHP" }));
    const fields = ["cache-control", "x-a", "x-b", "x-c", "x-d", "x-e", "x-powered-by"];
    const script = ["public, max-age=60", "1", "1", "2", null, "zone", null, "code"];
    for (let i = 0; i < 3; i++) expect(await said(await get("/a.js"), ...fields)).toEqual([200, ...script]);
    expect((await said(await get("/a.css"), ...fields)).slice(1, 4)).toEqual(["public, max-age=5", "2", "zone"]);
    expect(origin.hits).toBe(2);
  });

  it("of deny and redirect the first decides", async () => {
    const { get } = await play(
      rules(
        { when: { path: "/admin/*" }, do: { deny: { status: 404, text: "nothing here" } } },
        { when: { path: "/*" }, do: { redirect: { to: "/home" } } },
      ),
    );
    const denied = await get("/admin/users", MANUAL);
    expect(denied.headers.get("cache-control")).toBe("no-store");
    expect(denied.headers.get("cache-status")).toBe("ResCDN; detail=denied");
    expect([denied.status, await denied.json()]).toEqual([404, { error: "nothing here", code: "denied" }]);
    expect((await get("/a", MANUAL)).status).toBe(302);
  });
});

describe("rules that change what is stored", () => {
  it("by a header: each kind of client has objects of its own, and caches are told", async () => {
    const zone = await play(
      rules({ when: { header: { "x-beta": "yes" } }, do: { request_headers: { "x-stage": "beta" } } }),
    );
    zone.origin.answers((request) => new Response(request.headers.get("x-stage") ?? "stable", { headers: DAY }));
    const read = async (init?: RequestInit) => {
      const answer = await zone.get("/app", init);
      return [await answer.text(), answer.headers.get("x-cache"), answer.headers.get("vary")];
    };
    const beta = { headers: { "x-beta": "YES" } };
    expect(await read(beta)).toEqual(["beta", "MISS", "Accept-Encoding, x-beta"]);
    expect(await read()).toEqual(["stable", "MISS", "Accept-Encoding, x-beta"]);
    for (let i = 0; i < 3; i++) {
      expect((await read(beta)).slice(0, 2)).toEqual(["beta", "HIT"]);
      expect((await read()).slice(0, 2)).toEqual(["stable", "HIT"]);
    }
    expect(zone.origin.hits).toBe(2);
  });

  it("by country: another origin for some, and no shared cache behind us mixes them", async () => {
    const eu = originAt("https://eu-origin.example").answers(asset("eu", DAY));
    const { get, origin } = await play({
      ...rules({ when: { country: ["DE", "FR"] }, do: { origin: eu.url } }),
      origin_headers: { authorization: "Basic secret" },
    });
    origin.answers(asset("world", { ...DAY, "cloudflare-cdn-cache-control": "max-age=86400" }));
    const read = async (init?: RequestInit) =>
      said(await get("/a", init), "cache-control", "cloudflare-cdn-cache-control");
    for (let i = 0; i < 2; i++) {
      expect(await read(from("DE"))).toEqual([200, "private, max-age=86400", null, "eu"]);
      expect(await read(from("US"))).toEqual([200, "private, max-age=86400", null, "world"]);
      expect(await read()).toEqual([200, "private, max-age=86400", null, "world"]);
    }
    expect([eu.hits, origin.hits]).toEqual([1, 1]);
    expect(eu.requests[0]!.headers.has("authorization")).toBe(false);
    expect(origin.requests[0]!.headers.get("authorization")).toBe("Basic secret");
  });

  it("a purge of a path reaches what each of them has stored", async () => {
    const zone = await play(
      rules(
        { when: { header: { "x-beta": true } }, do: { request_headers: { "x-stage": "beta" } } },
        { when: { path: "/a" }, do: { edge_ttl: 600 } },
      ),
    );
    let version = 1;
    zone.origin.answers((request) => new Response(`${request.headers.get("x-stage")}${version}`, { headers: DAY }));
    const read = async (init?: RequestInit) => (await zone.get("/a", init)).text();
    const beta = { headers: { "x-beta": "1" } };
    expect([await read(), await read(beta)]).toEqual(["null1", "beta1"]);
    version = 2;
    await zone.publish({ purges: { ...zone.zone.purges, everything: [zone.zone.version + 1, null] as never } });
    expect([await read(), await read(beta)]).toEqual(["null2", "beta2"]);
  });

  it("edge TTL: stored for as long as the rule says, whatever the origin's max-age, and not where it says no-store", async () => {
    const { get, origin } = await play(rules({ when: { path: "/api/*" }, do: { edge_ttl: 30, browser_ttl: 0 } }));
    origin.answers(asset("1", DAY));
    const read = async () => said(await get("/api/x"), "x-cache", "cache-control");
    expect(await read()).toEqual([200, "MISS", "public, max-age=0", "1"]);
    pass(29);
    expect((await read())[1]).toBe("HIT");
    pass(2);
    expect((await read())[1]).toBe("MISS");
    origin.answers(asset("2", { "cache-control": "private" }));
    expect((await said(await get("/api/y"), "x-cache"))[1]).toBe("BYPASS");
  });

  it("bypass: the cache is neither asked nor filled", async () => {
    const { get, origin } = await play(rules({ when: { path: "/live/*" }, do: { cache: "bypass" } }));
    origin.answers(asset("now", DAY));
    for (let i = 1; i < 4; i++) {
      const answer = await get("/live/x");
      expect(await said(answer, "x-cache", "cache-status")).toEqual([
        200,
        "BYPASS",
        "ResCDN; fwd=bypass; fwd-status=200; detail=rule",
        "now",
      ]);
      expect(origin.hits).toBe(i);
    }
    expect((await get("/live/x", { headers: { "cache-control": "only-if-cached" } })).status).toBe(504);
  });

  it("query: ignored under one path, kept elsewhere", async () => {
    const zone = await play(rules({ when: { path: "/img/*" }, do: { query: "ignore" } }));
    zone.origin.answers(asset("x", DAY));
    for (const path of ["/img/a?v=1", "/img/a?v=2", "/page?v=1", "/page?v=2"]) await (await zone.get(path)).text();
    expect(asked(zone)).toEqual(["/img/a", "/page?v=1", "/page?v=2"]);
  });

  it("request headers: what a rule takes away the origin does not see, though the zone forwards it", async () => {
    const zone = await play({
      ...rules({
        when: { path: "/static/*" },
        do: { request_headers: { cookie: null, "x-tier": null, "x-app": null } },
      }),
      forward: { headers: "all", cookies: true, authorization: false },
      origin_headers: { "x-app": "zone" },
    });
    zone.origin.answers(asset("x", { "cache-control": "no-store" }));
    const init = { headers: { cookie: "a=b", "x-tier": "gold" } };
    for (const path of ["/page", "/static/a"]) await (await zone.get(path, init)).text();
    expect(asked(zone, "cookie", "x-tier", "x-app")).toEqual(["/page a=b gold zone", "/static/a   "]);
  });

  it("an unsafe method makes all variants of what it changes be forgotten", async () => {
    const zone = await play({
      ...rules({
        when: { header: { "x-beta": true }, method: ["GET", "HEAD"] },
        do: { request_headers: { "x-stage": "beta" } },
      }),
      methods: "all",
    });
    let version = 1;
    zone.origin.answers((request) => {
      if (request.method === "POST") version++;
      return new Response(`${request.headers.get("x-stage")}${version}`, { headers: DAY });
    });
    const beta = { headers: { "x-beta": "1" } };
    const read = async (init?: RequestInit) => (await zone.get("/a", init)).text();
    expect([await read(), await read(beta), await read(), await read(beta)]).toEqual([
      "null1",
      "beta1",
      "null1",
      "beta1",
    ]);
    await (await zone.get("/a", { method: "POST", body: "x" })).text();
    expect([await read(), await read(beta)]).toEqual(["null2", "beta2"]);
  });
});

describe("download", () => {
  it("has browsers save what a path names, and shares the stored copy with those that show it", async () => {
    const { get, origin } = await play(
      rules(
        { when: { query: { dl: "1" } }, do: { download: true } },
        { when: { path: "/fixed" }, do: { download: "report 2026.pdf" } },
        { do: { query: { except: ["dl"] } } },
      ),
    );
    origin.answers(asset("x", DAY));
    const disposition = async (path: string) => (await get(path)).headers.get("content-disposition");
    expect(await disposition("/files/%E2%82%AC%20rates.pdf?dl=1")).toBe(
      "attachment; filename=\"_ rates.pdf\"; filename*=UTF-8''%E2%82%AC%20rates.pdf",
    );
    expect(await disposition("/files/%E2%82%AC%20rates.pdf")).toBeNull();
    expect(await disposition("/fixed")).toBe('attachment; filename="report 2026.pdf"');
    expect(origin.hits).toBe(2);
  });
});

describe("https", () => {
  it("is where what is asked by http is sent, whole, and HSTS is said over https alone", async () => {
    const zone = await play({ https: "redirect", hsts: { max_age: 31_536_000, include_subdomains: true } });
    zone.origin.answers(asset("x", { ...DAY, "strict-transport-security": "max-age=1" }));
    const plain = await zone.get("/a%20b?c=d", MANUAL);
    expect(await said(plain, "location", "strict-transport-security")).toEqual([
      308,
      `https://${zone.zone.name}.rescdn.localhost/a%20b?c=d`,
      null,
      "",
    ]);
    for (let i = 0; i < 3; i++) {
      const answer = await secure(zone, "/a");
      expect(await said(answer, "strict-transport-security")).toEqual([
        200,
        "max-age=31536000; includeSubDomains",
        "x",
      ]);
    }
  });

  it("without the redirect, one stored copy is answered by http without HSTS", async () => {
    const zone = await play({ hsts: { max_age: 60 } });
    zone.origin.answers(asset("x", { ...DAY, "strict-transport-security": "max-age=1" }));
    for (let i = 0; i < 3; i++) {
      expect((await said(await secure(zone, "/a"), "strict-transport-security"))[1]).toBe("max-age=60");
      expect((await said(await zone.get("/a"), "strict-transport-security"))[1]).toBeNull();
    }
    expect(zone.origin.hits).toBe(1);
  });
});

describe("copies", () => {
  it("name the site that they are copies of, unless the origin does", async () => {
    const { get, origin } = await play({ canonical: "https://www.example.com", noindex: true });
    origin.answers(
      asset("x", DAY),
      asset("y", { ...DAY, link: '<https://a.example/>; rel="canonical"' }),
      asset("no", {}, 404),
    );
    for (let i = 0; i < 3; i++) {
      const answer = await get("/a/b?c");
      expect(await said(answer, "link", "x-robots-tag")).toEqual([
        200,
        '<https://www.example.com/a/b>; rel="canonical"',
        "noindex",
        "x",
      ]);
    }
    expect((await get("/own")).headers.get("link")).toBe('<https://a.example/>; rel="canonical"');
    expect((await get("/gone")).headers.get("link")).toBeNull();
  });

  it("have a robots.txt of the zone's own", async () => {
    const { get, origin } = await play({ robots_txt: "User-agent: *\nDisallow: /\n" });
    expect(await said(await get("/robots.txt?x"), "content-type")).toEqual([
      200,
      "text/plain; charset=utf-8",
      "User-agent: *\nDisallow: /\n",
    ]);
    expect(await said(await get("/robots.txt", { method: "HEAD" }), "content-length")).toEqual([200, "26", ""]);
    expect(origin.hits).toBe(0);
  });
});

describe("error pages", () => {
  const BROWSER = { headers: { accept: "text/html,application/xhtml+xml,*/*;q=0.8", "sec-fetch-dest": "document" } };
  const pages = { "404": "<h1>Lost</h1>", "5xx": "<h1>Down</h1>" };

  it("stand in for errors of the origin and of the edge where a browser wants a page; the status stays", async () => {
    const { get, origin } = await play({ error_pages: pages });
    origin.answers(asset("no such file", { "content-type": "text/plain", etag: '"a"', link: "</x>" }, 404));
    for (let i = 0; i < 3; i++) {
      const page = await get("/a", BROWSER);
      expect(page.headers.get("content-security-policy")).toMatch(/^sandbox; default-src 'none'; /);
      expect(await said(page, "content-type", "cache-control", "etag", "link")).toEqual([
        404,
        "text/html; charset=utf-8",
        "no-store",
        null,
        null,
        "<h1>Lost</h1>",
      ]);
      const data = await get("/a", { headers: { accept: "application/json, */*" } });
      expect(data.headers.get("vary")).toContain("Accept, Sec-Fetch-Dest");
      expect((await said(data, "content-type")).slice(1)).toEqual(["text/plain", "no such file"]);
    }
    expect(origin.hits).toBe(1);
    origin.answers(() => {
      throw new Error("refused");
    });
    expect(await said(await get("/b", BROWSER), "content-type")).toEqual([
      502,
      "text/html; charset=utf-8",
      "<h1>Down</h1>",
    ]);
    expect(await said(await get("/b", { ...BROWSER, method: "HEAD" }))).toEqual([502, ""]);
  });

  it.each<[string, RequestInit]>([
    ["scripts that ask as such", { headers: { accept: "text/html", "x-requested-with": "XMLHttpRequest" } }],
    ["images", { headers: { accept: "text/html", "sec-fetch-dest": "image" } }],
    ["fetch()", { headers: { accept: "text/html", "sec-fetch-dest": "empty" } }],
    ["clients with credentials", { headers: { accept: "text/html", authorization: "Bearer a" } }],
    ["clients that refuse HTML", { headers: { accept: "application/json, text/html;q=0" } }],
    ["clients that take anything", { headers: { accept: "*/*" } }],
    ["clients that say nothing", {}],
  ])("are not shown to %s", async (_, init) => {
    const { get, origin } = await play({ error_pages: pages });
    origin.answers(asset("plain", {}, 404));
    expect(await (await get("/a", init)).text()).toBe("plain");
  });
});

describe("maintenance", () => {
  it("serves what is stored, fresh and stale, and asks no origin but for the addresses allowed", async () => {
    const zone = await play({ stale_if_error: 0 });
    zone.origin.answers(asset("old", { "cache-control": "max-age=60", etag: '"1"' }));
    await (await zone.get("/a")).text();
    await zone.publish({
      settings: { ...zone.zone.settings, maintenance: { retry_after: 120, allow: ["192.0.2.0/24"] } },
    });
    const stale = await zone.get("/a");
    expect(await said(stale, "x-cache")).toEqual([200, "STALE", "old"]);
    expect(stale.headers.get("cache-status")).toMatch(/^ResCDN; hit; ttl=-\d+; detail=maintenance$/);
    expect(await said(await zone.get("/b"), "retry-after", "cache-status", "cache-control")).toEqual([
      503,
      "120",
      "ResCDN; detail=maintenance",
      "no-store",
      expect.stringContaining('"code":"maintenance"'),
    ]);
    expect(zone.origin.hits).toBe(1);
    zone.origin.answers(asset("new", { "cache-control": "max-age=60" }));
    const allowed = { headers: { "cf-connecting-ip": "192.0.2.7" } };
    expect(await (await zone.get("/b", allowed)).text()).toBe("new");
    expect((await zone.get("/c", { headers: { "cf-connecting-ip": "198.51.100.1" } })).status).toBe(503);
  });

  it("takes no unsafe method", async () => {
    const { get } = await play({ methods: "all", maintenance: {} });
    expect(await said(await get("/a", { method: "POST", body: "x" }), "retry-after")).toEqual([
      503,
      "300",
      expect.stringContaining("maintenance"),
    ]);
  });
});

import { exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import guide from "../../src/docs/access.md?raw";
import type { EdgeRule } from "../../src/zones/rules/edge-rule.ts";
import { settingsSchema } from "../../src/zones/settings-schema.ts";
import { asset, originAt, play, playEdge } from "../support/edge.ts";

playEdge();

const DAY = { "cache-control": "max-age=86400" };
const from = (country: string | null, headers: Record<string, string> = {}) =>
  ({ redirect: "manual", headers, ...(country !== null && { cf: { country } }) }) as RequestInit;

/** The rules that the guide to access shows, as it shows them. */
function shown(): { rules: EdgeRule[] } {
  const section = guide.split("## Edge rules\n")[1]!.split("\n## ")[0]!;
  const [, json = ""] = /```json\n([\s\S]*?)```/.exec(section) ?? [];
  return settingsSchema.parse(JSON.parse(json)) as { rules: EdgeRule[] };
}

describe("the edge rules of the guide to access", () => {
  it("do what their names say", async () => {
    const beta = originAt("https://beta.example.com").answers(asset("beta", DAY));
    const { get, origin } = await play(shown());
    origin.answers(asset("main", DAY));
    const status = async (path: string, init?: RequestInit) => (await get(path, init)).status;
    const moved = await get("/old/a?b=1", from(null));
    expect([moved.status, moved.headers.get("location")]).toEqual([301, "/new/a?b=1"]);
    expect(await status("/eu/a", from("DE"))).toBe(200);
    expect([await status("/eu/a", from("US")), await status("/eu/a", from(null))]).toEqual([451, 451]);
    expect(await status("/paid/film.mp4")).toBe(403);
    const before = origin.hits;
    for (const query of ["?v=1", "?v=2", ""]) await (await get(`/a.jpg${query}`)).text();
    expect(origin.hits).toBe(before + 1);
    const withCookie = from(null, { cookie: "a=b; beta=1" });
    expect([await (await get("/app", withCookie)).text(), await (await get("/app")).text()]).toEqual(["beta", "main"]);
    expect(beta.requests[0]!.headers.has("cookie")).toBe(false);
  });
});

describe("the access lists of the guide to access", () => {
  it("staging behind an address list: nobody else gets anything, what is stored neither", async () => {
    const { get, origin } = await play({ access: { addresses: { allow: ["192.0.2.0/24", "2001:db8::/32"] } } });
    origin.answers(asset("staging", DAY));
    const by = (address: string) => get("/", { headers: { "cf-connecting-ip": address } });
    expect(await (await by("192.0.2.7")).text()).toBe("staging");
    expect((await by("2001:db8::1")).status).toBe(200);
    expect([(await by("198.51.100.1")).status, (await get("/")).status]).toEqual([403, 403]);
  });

  it("only my site may embed, and rules come behind that", async () => {
    const { get } = await play({
      access: { referers: { allow: ["www.example.com"], none: "deny" } },
      rules: [{ do: { redirect: { to: "/elsewhere" } } }],
    });
    const by = (referer: string) => get("/a.png", from(null, { referer }));
    expect((await by("https://www.example.com/page")).status).toBe(302);
    expect((await by("https://thief.example/")).status).toBe(403);
    expect((await get("/a.png", from(null))).headers.get("cache-status")).toBe("ResCDN; detail=access-referer");
  });
});

describe("a signature that a rule requires", () => {
  it("is asked for under its path alone, and a rule may lift it for a part of a zone that requires it", async () => {
    const lifted = await play({
      signed_urls: "required",
      rules: [{ when: { path: "/free/*" }, do: { signature: "none" } }],
    });
    lifted.origin.answers(asset("x", DAY));
    expect([(await lifted.get("/free/a")).status, (await lifted.get("/a")).status]).toEqual([200, 403]);
    const wanted = await play({ rules: [{ when: { path: "/paid/*" }, do: { signature: "required" } }] });
    wanted.origin.answers(asset("x", DAY));
    expect([(await wanted.get("/a")).status, (await wanted.get("/paid/a")).status]).toEqual([200, 403]);
  });

  it("is asked for under each spelling that some server takes for that path, as a denial is made; what lifts it is taken strictly", async () => {
    const guarded = await play({
      signed_urls: "required",
      rules: [
        { when: { path: "/admin/*" }, do: { deny: { status: 404 } } },
        { when: { path: "/free/*" }, do: { signature: "none" } },
      ],
    });
    guarded.origin.answers(asset("x", DAY));
    const status = async (path: string) => (await guarded.get(path)).status;
    for (const path of [
      "/admin/a",
      "//admin/a",
      "/admin//a",
      "/x/../admin/a",
      "/%61dmin/a",
      "/admin%2fa",
      "/x%2f..%2fadmin/a",
    ])
      expect(await status(path), path).toBe(404);
    for (const path of ["/admin;x=1/a", "/x/..;/admin/a", "/%5cadmin/a", "/.//admin/a", "\\admin\\a"])
      expect(await status(path), path).toBe(404);
    for (const path of ["/free/..%2fpaid", "/free/..;/paid", "/free%2f..%2fpaid"])
      expect(await status(path), path).toBe(403);
    expect(await status("/free//a")).toBe(200);
  });
});

describe("poisoning a zone with rules", () => {
  const rules: EdgeRule[] = [
    { when: { header: { "x-beta": true } }, do: { request_headers: { "x-stage": "beta" } } },
    { when: { country: "DE" }, do: { response_headers: { "x-lang": "de" } } },
    { when: { header: { "x-debug": "1" } }, do: { response_headers: { "x-debug": "on", server: null } } },
    { when: { query: { dl: true } }, do: { download: true } },
  ];

  it("is tried by every mix of clients, and each gets what it alone would get", async () => {
    const clients: RequestInit[] = ["DE", "US", null].flatMap((country) =>
      [{}, { "x-beta": "1" }, { "x-debug": "1" }, { "x-beta": "1", "x-debug": "1" }].map((headers) =>
        from(country, headers as Record<string, string>),
      ),
    );
    const seen = async (
      get: (path: string, init?: RequestInit) => Promise<Response>,
      init: RequestInit,
      path: string,
    ) => {
      const answer = await get(path, init);
      const fields = ["x-lang", "x-debug", "server", "vary", "cache-control", "content-disposition"];
      // Whether a coding was chosen is told only where the length is known.
      return [await answer.text(), ...fields.map((name) => answer.headers.get(name)?.replace("Accept-Encoding, ", ""))];
    };
    const script = (request: Request) =>
      new Response(`stage ${request.headers.get("x-stage")}`, { headers: { ...DAY, server: "origin" } });
    const alone: unknown[] = [];
    for (const init of clients) {
      const single = await play({ rules });
      single.origin.answers(script);
      alone.push([await seen(single.get, init, "/a"), await seen(single.get, init, "/a?dl")]);
    }
    const shared = await play({ rules });
    shared.origin.answers(script);
    for (let round = 0; round < 3; round++) {
      for (const [index, init] of clients.entries()) {
        expect([await seen(shared.get, init, "/a"), await seen(shared.get, init, "/a?dl")]).toEqual(alone[index]);
      }
    }
    // Two paths with their queries, with and without the field that reaches the origin.
    expect(shared.origin.hits).toBe(4);
  });

  it("by a scheme that a client states: HSTS and redirects go by what it has asked", async () => {
    const zone = await play({ hsts: { max_age: 60 }, https: "redirect" });
    zone.origin.answers(asset("x", DAY));
    const lying = { headers: { "x-forwarded-proto": "https" }, redirect: "manual" } as const;
    expect((await zone.get("/", lying)).status).toBe(308);
    const secure = await exports.default.fetch(
      new Request(`https://${zone.zone.name}.rescdn.localhost/`, { headers: { "x-forwarded-proto": "http" } }),
    );
    expect([secure.status, secure.headers.get("strict-transport-security")]).toEqual([200, "max-age=60"]);
  });
});

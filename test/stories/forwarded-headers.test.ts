import { describe, expect, it } from "vitest";
import { buildPurgeLog } from "../../src/zones/purge/purge-log.ts";
import { asset, originAt, play, playEdge } from "../support/edge.ts";

playEdge();

describe("a listed header", () => {
  const listing = (...headers: string[]) => ({ forward: { headers, cookies: false, authorization: false } });

  it("is in the cache key, whatever the origin says of Vary", async () => {
    const { get, origin } = await play(listing("x-user", "x-tier"));
    origin.answers((request) => new Response(`${request.headers.get("x-user")} ${request.headers.get("x-tier")}`));
    const ask = async (headers: Record<string, string>) => (await get("/a.css", { headers })).text();
    const requests = [
      {},
      { "x-user": "a" },
      { "x-user": "b" },
      { "x-tier": "a" },
      { "x-user": "a", "x-tier": "b" },
      { "x-user": "a&x-tier=b" },
      { "x-user": "" },
      { "x-user": "null" },
      { "x-user": "a/b~c" },
    ];
    for (const headers of [...requests, ...requests]) {
      const { "x-user": user = null, "x-tier": tier = null } = headers as Record<string, string>;
      expect(await ask(headers)).toBe(`${user} ${tier}`);
    }
    expect(origin.hits).toBe(requests.length);
  });

  it("holds also where it is long", async () => {
    const { get, origin } = await play(listing("x-user"));
    origin.answers((request) => new Response(request.headers.get("x-user")));
    const [one, other] = ["1", "2"].map((end) => "long".repeat(1_000) + end);
    for (const user of [one!, other!, one!, other!]) {
      expect(await (await get("/a.css", { headers: { "x-user": user } })).text()).toBe(user);
    }
    expect(origin.hits).toBe(2);
  });

  it("reaches the origin in the one spelling that the key has", async () => {
    const { get, origin } = await play(listing("accept-language"));
    origin.answers((request) => new Response(request.headers.get("accept-language")));
    for (const spelled of ["fr;q=0.5,de", "DE , fr;q=0.50"]) {
      expect(await (await get("/a.css", { headers: { "accept-language": spelled } })).text()).toBe("de,fr;q=0.5");
    }
    expect(origin.hits).toBe(1);
  });

  it("is a variant of one object where objects change by unsafe methods, so that a change reaches all", async () => {
    const { get, origin } = await play({ ...listing("x-user"), methods: "all" });
    let version = 1;
    origin.answers((request) => {
      if (request.method === "PUT") version++;
      return new Response(`${request.headers.get("x-user")} v${version}`, {
        headers: { "cache-control": "max-age=60" },
      });
    });
    const ask = async (user: string) => (await get("/doc", { headers: { "x-user": user } })).text();
    expect([await ask("a"), await ask("b"), await ask("a")]).toEqual(["a v1", "b v1", "a v1"]);
    await get("/doc", { method: "PUT", headers: { "x-user": "c" } });
    expect([await ask("a"), await ask("b")]).toEqual(["a v2", "b v2"]);
  });

  it("is another variant in a spelling on which the origin chokes", async () => {
    const { get, origin } = await play({ ...listing("x-tier", "accept-language"), methods: "all" });
    origin.answers((request) => {
      const seen = `${request.headers.get("x-tier")} ${request.headers.get("accept-language")}`;
      return new Response(seen, { headers: { "cache-control": "max-age=60", "content-language": "de" } });
    });
    const ask = async (tier: string, language: string) =>
      (await get("/doc", { headers: { "x-tier": tier, "accept-language": language } })).text();
    expect(await ask("one,,,", "de")).toBe("one,,, de");
    expect(await ask("one", "fr, de")).toBe("one fr,de");
    expect(await ask("one", "de, fr")).toBe("one de,fr");
    expect(await ask("one", "de")).toBe("one de");
    expect(await ask("one", "de, fr;q=0.5")).toBe("one de,fr;q=0.5");
    expect(origin.hits).toBe(5);
    expect(await ask("one", "fr;q=0.5,DE")).toBe("one de,fr;q=0.5");
    expect(origin.hits).toBe(5);
  });

  it("is purged with its path, in each of its values", async () => {
    const { get, origin, publish, zone } = await play(listing("x-user"));
    origin.answers((request) => new Response(request.headers.get("x-user")));
    const xCache = async (user: string) => {
      const response = await get("/a.css", { headers: { "x-user": user } });
      await response.text();
      return response.headers.get("x-cache");
    };
    expect([await xCache("a"), await xCache("b"), await xCache("a")]).toEqual(["MISS", "MISS", "HIT"]);
    await publish({
      purges: buildPurgeLog([{ kind: "path", value: "/a.css", soft: false, version: zone.version + 1, at: 0 }]),
    });
    expect([await xCache("a"), await xCache("b"), await xCache("a")]).toEqual(["MISS", "MISS", "HIT"]);
  });
});

describe("a variant", () => {
  const ALL = { forward: { headers: "all" as const, cookies: false, authorization: false } };

  it("in a spelling that an origin chokes on is nobody else's", async () => {
    const { get, origin } = await play(ALL);
    origin.answers((request) => {
      const isLong = (request.headers.get("accept-language") ?? "").length > 1_000;
      const headers = { vary: "Accept-Language", "cache-control": "max-age=60" };
      return new Response(isLong ? "header too long" : "page", { status: isLong ? 400 : 200, headers });
    });
    const ask = async (language: string) => (await get("/a", { headers: { "accept-language": language } })).status;
    expect([await ask(`${"en,".repeat(3_000)}en`), await ask("en"), await ask("en")]).toEqual([400, 200, 200]);
    expect(origin.hits).toBe(2);
  });

  it("is found by its language only if it was made for that alone", async () => {
    const { get, origin } = await play(ALL);
    const headers = { vary: "Accept-Language", "content-language": "de", "cache-control": "max-age=60" };
    origin.answers((request) => new Response(`page for ${request.headers.get("accept-language")}`, { headers }));
    const ask = async (language: string, more = {}) =>
      (await get("/a", { headers: { "accept-language": language, ...more } })).text();
    expect(await ask("de, x-evil;q=0.001")).toBe("page for de, x-evil;q=0.001");
    expect(await ask("de")).toBe("page for de");
    await expect.poll(() => ask("de, fr;q=0.5", { "cache-control": "only-if-cached" })).toBe("page for de");
    expect(origin.hits).toBe(2);
  });
});

describe("where all headers are forwarded", () => {
  const ALL = { forward: { headers: "all" as const, cookies: false, authorization: false } };

  it.each([
    "x-forwarded-host",
    "x-forwarded-for",
    "x-forwarded-proto",
    "x-ssl-client-verify",
    "client-cert",
    "remote-user",
    "available-dictionary",
    "x-forwarded-anything",
    "forwarded",
    "x-original-url",
    "x-rewrite-url",
    "x-http-method-override",
    "x-method-override",
    "x-host",
    "true-client-ip",
    "cf-connecting-ip",
    "x-middleware-subrequest",
    "x-invoke-status",
    "x-envoy-original-path",
    "x-amz-server-side-encryption",
    "translate",
    "origin",
    "via",
    "max-forwards",
    "surrogate-capability",
    "cache-control",
    "pragma",
  ])("%s is not: it would steer the application for all", async (name) => {
    const { get, origin } = await play(ALL);
    origin.answers((request) => new Response(request.headers.get(name)));
    expect(await (await get("/a.css", { headers: { [name]: "evil" } })).text()).not.toContain("evil");
  });

  it("the rest is, the origin's Vary decides, and what has a control character is left out", async () => {
    const { get, origin } = await play(ALL);
    origin.answers((request) => new Response(request.headers.get("x-view"), { headers: { vary: "X-View" } }));
    const view = async (value: string) => (await get("/a.css", { headers: { "x-view": value } })).text();
    expect([await view("a"), await view("b"), await view("a")]).toEqual(["a", "b", "a"]);
    expect(await view("c\x07")).toBe("");
    expect(origin.hits).toBe(3);
  });

  it("who sends something that the origin chokes on fails alone, and holds up nobody", async () => {
    const { get, origin } = await play(ALL);
    const gate = Promise.withResolvers<void>();
    origin.answers(async (request) => {
      const { headers } = request;
      if (headers.has("x-choke")) throw new Error("reset");
      if (headers.has("x-hang")) await gate.promise;
      return new Response("x", { headers: { "cache-control": "no-store" } });
    });
    const hanging = get("/a.css", { headers: { "x-hang": "1" } });
    await expect.poll(() => origin.hits).toBe(1);
    expect((await get("/a.css", { headers: { "x-choke": "1" } })).status).toBe(502);
    expect((await get("/a.css")).status).toBe(200);
    gate.resolve();
    expect((await hanging).status).toBe(200);
  });
});

describe("headers of the zone to its origin", () => {
  it("take the place of what the edge says where nobody else does, whatever a client says", async () => {
    const own = { accept: "image/*", "user-agent": "Zone/1", "x-forwarded-host": "www.example.com" };
    const { get, origin } = await play({ origin_headers: own });
    origin.answers(asset("x"));
    await get("/a.css", { headers: Object.fromEntries(Object.keys(own).map((name) => [name, "evil"])) });
    const { headers } = origin.requests[0]!;
    expect(Object.fromEntries(Object.keys(own).map((name) => [name, headers.get(name)]))).toEqual(own);
    expect(headers.get("x-forwarded-proto")).toBe("https");
  });

  it("never reach the fallback origin, which has its own", async () => {
    const second = originAt("https://second-with-headers.example").answers(asset("x"));
    const { get, origin } = await play({
      fallback_origin: "https://second-with-headers.example",
      origin_headers: { authorization: "Basic first", "x-first": "1" },
      fallback_headers: { "x-second": "2" },
    });
    origin.answers(asset("down", {}, 503));
    expect(await (await get("/a.css")).text()).toBe("x");
    const [asked, askedNext] = [origin.requests[0]!.headers, second.requests[0]!.headers];
    expect([asked.get("authorization"), asked.get("x-first"), asked.get("x-second")]).toEqual([
      "Basic first",
      "1",
      null,
    ]);
    expect([askedNext.get("authorization"), askedNext.get("x-first"), askedNext.get("x-second")]).toEqual([
      null,
      null,
      "2",
    ]);
  });
});

describe("the fallback origin", () => {
  it("answers for one client alone where that client's own headers may have made the first origin fail", async () => {
    const second = originAt("https://second-for-one.example").answers(
      asset("spare", { "cache-control": "max-age=60" }),
    );
    const { get, origin } = await play({
      fallback_origin: second.url,
      forward: { headers: "all", cookies: false, authorization: false },
    });
    origin.answers((request) => new Response("first", { status: request.headers.has("x-odd") ? 500 : 200 }));
    const odd = await get("/a.css", { headers: { "x-odd": "1" } });
    expect(await odd.text()).toBe("spare");
    expect(odd.headers.get("cache-status")).toContain("detail=fallback");
    expect(await (await get("/a.css")).text()).toBe("first");
  });

  it("answers for all where the first origin was shown nothing of the client", async () => {
    const second = originAt("https://second-for-all.example").answers(
      asset("spare", { "cache-control": "max-age=60" }),
    );
    const { get, origin } = await play({ fallback_origin: second.url });
    origin.answers(asset("down", {}, 500));
    await (await get("/a.css", { headers: { "x-odd": "1" } })).text();
    expect((await get("/a.css")).headers.get("x-cache")).toBe("HIT");
  });
});

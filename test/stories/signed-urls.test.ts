import { exports } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { asset, pass, playEdge } from "../support/edge.ts";
import { playSigned, sealedKey } from "../support/signing.ts";

playEdge();

/** A request as it arrives on Cloudflare's network. */
const from = (address: string, country?: string, init: RequestInit = {}): RequestInit => ({
  ...init,
  headers: { ...(init.headers as Record<string, string>), "cf-connecting-ip": address },
  cf: { country } as never,
});
const CSS = { "content-type": "text/css", "cache-control": "public, max-age=86400" };

/** What an answer says: its status, its own word, and what became of the cache. */
async function told(answer: Response): Promise<string> {
  await answer.arrayBuffer();
  const detail = /detail=([\w-]+)/.exec(answer.headers.get("cache-status") ?? "")?.[1];
  return [answer.status, detail ?? answer.headers.get("x-cache")].join(" ");
}

describe("a zone whose URLs have to be signed", () => {
  it("answers those that are, out of one object for all tokens, and shows its origin nothing of them", async () => {
    const { origin, get, sign } = await playSigned();
    origin.answers(asset("a", CSS));
    expect(await told(await get(sign("/a.css?v=1")))).toBe("200 MISS");
    pass(1);
    expect(await told(await get(sign("/a.css?v=1", { limit: 5, tokenPath: "/a" })))).toBe("200 HIT");
    expect(await told(await get(sign("/a.css?v=1", { form: "path" })))).toBe("200 HIT");
    expect(origin.requests.map(({ url }) => url)).toEqual([`${origin.url}/a.css?v=1`]);
  });

  it.each<[string, (sign: (path: string, grant?: object) => string) => string, string]>([
    ["no token", () => "/a.css", "403 signature-missing"],
    ["no token, but the rest of one", () => "/a.css?expires=1900000000&limit=1", "403 signature-missing"],
    ["another key", (sign) => sign("/a.css", { key: "another-key" }), "403 signature-wrong"],
    ["another path", (sign) => sign("/b.css").replace("/b.css", "/a.css"), "403 signature-wrong"],
    ["another end", (sign) => sign("/a.css").replace(/expires=\d/, "expires=2"), "403 signature-wrong"],
    ["no end", (sign) => sign("/a.css").replace(/&expires=\d+/, ""), "403 signature-wrong"],
    ["no HMAC", (sign) => sign("/a.css").replace(/HS256-[\w-]+/, "HS256-"), "403 signature-wrong"],
    ["an end that is over", (sign) => sign("/a.css", { expires: Date.now() / 1000 - 1 }), "410 signature-expired"],
    ["an end right now", (sign) => sign("/a.css", { expires: Date.now() / 1000 }), "410 signature-expired"],
    ["an end in more than ten years", (sign) => sign("/a.css", { expires: 2_111_400_000 }), "403 signature-wrong"],
    ["a lock to another address", (sign) => sign("/a.css", { address: "192.0.2.8" }), "403 signature-address"],
    ["only other countries", (sign) => sign("/a.css", { countries: ["CA", "US"] }), "403 signature-country"],
    ["this country blocked", (sign) => sign("/a.css", { blockedCountries: ["DE"] }), "403 signature-country"],
    ["nothing but it", (sign) => sign("/a.css"), "200 MISS"],
    ["an end in ten years", (sign) => sign("/a.css", { expires: 2_110_000_000 }), "200 MISS"],
    ["a lock to this address", (sign) => sign("/a.css", { address: "192.0.2.7" }), "200 MISS"],
    ["this country", (sign) => sign("/a.css", { countries: ["CA", "DE"] }), "200 MISS"],
    ["another country blocked", (sign) => sign("/a.css", { blockedCountries: ["US"] }), "200 MISS"],
  ])("answers a URL with %s", async (_, url, answer) => {
    const { origin, get, sign } = await playSigned();
    origin.answers(asset("a", CSS));
    expect(await told(await get(url(sign), from("192.0.2.7", "DE")))).toBe(answer);
    expect(origin.hits).toBe(answer.startsWith("200") ? 1 : 0);
  });

  it("takes an unknown country for none that a token allows, and for none that it blocks", async () => {
    const { origin, get, sign } = await playSigned();
    origin.answers(asset("a", CSS));
    expect(await told(await get(sign("/a.css", { countries: ["DE"] }), from("192.0.2.7")))).toBe(
      "403 signature-country",
    );
    expect(await told(await get(sign("/a.css", { blockedCountries: ["DE"] }), from("192.0.2.7")))).toBe("200 MISS");
  });

  it("lets a token for an IPv6 address hold for its /64, and for no client of an unknown address", async () => {
    const { origin, get, sign } = await playSigned();
    origin.answers(asset("a", CSS));
    const url = sign("/a.css", { address: "2001:db8:85a3::8a2e:370:7334" });
    expect(await told(await get(url, from("2001:db8:85a3::1")))).toBe("200 MISS");
    expect(await told(await get(url, from("2001:db8:85a4::1")))).toBe("403 signature-address");
    expect(await told(await get(url))).toBe("403 signature-address");
  });

  it("refuses with no-store, readable by every page, and in JSON", async () => {
    const { get } = await playSigned();
    const answer = await get("/a.css");
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "cache-control": "no-store",
      "access-control-allow-origin": "*",
      "content-type": "application/json",
    });
    expect(await answer.json()).toEqual({
      error: "this URL must be signed, and is not",
      code: "signature-missing",
    });
  });

  it("answers privately, for no longer than the token holds: a miss, a hit, a range, a 304, a HEAD", async () => {
    const { origin, get, sign } = await playSigned();
    const toCaches = {
      ...{ "cdn-cache-control": "max-age=86400", "cloudflare-cdn-cache-control": "public, max-age=86400" },
      ...{ "edge-control": "cache-maxage=1d", "x-accel-expires": "86400" },
    };
    origin.answers(asset("abcdef", { ...CSS, etag: '"1"', ...toCaches }));
    const expires = Date.now() / 1000 + 100;
    const url = sign("/a.css", { expires });
    const all: [RequestInit, number][] = [
      [{}, 200],
      [{}, 200],
      [{}, 200],
      [{ headers: { range: "bytes=0-1" } }, 206],
      [{ headers: { range: "bytes=0-1" } }, 206],
      [{ headers: { "if-none-match": '"1"' } }, 304],
      [{ method: "HEAD" }, 200],
    ];
    for (const [index, [init, status]] of all.entries()) {
      const answer = await get(url, init);
      await answer.arrayBuffer();
      expect(answer.status).toBe(status);
      expect(answer.headers.get("cache-control")).toBe(`private, max-age=${100 - index}`);
      expect(Object.keys(toCaches).filter((name) => answer.headers.has(name))).toEqual([]);
      pass(1);
    }
    expect(origin.hits).toBe(1);
    const lasting = await get(sign("/a.css", { expires: Date.now() / 1000 + 1_000_000 }));
    expect(lasting.headers.get("cache-control")).toBe("private, max-age=86400");
  });

  it.each(["query", "path"] as const)(
    "is asked by https where it was by http, with the token in its %s",
    async (form) => {
      const { origin, zone, get, sign } = await playSigned({ https: "redirect" });
      origin.answers(asset("a", CSS));
      const url = sign("/a.css?v=1", { form });
      const sent = await get(url, { redirect: "manual" });
      const location = sent.headers.get("location")!;
      expect([sent.status, location]).toEqual([308, `https://${zone.name}.rescdn.localhost${url}`]);
      expect(await told(await exports.default.fetch(location))).toBe("200 MISS");
      expect(await told(await exports.default.fetch(location.replace("HS256-", "HS256-x")))).toBe(
        "403 signature-wrong",
      );
    },
  );

  it("counts what is left of a token from when its origin has answered", async () => {
    const { origin, get, sign } = await playSigned();
    origin.answers(() => {
      pass(8);
      return asset("abcdef", CSS)(new Request("https://a.example"));
    });
    const answer = await get(sign("/a.css", { expires: Date.now() / 1000 + 100 }));
    expect(answer.headers.get("cache-control")).toBe("private, max-age=92");
  });

  it("answers privately out of the store as well, where it does not fit into memory", async () => {
    const { origin, get, sign } = await playSigned();
    origin.answers(asset(new Uint8Array(1_200_000), { ...CSS, etag: '"1"' }));
    const url = sign("/a.css");
    for (const headers of [{}, {}, {}, {}, { "if-none-match": '"1"' }, { range: "bytes=0-9" }] as HeadersInit[]) {
      const answer = await get(url, { headers });
      await answer.arrayBuffer();
      expect(answer.headers.get("cache-control")).toBe("private, max-age=3600");
    }
    expect(origin.hits).toBe(1);
    pass(3600);
    expect(await told(await get(url))).toBe("410 signature-expired");
  });

  it("leaves no-store, turns Expires into seconds, and lets nobody keep what says nothing of its freshness", async () => {
    const { origin, get, sign } = await playSigned();
    const date = new Date().toUTCString();
    origin.answers(
      asset("a", { "cache-control": "no-store" }),
      asset("a", { date, expires: new Date(Date.now() + 60_000).toUTCString() }),
      asset("a"),
      asset("a", { "cache-control": "public, max-age=60, must-revalidate, immutable, s-maxage=90" }),
    );
    const said = async (path: string) => (await get(sign(path))).headers.get("cache-control");
    expect(await said("/1")).toBe("no-store");
    expect(await said("/2")).toBe("private, max-age=60");
    expect(await said("/3")).toBe("private, max-age=0");
    expect(await said("/4")).toBe("private, max-age=60, must-revalidate");
  });

  it("takes both of two keys, and none that has been taken away", async () => {
    const { zone, origin, get, sign, publish } = await playSigned({}, ["first-key", "second-key"]);
    origin.answers(asset("a", CSS));
    expect(await told(await get(sign("/a.css", { key: "first-key" })))).toBe("200 MISS");
    expect(await told(await get(sign("/a.css", { key: "second-key" })))).toBe("200 HIT");
    await publish({ signing_keys: [zone.signing_keys![1]!] });
    expect((await get(sign("/a.css", { key: "first-key" }))).status).toBe(403);
    expect((await get(sign("/a.css", { key: "second-key" }))).status).toBe(200);
  });

  it("serves nothing by a key that was sealed for another zone, by another keyring, or is broken, and logs that", async () => {
    const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const { zone, get, sign, publish } = await playSigned();
    const { sealed } = zone.signing_keys![0]!;
    const others = [
      sealedKey("zone_other", "sign_1", "first-key").sealed,
      sealed.replace("tests", "x"),
      `${sealed}A`,
      "x",
    ];
    for (const other of others) {
      await publish({ signing_keys: [{ id: "sign_1", sealed: other }] });
      expect(await told(await get(sign("/a.css")))).toBe("403 signature-wrong");
    }
    expect(error.mock.calls.map(([line]) => JSON.parse(line as string).event)).toEqual(
      others.map(() => "signing_key_unreadable"),
    );
  });

  it("needs no signature for a preflight, whether the edge answers it or the origin", async () => {
    const { get } = await playSigned();
    const preflight = {
      method: "OPTIONS",
      headers: { origin: "https://a.example", "access-control-request-method": "GET" },
    };
    expect((await get("/a.css", preflight)).status).toBe(204);
    const passed = await playSigned({ cors: false });
    passed.origin.answers(asset(null, {}, 204));
    const answer = await passed.get(passed.sign("/a.css?x=1"), preflight);
    expect(answer.status).toBe(204);
    expect(passed.origin.requests.map(({ url }) => url)).toEqual([`${passed.origin.url}/a.css?x=1`]);
  });

  it("wants one of every other method, and passes on nothing of it", async () => {
    const { origin, get, sign } = await playSigned({ methods: "all" });
    origin.answers(asset("made", {}, 201));
    expect((await get("/a?x=1", { method: "POST", body: "b" })).status).toBe(403);
    expect((await get("/a", { method: "OPTIONS" })).status).toBe(403);
    const answer = await get(sign("/a?x=1"), { method: "POST", body: "b" });
    expect([answer.status, answer.headers.get("cache-control")]).toEqual([201, "private, max-age=0"]);
    expect(origin.requests.map(({ url }) => url)).toEqual([`${origin.url}/a?x=1`]);
  });

  it("lets a playlist's segments inherit its token by their path", async () => {
    const { zone, origin, get, sign } = await playSigned();
    origin.answers(asset("a", CSS));
    const playlist = sign("/hls/720p/index.m3u8", { tokenPath: "/hls/", form: "path" });
    const host = `http://${zone.name}.rescdn.localhost`;
    for (const [reference, status] of [
      ["index.m3u8", 200],
      ["a.ts", 200],
      ["../1080p/a.ts", 200],
      ["../../other/a.ts", 403],
      ["/hls/720p/a.ts", 403],
    ] as const) {
      const { pathname } = new URL(reference, `${host}${playlist}`);
      expect((await get(pathname)).status, reference).toBe(status);
    }
    expect(origin.requests.map(({ url }) => url.slice(origin.url.length))).toEqual([
      "/hls/720p/index.m3u8",
      "/hls/720p/a.ts",
      "/hls/1080p/a.ts",
    ]);
  });

  it("is purged and taken down by its paths without a token", async () => {
    const { origin, get, sign, publish } = await playSigned();
    origin.answers(asset("a", CSS));
    await get(sign("/a.css"));
    await publish({ takedowns: { paths: { "/a.css": "order 1" }, urls: {}, prefixes: [] } });
    expect(await told(await get(sign("/a.css", { form: "path" })))).toBe("451 taken-down");
    expect(await told(await get("/a.css"))).toBe("451 taken-down");
  });

  it("shows what has expired to nobody, however hot it is", async () => {
    const { origin, get, sign } = await playSigned();
    origin.answers(asset("a", CSS));
    const url = sign("/a.css");
    for (let i = 0; i < 3; i++) await (await get(url)).arrayBuffer();
    pass(3600);
    expect(await told(await get(url))).toBe("410 signature-expired");
  });

  it("gives a redirect of the origin that is relative back without a token", async () => {
    const { origin, get, sign } = await playSigned();
    origin.answers(asset(null, { location: `${"/b.css"}`, "cache-control": "max-age=60" }, 302));
    const answer = await get(sign("/a.css", { form: "path" }), { redirect: "manual" });
    expect([answer.status, answer.headers.get("location")]).toEqual([302, "/b.css"]);
  });
});

describe("a zone whose URLs need not be signed", () => {
  it("takes a token's parameters for ordinary ones", async () => {
    const { origin, get } = await playSigned({ signed_urls: "off" });
    origin.answers(asset("a", CSS));
    const path = "/a.css?token=x&expires=1&limit=2&token_path=/b";
    const answer = await get(path);
    expect([answer.status, answer.headers.get("cache-control")]).toEqual([200, CSS["cache-control"]]);
    await get("/bcdn_token=x/a.css");
    expect(origin.requests.map(({ url }) => url)).toEqual([`${origin.url}${path}`, `${origin.url}/bcdn_token=x/a.css`]);
  });
});

import { describe, expect, it } from "vitest";
import { asset, pass, play, playEdge } from "../support/edge.ts";

playEdge();

const many = (count: number) => Array.from({ length: count }, (_, at) => `t${at}`);
const ONE_DAY = { "cache-control": "max-age=86400" };
const TOO_MANY: [title: string, headers: Record<string, string>, reason: string][] = [
  ["tags in Cache-Tag", { ...ONE_DAY, "cache-tag": many(30_000).join() }, "too-many-tags"],
  ["tags in Surrogate-Key", { ...ONE_DAY, "surrogate-key": many(30_000).join(" ") }, "too-many-tags"],
  ["members of Cache-Control", { "cache-control": `max-age=9, ${many(30_000)}` }, "cache-control-too-long"],
  ["members of CDN-Cache-Control", { "cdn-cache-control": `max-age=9, ${many(30_000)}` }, "cache-control-too-long"],
  ["members of Surrogate-Control", { "surrogate-control": `max-age=9, ${many(30_000)}` }, "cache-control-too-long"],
  ["names in Vary", { ...ONE_DAY, vary: many(33).join() }, "vary-star"],
  ["fields", Object.fromEntries(many(4_000).map((name) => [name, "a value"])), "too-many-fields"],
];

describe("an answer with too many", () => {
  it.each(TOO_MANY)("%s is passed on and not stored", async (_, headers, reason) => {
    const { get, origin } = await play({ forward: { headers: "all", cookies: false, authorization: false } });
    origin.answers(asset("x", headers));
    for (let hits = 1; hits <= 2; hits++) {
      const answer = await get("/a.css");
      expect(await answer.text()).toBe("x");
      expect(answer.headers.get("cache-status")).toContain(`detail=${reason}`);
      expect(origin.hits).toBe(hits);
    }
  });

  it.each(TOO_MANY)("%s takes the place of nothing that is stored, and as a 304 ends it", async (_, headers) => {
    const { get, origin } = await play({ forward: { headers: "all", cookies: false, authorization: false } });
    origin.answers(
      asset("x", { etag: '"1"', "cache-control": "max-age=10" }),
      asset(null, { etag: '"1"', ...headers }, 304),
      asset("y", { etag: '"2"', "cache-control": "max-age=10" }),
    );
    const texts: string[] = [];
    for (let i = 0; i < 4; i++) {
      texts.push(await (await get("/a.css")).text());
      if (i === 0) pass(11);
    }
    expect(texts).toEqual(["x", "x", "y", "y"]);
    expect(origin.hits).toBe(3);
  });
});

describe("an answer with a Cache-Status above 4 KB", () => {
  it("is stored, and answered with ours alone", async () => {
    const { get, origin } = await play();
    origin.answers(asset("x", { "cache-status": many(1_000).join() }));
    for (const status of [/^ResCDN; fwd=uri-miss/, /^ResCDN; hit; ttl=\d+$/]) {
      const answer = await get("/a.css");
      await answer.text();
      expect(answer.headers.get("cache-status")).toMatch(status);
    }
    expect(origin.hits).toBe(1);
  });
});

describe("what an origin says of its own host", () => {
  it.each([
    ["Clear-Site-Data", '"cookies", "storage"'],
    ["Alt-Svc", 'h3="other.example:443"'],
    ["NEL", '{"report_to":"a","max_age":9,"include_subdomains":true}'],
    ["Public-Key-Pins", 'pin-sha256="a"; max-age=9; includeSubDomains'],
    ["Service-Worker-Allowed", "/"],
    ["Set-Login", "logged-in"],
  ])("%s reaches no client, on a miss, a hit and after a validation, unless the zone sets it", async (name, value) => {
    for (const own of [null, "clear"]) {
      const { get, origin } = await play({ response_headers: own === null ? {} : { [name]: own } });
      const says = { [name]: value, etag: '"1"', "cache-control": "max-age=10" };
      origin.answers(asset("x", says), asset(null, says, 304));
      for (const xCache of ["MISS", "HIT", "REVALIDATED", "HIT"]) {
        if (xCache === "REVALIDATED") pass(11);
        const answer = await get("/a.css");
        expect(await answer.text()).toBe("x");
        expect([answer.headers.get("x-cache"), answer.headers.get(name)]).toEqual([xCache, own]);
      }
    }
  });
});

it("Strict-Transport-Security is for the zone's host alone, on a miss and a hit", async () => {
  const { get, origin } = await play();
  origin.answers(asset("x", { "strict-transport-security": "max-age=63072000; includeSubDomains; preload" }));
  for (let i = 0; i < 3; i++) {
    const answer = await get("/a.css");
    await answer.text();
    expect(answer.headers.get("strict-transport-security")).toBe("max-age=63072000");
  }
});

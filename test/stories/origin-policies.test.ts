import { describe, expect, it } from "vitest";
import { asset, pass, play, playEdge } from "../support/edge.ts";

playEdge();

const A = "https://a.example";
const B = "https://b.example";
const from = (origin: string) => ({ headers: { origin } });

/** What the answer to a page of another origin says of who may use it. */
async function policyOf(answer: Response) {
  await answer.text();
  const { headers } = answer;
  return {
    origin: headers.get("access-control-allow-origin"),
    credentials: headers.get("access-control-allow-credentials"),
    policy: headers.get("cross-origin-resource-policy"),
  };
}

const ALL = { origin: "*", credentials: null, policy: "cross-origin" };

describe("an upload that its origin calls plain text, with nosniff", () => {
  it.each(["js", "mjs", "svg", "xml"])(
    "stays that as .%s: on a miss, a hit and after a validation",
    async (extension) => {
      const { get, origin } = await play({ ttl: { css: 0, js: 0, font: 0, image: 0, media: 0, other: 0 } });
      const headers = { "content-type": "text/plain", "x-content-type-options": "nosniff", etag: '"1"' };
      origin.answers(asset("alert(1)", headers), asset(null, { etag: '"1"' }, 304));
      for (let i = 0; i < 3; i++) {
        const answer = await get(`/upload.${extension}`);
        expect(await answer.text()).toBe("alert(1)");
        expect(answer.headers.get("content-type")).toBe("text/plain");
        expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
      }
    },
  );
});

describe("an origin that lets fewer pages in than all", () => {
  it.each(["same-origin", "same-site"])("keeps its Cross-Origin-Resource-Policy: %s", async (policy) => {
    const { get, origin } = await play();
    origin.answers(asset("x", { "cross-origin-resource-policy": policy }));
    for (let i = 0; i < 3; i++) expect(await policyOf(await get("/a.png", from(A)))).toEqual({ ...ALL, policy });
  });

  it.each(["cross-origin", "anything", ""])("is no origin that says %j", async (policy) => {
    const { get, origin } = await play();
    origin.answers(asset("x", { "cross-origin-resource-policy": policy }));
    expect(await policyOf(await get("/a.png", from(A)))).toEqual(ALL);
  });

  it("keeps the page's origin that it names, for whoever asks, and gets no * beside it", async () => {
    const { get, origin } = await play();
    origin.answers(asset("x", { "access-control-allow-origin": A, "access-control-allow-credentials": "true" }));
    for (const page of [A, B, A]) {
      expect(await policyOf(await get("/a.png", from(page)))).toEqual({ ...ALL, origin: A, credentials: "true" });
    }
  });

  it("gives way where the zone says otherwise: by a list, or by response_headers", async () => {
    const strict = asset("x", { "access-control-allow-origin": A, "cross-origin-resource-policy": "same-origin" });
    const listing = await play({ cors: [B] });
    listing.origin.answers(strict);
    expect(await policyOf(await listing.get("/a.png", from(B)))).toEqual({ ...ALL, origin: B });
    expect(await policyOf(await listing.get("/a.png", from(A)))).toEqual({
      ...ALL,
      origin: null,
      policy: "same-origin",
    });
    const setting = await play({
      response_headers: { "access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin" },
    });
    setting.origin.answers(strict);
    expect(await policyOf(await setting.get("/a.png", from(B)))).toEqual(ALL);
  });

  it("is no origin that says * itself", async () => {
    const { get, origin } = await play();
    origin.answers(asset("x", { "access-control-allow-origin": "*", "access-control-max-age": "5" }));
    const answer = await get("/a.png", from(A));
    expect(await policyOf(answer)).toEqual(ALL);
    expect(answer.headers.has("access-control-max-age")).toBe(false);
  });
});

describe("an origin that repeats the Origin of a request", () => {
  const reflect =
    (headers: Record<string, string>) =>
    (request: Request): Response =>
      new Response("x", {
        headers: {
          "access-control-allow-origin": request.headers.get("origin") ?? "none",
          "access-control-allow-credentials": "true",
          ...headers,
        },
      });

  it.each([
    ["all headers are forwarded", "all", "read"],
    ["the header is listed", ["origin"], "read"],
    ["the header is listed and objects change", ["origin"], "all"],
  ] as const)("never has one page's allowance given to another's, where %s", async (_, headers, methods) => {
    const { get, origin } = await play({ forward: { headers, cookies: false, authorization: false }, methods });
    origin.answers(reflect({ "cache-control": "max-age=60" }));
    for (const page of [A, B, B, A]) {
      const given = await policyOf(await get("/a.png", from(page)));
      expect([page, "*", "none"]).toContain(given.origin);
      if (given.origin === "*") expect(given.credentials).toBeNull();
    }
  });

  it("has each page get its own, where it says that the answer varies by it", async () => {
    const { get, origin } = await play({ forward: { headers: ["origin"], cookies: false, authorization: false } });
    origin.answers(reflect({ vary: "Origin" }));
    for (const page of [A, B, B, A]) expect((await policyOf(await get("/a.png", from(page)))).origin).toBe(page);
  });
});

describe("a cookie that an origin sets", () => {
  const COOKIES = { forward: { headers: [], cookies: true, authorization: false } } as const;

  it.each([
    "a=1; Domain=rescdn.localhost; Path=/",
    "a=1;domain=.rescdn.io ; Path=/",
    "a=1; DOMAIN = rescdn.io; Path=/",
    "a=1;\tDomain\t=\trescdn.io; Path=/",
    "a=1; Domain=b.example; domain=rescdn.io; Path=/",
    'a=1; Domain="rescdn.io"; Path=/',
    "a=1;;Domain=rescdn.io; Path=/",
    "a=1; Path=/; Domain=localhost",
  ])("for a domain above its zone's host reaches no client: %j", async (cookie) => {
    const { get, origin } = await play(COOKIES);
    origin.answers(asset("x", { "set-cookie": cookie }));
    const answer = await get("/a");
    expect([await answer.text(), answer.headers.getSetCookie()]).toEqual(["x", []]);
  });

  it.each(["a=1; Domain; Path=/", "a=1; Domain=origin.example; Path=/"])(
    "for its own domain is one for its zone's host alone: %j",
    async (cookie) => {
      const { get, origin } = await play(COOKIES);
      origin.answers(asset("x", { "set-cookie": cookie }));
      expect((await get("/a")).headers.getSetCookie()).toEqual(["a=1; Path=/"]);
    },
  );
});

describe("what an origin exposes to pages", () => {
  const SAID = { "access-control-expose-headers": "X-Total, etag, X-Page" };
  const OURS = "Accept-Ranges, Age, Cache-Status, Content-Encoding, Content-Length, Content-Range, Date";
  const JOINED = `X-Total, etag, X-Page, ${OURS}, Server-Timing, X-Cache`;
  const exposed = async (answer: Response) => {
    await answer.text();
    return answer.headers.get("access-control-expose-headers");
  };

  it("is joined with what the edge adds: on a miss, a hit and after a validation", async () => {
    const { get, origin } = await play();
    const says = { ...SAID, etag: '"1"', "cache-control": "max-age=10" };
    origin.answers(asset("x", says), asset(null, says, 304));
    for (const xCache of ["MISS", "HIT", "HIT", "REVALIDATED", "HIT"]) {
      if (xCache === "REVALIDATED") pass(11);
      const answer = await get("/a.json", from(A));
      expect([answer.headers.get("x-cache"), await exposed(answer)]).toEqual([xCache, JOINED]);
    }
  });

  it("is joined for the pages of a list and those that the origin names, for no others, and left alone without CORS", async () => {
    for (const [settings, said, page, expected] of [
      [{ cors: [A] }, {}, A, JOINED],
      [{ cors: [A] }, {}, B, null],
      [{}, { "access-control-allow-origin": A }, A, JOINED],
      [{ cors: false }, { "access-control-allow-origin": A }, A, SAID["access-control-expose-headers"]],
    ] as const) {
      const { get, origin } = await play(settings);
      origin.answers(asset("x", { ...SAID, ...said }));
      expect(await exposed(await get("/a.json", from(page)))).toBe(expected);
    }
  });
});

describe("a page that asks to be let into a private network", () => {
  const ASKS = ["access-control-request-private-network", "access-control-request-local-network"];
  const preflight = {
    method: "OPTIONS",
    headers: {
      origin: A,
      "access-control-request-method": "GET",
      ...Object.fromEntries(ASKS.map((name) => [name, "true"])),
    },
  };
  const allowed = { "access-control-allow-private-network": "true", "access-control-allow-local-network": "true" };
  const grants = (answer: Response) => Object.keys(allowed).filter((name) => answer.headers.has(name));

  it("is not, by the edge", async () => {
    const { get, origin } = await play();
    const answer = await get("/a.json", preflight);
    expect([answer.status, answer.headers.get("access-control-allow-origin"), grants(answer)]).toEqual([204, "*", []]);
    expect(origin.hits).toBe(0);
  });

  it.each([[], "all"] as const)(
    "is not, by an origin that answers preflights itself, which does not hear of it (headers: %j)",
    async (headers) => {
      const { get, origin } = await play({
        cors: false,
        methods: "all",
        forward: { headers, cookies: false, authorization: false },
      });
      origin.answers(asset(null, { ...allowed, "access-control-allow-origin": A }, 204));
      const answer = await get("/a.json", preflight);
      expect([answer.headers.get("access-control-allow-origin"), grants(answer)]).toEqual([A, []]);
      expect(origin.requests[0]!.headers.get("access-control-request-method")).toBe("GET");
      for (const name of ASKS) expect(origin.requests[0]!.headers.has(name)).toBe(false);
    },
  );
});

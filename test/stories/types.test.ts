import { describe, expect, it } from "vitest";
import { asset, pass, play, playEdge } from "../support/edge.ts";

playEdge();

const SHARING = { forward: { headers: [], cookies: true, authorization: false } } as const;

/** A body that comes without a type: text would be given one. */
const bytes = (text: string) => new TextEncoder().encode(text);

async function read(answered: Promise<Response>) {
  const answer = await answered;
  const body = new TextDecoder().decode(await answer.arrayBuffer());
  const of = (name: string) => answer.headers.get(name);
  return { body, type: of("content-type"), xCache: of("x-cache"), cacheControl: of("cache-control"), of };
}

describe("the charset that an origin names", () => {
  it.each([
    ["/a.js", "text/javascript; charset=utf-8", "application/javascript; charset=utf-8"],
    ["/a.js", "application/javascript", "application/javascript"],
    ["/a.css", "text/css;charset=iso-8859-1", "text/css; charset=iso-8859-1"],
    ["/a.json", "application/json; charset=utf-8", "application/json; charset=utf-8"],
  ])("of %s as %s stays, on a miss, a hit and after a validation: %s", async (path, said, type) => {
    const { get, origin } = await play();
    const fields = { "content-type": said, "cache-control": "max-age=10", etag: '"1"' };
    origin.answers(asset("x", fields), asset(null, { etag: '"1"' }, 304));
    for (const xCache of ["MISS", "HIT", "REVALIDATED", "HIT"]) {
      if (xCache === "REVALIDATED") pass(11);
      const answer = await read(get(path));
      expect([answer.xCache, answer.type]).toEqual([xCache, type]);
    }
  });
});

describe("a page under the name of an asset (web cache deception)", () => {
  const NAMES = "css js cjs woff2 png svg json map txt md mp4 ts d.ts wasm pdf zip js.gz m3u8 xml".split(" ");
  const PAGE = "<!doctype html><title>Your account</title>";

  it.each([
    ["text/html", "text/html"],
    ["Text/HTML;CHARSET=utf-8; x=y", "Text/HTML;CHARSET=utf-8; x=y"],
    ["application/xhtml+xml", "application/xhtml+xml"],
    ["text/css, text/html", "text/html"],
    ["text/html, text/html;charset=utf-8", "text/html;charset=utf-8"],
  ])("is never stored, and called cacheable to nobody, as %j", async (said, type) => {
    for (const settings of [SHARING, { ...SHARING, ttl_mode: "override" as const, browser_ttl: 600 }]) {
      const { get, origin } = await play(settings);
      origin.answers(
        asset(PAGE, {
          "content-type": said,
          "cache-control": "public, max-age=600, s-maxage=600, immutable",
          "cdn-cache-control": "max-age=600",
          expires: "Sat, 01 Jan 2101 00:00:00 GMT",
        }),
      );
      for (const name of NAMES) {
        for (let i = 0; i < 2; i++) {
          const answer = await read(get(`/account/x.${name}`, { headers: { cookie: "victim" } }));
          expect([answer.xCache, answer.type, answer.cacheControl], name).toEqual(["BYPASS", type, "no-store"]);
          expect([answer.of("expires"), answer.of("cdn-cache-control")]).toEqual([null, null]);
          expect(answer.of("cache-status")).toContain("detail=type-mismatch");
        }
      }
      expect(origin.hits).toBe(2 * NAMES.length);
    }
  });

  it.each([{}, { "x-content-type-options": "nosniff" }])(
    "is known by its bytes where it has no type, and is what its name says to browsers, with %j",
    async (fields: Record<string, string>) => {
      const { get, origin } = await play(SHARING);
      origin.answers(asset(bytes(PAGE), { "cache-control": "public, max-age=600", ...fields }));
      for (const name of ["css", "js", "png", "svg", "md", "mp4", "ts", "js.gz"]) {
        for (let i = 0; i < 2; i++) {
          const answer = await read(get(`/account/x.${name}`));
          expect([answer.body, answer.xCache, answer.cacheControl], name).toEqual([PAGE, "BYPASS", "no-store"]);
          expect(answer.type, name).not.toContain("html");
          expect(answer.of("x-content-type-options")).toBe("nosniff");
        }
      }
    },
  );

  it("is no page where it is an asset that comes without a type, whole and unchanged", async () => {
    const { get, origin } = await play();
    for (const [path, body] of [
      ["/a.css", "<!-- of old --> body{}"],
      ["/a.svg", '<?xml version="1.0"?><!-- Generator --><svg>'],
      ["/a.md", "<h1 align=center>Read me</h1>"],
      ["/a.js", `/*${"x".repeat(200_000)}*/`],
      ["/a.png", ""],
    ] as const) {
      origin.answers(asset(bytes(body)));
      expect((await read(get(path))).body).toBe(body);
      if (path !== "/a.md") expect((await read(get(path))).xCache, path).toBe("HIT");
    }
  });

  it("ends what is stored when the origin calls it one", async () => {
    const { get, origin } = await play();
    const css = { "content-type": "text/css", "cache-control": "max-age=10", etag: '"1"' };
    origin.answers(asset("x", css), asset(null, { ...css, "content-type": "text/html" }, 304), asset("y", css));
    expect((await read(get("/a.css"))).xCache).toBe("MISS");
    pass(11);
    expect((await read(get("/a.css"))).cacheControl).toBe("no-store");
    expect((await read(get("/a.css"))).body).toBe("y");
  });
});

describe("JSON under the name of a script, style, font or image", () => {
  it.each<[string, Record<string, string>, string, string]>([
    ["nothing", {}, "BYPASS", "private"],
    ["max-age alone", { "cache-control": "max-age=60" }, "BYPASS", "max-age=60, private"],
    ["public with max-age", { "cache-control": "public, max-age=60" }, "HIT", "public, max-age=60"],
    ["s-maxage", { "cache-control": "s-maxage=60" }, "HIT", "s-maxage=60"],
    ["CDN-Cache-Control", { "cdn-cache-control": "max-age=60", "cache-control": "no-cache" }, "HIT", "no-cache"],
  ])("that its origin shares by %s", async (_, said, xCache, cacheControl) => {
    for (const path of ["/a.js", "/a.css", "/a.woff2", "/a.png"]) {
      const { get, origin } = await play();
      origin.answers(asset("{}", { "content-type": "application/json", ...said }));
      await read(get(path));
      const answer = await read(get(path));
      expect([answer.xCache, answer.type, answer.cacheControl]).toEqual([xCache, "application/json", cacheControl]);
    }
  });

  it("is not called shared by the zone's own lifetimes", async () => {
    for (const settings of [{ ttl_mode: "override" as const }, { browser_ttl: 600 }]) {
      const { get, origin } = await play(settings);
      origin.answers(asset("{}", { "content-type": "application/json" }));
      const answer = await read(get("/a.js"));
      expect([answer.cacheControl, answer.of("cache-status")]).toEqual([
        "private",
        "ResCDN; fwd=uri-miss; fwd-status=200; detail=type-mismatch",
      ]);
    }
  });
});

describe("an honest origin that calls an asset something else", () => {
  it.each([
    ["/a.mp4", "application/mp4"],
    ["/a.webm", "audio/webm"],
    ["/a.gif", "video/mp4"],
    ["/a.css?module", "text/javascript"],
    ["/a.js.gz", "application/javascript"],
    ["/a.css.gz", "text/css"],
    ["/a.svg.gz", "image/svg+xml"],
    ["/a.tgz", "application/x-gzip"],
  ])("has %s kept for a day and sent as %s", async (path, type) => {
    const { get, origin } = await play();
    origin.answers(asset("x", { "content-type": type }));
    await read(get(path));
    pass(86_399);
    expect(await read(get(path))).toMatchObject({ xCache: "HIT", type, cacheControl: "public, max-age=86400" });
  });

  it("has a font by its OASIS name kept for as long as a font", async () => {
    const { get, origin } = await play();
    const type = "application/vnd.oasis.opendocument.formula-template";
    origin.answers(asset("x", { "content-type": type }));
    await read(get("/a.otf"));
    pass(604_799);
    expect(await read(get("/a.otf"))).toMatchObject({ xCache: "HIT", type });
  });

  it.each([
    ["/a.m3u8", "audio/mpegurl"],
    ["/a.m3u8", "application/x-mpegURL"],
    ["/a.ts", "application/typescript"],
    ["/a.ts", "text/plain; charset=utf-8"],
    ["/a.d.ts", "video/mp2t"],
    ["/a.d.ts", "text/javascript"],
    ["/a.map", "application/x-navimap"],
    ["/a.md", "text/plain"],
    ["/a.csv", "text/plain"],
  ])("has %s as %s kept for as long as that says", async (path, type) => {
    const { get, origin } = await play();
    origin.answers(asset("x", { "content-type": type, "cache-control": "max-age=60" }));
    await read(get(path));
    expect(await read(get(path))).toMatchObject({ xCache: "HIT", type, cacheControl: "max-age=60" });
    const silent = await play();
    silent.origin.answers(asset("x", { "content-type": type, etag: '"1"' }));
    await read(silent.get(path));
    expect((await read(silent.get(path))).xCache).not.toBe("HIT");
  });
});

describe("media", () => {
  it("are asked of a silent origin once, whatever ranges of them are wanted", async () => {
    const { get, origin } = await play();
    origin.answers(asset("0123456789", { "content-type": "video/mp4", etag: '"1"' }));
    await read(get("/a.mp4"));
    for (const range of ["bytes=0-1", "bytes=5-", "bytes=-3"]) {
      expect((await get("/a.mp4", { headers: { range } })).status).toBe(206);
    }
    expect(origin.hits).toBe(1);
  });

  it("have a lifetime of their own in `ttl`, and none where it is null", async () => {
    const ttl = { css: 1, js: 1, font: 1, image: 1, other: 1 };
    const hour = await play({ ttl: { ...ttl, media: 3_600 } });
    hour.origin.answers(asset("x", { "content-type": "audio/mpeg" }));
    expect((await read(hour.get("/a.mp3"))).cacheControl).toBe("public, max-age=3600");
    const none = await play({ ttl: { ...ttl, media: null } });
    none.origin.answers(asset("x", { "content-type": "audio/mpeg" }));
    expect((await read(none.get("/a.mp3"))).cacheControl).toBeNull();
  });
});

describe("a lifetime that is guessed from the last change", () => {
  const LONG_AGO = "Sat, 22 Nov 2025 10:00:00 GMT";
  const guessed = async (path: string, type: string, settings = {}) => {
    const { get, origin } = await play(settings);
    origin.answers(asset("x", { "content-type": type, "last-modified": LONG_AGO }));
    const { of } = await read(get(path));
    return Number(/ttl=(\d+)/.exec(of("cache-status")!)?.[1]);
  };

  it("is an hour at most, or what the zone says", async () => {
    expect(await guessed("/a.json", "application/json")).toBe(3_600);
    expect(await guessed("/a.json", "application/json", { max_heuristic_ttl: 7_200 })).toBe(7_200);
    expect(await guessed("/a.json", "application/json", { max_heuristic_ttl: 0 })).toBe(0);
  });

  it.each([
    ["/", "text/plain"],
    ["/page", "text/html"],
    ["/page.html", "text/html"],
    ["/info/refs", "text/plain"],
    ["/heads/v1.2", "application/octet-stream"],
    ["/simple/x/", "application/vnd.pypi.simple.v1+json"],
    ["/live.m3u8", "application/vnd.apple.mpegurl"],
    ["/live.mpd", "application/dash+xml"],
    ["/live.php", "application/x-mpegurl"],
  ])("is none for %s as %s", async (path, type) => {
    expect(await guessed(path, type)).toBe(0);
  });

  it("is one for names without an extension where the zone says so, but never for pages", async () => {
    const settings = { heuristic_without_extension: true };
    expect(await guessed("/info/refs", "text/plain", settings)).toBe(3_600);
    expect(await guessed("/page", "text/html", settings)).toBe(0);
  });
});

describe("a TTL of a year", () => {
  it("is told to browsers, and kept at the edge for 30 days", async () => {
    const { get, origin } = await play({ ttl_by_extension: { css: 31_536_000 } });
    origin.answers(asset("x"));
    for (const xCache of ["MISS", "HIT", "HIT"]) {
      const answer = await read(get("/a.css"));
      expect([answer.xCache, answer.cacheControl]).toEqual([xCache, "public, max-age=31536000"]);
      if (xCache === "HIT") pass(15 * 86_400 - 1);
    }
    pass(3);
    expect((await read(get("/a.css"))).xCache).toBe("MISS");
    expect(origin.hits).toBe(2);
  });
});

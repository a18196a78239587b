import { describe, expect, it } from "vitest";
import { asset, pass, play, playEdge } from "../support/edge.ts";

playEdge();

const TEXT = "body { color: red }\n".repeat(200);
const accepting = (coding: string, more: Record<string, string> = {}) => ({
  headers: { "accept-encoding": coding, ...more },
});

/** The digests of an uncoded text, which the test does not compute: only whether they are said counts. */
const DIGESTS = {
  "content-digest": "sha-256=:AAAA:",
  "content-md5": "AAAA",
  "repr-digest": "sha-256=:AAAA:",
  digest: "SHA-256=AAAA",
};

const digestsOf = ({ headers }: Response) => Object.keys(DIGESTS).filter((name) => headers.has(name));

describe("a browser that comes back with the tag of one of our codings", () => {
  it.each([
    ["the same coding", "br", "br"],
    ["another coding", "br", "gzip"],
    ["none", "gzip", "identity"],
    ["one, after none", "identity", "br"],
  ])("is told that it has what it needs, by that tag, where it would be given %s", async (_title, before, after) => {
    const { get, origin } = await play();
    origin.answers(asset(TEXT, { etag: '"1"' }));
    await (await get("/a.css")).text();
    const first = await get("/a.css", accepting(before));
    await first.arrayBuffer();
    const tag = first.headers.get("etag")!;
    for (let i = 0; i < 3; i++) {
      const again = await get("/a.css", accepting(after, { "if-none-match": tag }));
      expect([again.status, again.headers.get("etag")]).toEqual([304, tag]);
    }
    expect(origin.hits).toBe(1);
  });

  it("is told so when the zone compresses no more", async () => {
    const { get, origin, zone, publish } = await play();
    origin.answers(asset(TEXT, { etag: '"1"' }));
    await (await get("/a.css")).text();
    await publish({ settings: { ...zone.settings, compression: false } });
    const again = await get("/a.css", accepting("br", { "if-none-match": '"1-br"' }));
    expect([again.status, again.headers.get("etag")]).toEqual([304, '"1-br"']);
  });

  it("gets the whole for an If-Range or an If-Match of another coding", async () => {
    const { get, origin } = await play();
    origin.answers(asset(TEXT, { etag: '"1"' }));
    await (await get("/a.css")).text();
    const whole = await get("/a.css", accepting("br", { range: "bytes=0-9", "if-range": '"1-br"' }));
    expect([whole.status, await whole.text()]).toEqual([200, TEXT]);
    const failed = await get("/a.css", accepting("gzip", { "if-match": '"1-br"' }));
    expect(failed.status).toBe(412);
  });
});

describe("a tag that the origin leaves unquoted", () => {
  it.each([
    ["v1", '"v1"'],
    ["w/v1", 'W/"v1"'],
    ['"v 1"', '"v%201"'],
  ])("%s is shown as %s, told apart by coding, and asked back as the origin spells it", async (said, shown) => {
    const { get, origin } = await play();
    const fields = { etag: said, "cache-control": "max-age=10" };
    origin.answers(asset(TEXT, fields), asset(null, fields, 304));
    const first = await get("/a.css");
    expect([await first.text(), first.headers.get("etag")]).toEqual([TEXT, shown]);
    const coded = await get("/a.css", accepting("br"));
    await coded.arrayBuffer();
    expect(coded.headers.get("etag")).toBe(shown.replace(/"$/, '-br"'));
    for (let i = 1; i < 3; i++) {
      pass(11);
      const again = await get("/a.css", { headers: { "if-none-match": shown } });
      expect([again.status, again.headers.get("x-cache"), again.headers.get("etag")]).toEqual([
        304,
        "REVALIDATED",
        shown,
      ]);
      expect(origin.requests[i]!.headers.get("if-none-match")).toBe(said);
    }
  });
});

describe("digests", () => {
  it("are said of what they are true of, out of memory as on the way", async () => {
    const { get, origin } = await play();
    origin.answers(asset(TEXT, { ...DIGESTS, etag: '"1"', "content-length": String(TEXT.length) }));
    for (let i = 0; i < 3; i++) {
      const whole = await get("/a.css");
      await whole.text();
      expect(digestsOf(whole)).toEqual(Object.keys(DIGESTS));
    }
    for (const [init, said] of [
      [{ headers: { range: "bytes=0-9" } }, ["repr-digest", "digest"]],
      [accepting("br"), []],
      [accepting("gzip"), []],
      [{ method: "HEAD" }, ["repr-digest", "digest"]],
      [{ headers: { "if-none-match": '"1"' } }, []],
      [{ headers: { range: "bytes=9999999-" } }, []],
    ] as const) {
      for (let i = 0; i < 2; i++) {
        const answer = await get("/a.css", init);
        await answer.arrayBuffer();
        expect(digestsOf(answer), JSON.stringify(init)).toEqual(said);
      }
    }
    expect(origin.hits).toBe(1);
  });

  it("are not brought back by a 304", async () => {
    const { get, origin } = await play();
    const fields = { etag: '"1"', "cache-control": "max-age=10" };
    origin.answers(asset(TEXT, fields), asset(null, { ...fields, ...DIGESTS }, 304));
    await (await get("/a.css")).text();
    pass(11);
    expect(digestsOf(await get("/a.css"))).toEqual([]);
  });
});

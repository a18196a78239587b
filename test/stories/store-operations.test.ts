import { beforeEach, describe, expect, it, vi } from "vitest";
import { asset, pass, play, playEdge } from "../support/edge.ts";

playEdge();

const fresh = { "cache-control": "max-age=600", etag: '"1"' };
const ranged = (range: string) => ({ headers: { range } });
const STORED_ONLY = { headers: { "cache-control": "only-if-cached" } };

/** An origin that knows ranges. */
function serving(whole: string, headers: Record<string, string> = fresh) {
  return (request: Request) => {
    const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get("range") ?? "") ?? [];
    if (first === undefined)
      return new Response(whole, { headers: { ...headers, "content-length": `${whole.length}` } });
    const end = last ? Number(last) : whole.length - 1;
    return new Response(whole.slice(Number(first), end + 1), {
      status: 206,
      headers: { ...headers, "content-range": `bytes ${first}-${end}/${whole.length}` },
    });
  };
}

/** Documents and the feed of changes have caches of their own. */
function isOfStore(request: unknown): boolean {
  const url = new URL(request instanceof Request ? request.url : String(request));
  return !/^\/(?:documents|changes)\//.test(url.pathname);
}

describe("of the Cache API", () => {
  let asked: string[];

  beforeEach(() => {
    asked = [];
    for (const name of ["match", "put", "delete"] as const) {
      const original = Cache.prototype[name] as (...args: unknown[]) => Promise<never>;
      vi.spyOn(Cache.prototype, name).mockImplementation(function (this: Cache, ...args: unknown[]) {
        if (isOfStore(args[0])) asked.push(name);
        return original.apply(this, args);
      });
    }
  });

  it.each([
    ["small", 100],
    ["1 MiB long", 1_048_576],
  ])("a miss of something %s asks one read before the origin, and one write", async (_title, size) => {
    const { get, origin } = await play();
    const line = serving("x".repeat(size));
    origin.answers((request) => {
      asked.push("origin");
      return line(request);
    });
    await (await get("/a.mp4")).text();
    await expect.poll(() => asked.length).toBeGreaterThanOrEqual(3);
    expect(asked).toEqual(["match", "origin", "put"]);
  });

  it("a range of what is not stored asks one read more, for a part, which is enough for what lies within", async () => {
    const { get, origin } = await play();
    origin.answers(serving("0123456789"));
    await (await get("/a.mp4", ranged("bytes=2-7"))).text();
    await expect.poll(() => asked.includes("put")).toBe(true);
    asked.length = 0;
    expect(await (await get("/a.mp4", ranged("bytes=3-5"))).text()).toBe("345");
    expect(asked).toEqual(["match", "match"]);
    expect(origin.hits).toBe(1);
  });
});

describe("a cache that fails", () => {
  const fail = (...names: ("match" | "delete")[]) => {
    for (const name of names) {
      const original = Cache.prototype[name] as (...args: unknown[]) => Promise<never>;
      vi.spyOn(Cache.prototype, name).mockImplementation(async function (this: Cache, ...args: unknown[]) {
        if (isOfStore(args[0])) throw new Error("the disk has gone");
        return original.apply(this, args);
      });
    }
  };

  it("is taken for an empty one: the origin is asked", async () => {
    const { get, origin } = await play();
    origin.answers(serving("0123456789"));
    fail("match");
    const whole = await get("/a.mp4");
    expect([whole.status, await whole.text()]).toEqual([200, "0123456789"]);
    const part = await get("/b.mp4", ranged("bytes=2-3"));
    expect([part.status, await part.text()]).toEqual([206, "23"]);
  });

  it("is so too where it held what is asked for", async () => {
    const { get, origin } = await play();
    const large = "x".repeat(1_200_000);
    origin.answers(serving(large));
    const read = async () => (await (await get("/a.mp4")).text()).length;
    for (let i = 0; i < 3; i++) expect(await read()).toBe(large.length);
    expect(origin.hits).toBe(1);
    fail("match");
    expect(await read()).toBe(large.length);
    expect(origin.hits).toBe(2);
  });

  it("keeps nobody from the answer to a change that the origin has made", async () => {
    const { get, origin } = await play({ methods: "all" });
    origin.answers(asset("done", {}, 201));
    fail("delete");
    const changed = await get("/a", { method: "POST", body: "x" });
    expect([changed.status, await changed.text()]).toEqual([201, "done"]);
  });
});

describe("a part", () => {
  it("gives its place to the whole", async () => {
    const { get, origin } = await play();
    origin.answers(serving("0123456789"));
    await (await get("/a.mp4", ranged("bytes=2-7"))).text();
    await expect.poll(async () => (await get("/a.mp4", ranged("bytes=3-5"))).headers.get("x-cache")).toBe("HIT");
    expect(await (await get("/a.mp4")).text()).toBe("0123456789");
    await expect.poll(async () => (await get("/a.mp4", STORED_ONLY)).status).toBe(200);
  });

  it("of something purged is not used, nor called a miss of something purged", async () => {
    const { get, origin, zone, publish } = await play();
    origin.answers(serving("0123456789"));
    await (await get("/a.mp4", ranged("bytes=2-7"))).text();
    await publish({ purges: { ...zone.purges, everything: [2, 0, 0] } });
    origin.answers(asset("abcdefghij", fresh));
    const whole = await get("/a.mp4");
    expect([await whole.text(), whole.headers.get("cache-status")]).toEqual([
      "abcdefghij",
      expect.stringMatching(/^ResCDN; fwd=uri-miss; fwd-status=200; ttl=600; stored$/),
    ]);
  });
});

describe("something that each request has to validate", () => {
  const said = { "cache-control": "public, max-age=0", etag: '"1"', "last-modified": "Thu, 01 Oct 2026 00:00:00 GMT" };
  const notModified = (more: Record<string, string> = {}) => asset(null, { ...said, ...more }, 304);
  const dated = () => new Response(null, { status: 304, headers: { ...said, date: new Date().toUTCString() } });
  let written: number;

  beforeEach(() => {
    written = 0;
    const put = Cache.prototype.put;
    vi.spyOn(Cache.prototype, "put").mockImplementation(function (this: Cache, request, response) {
      if (isOfStore(request)) written++;
      return put.call(this, request, response);
    });
  });

  async function stored(settings: Parameters<typeof play>[0] = {}) {
    const it = await play(settings);
    it.origin.answers(asset("v1", { ...said, "content-length": "2" }));
    await (await it.get("/a.css")).text();
    await expect.poll(() => written).toBe(1);
    return it;
  }

  it("is asked about each time, and not written again while nothing of it changes", async () => {
    const { get, origin } = await stored();
    origin.answers(dated);
    for (let hits = 2; hits < 6; hits++) {
      pass(2);
      const answer = await get("/a.css");
      expect([await answer.text(), answer.headers.get("x-cache")]).toEqual(["v1", "REVALIDATED"]);
      expect(answer.headers.get("date")).toBe(new Date().toUTCString());
      expect(origin.hits).toBe(hits);
    }
    expect(written).toBe(1);
  });

  it.each([
    ["a field's new value", { "x-seen": "second" }, (headers: Headers) => headers.get("x-seen"), "second"],
    ["a lifetime", { "cache-control": "max-age=60" }, (headers: Headers) => headers.get("x-cache"), "HIT"],
  ] as const)("keeps %s that comes with a 304 (RFC 9111 §4.3.4)", async (_title, news, seen, expected) => {
    const { get, origin } = await stored();
    origin.answers(notModified(news), notModified());
    await (await get("/a.css")).text();
    await expect.poll(() => written).toBe(2);
    const next = await get("/a.css");
    expect([await next.text(), seen(next.headers)]).toEqual(["v1", expected]);
  });

  it("is asked about as a range right after it was validated", async () => {
    const { get, origin } = await stored();
    origin.answers(notModified());
    await (await get("/a.css")).text();
    const part = await get("/a.css", ranged("bytes=1-1"));
    expect([part.status, await part.text(), part.headers.get("x-cache")]).toEqual([206, "1", "REVALIDATED"]);
    expect(origin.requests.at(-1)!.headers.get("if-none-match")).toBe('"1"');
  });

  it("is served on errors for as long as the zone says after it was validated, to a tenth of that", async () => {
    const { get, origin } = await stored({ stale_if_error: 100 });
    const fails = () => Promise.reject(new Error("refused"));
    origin.answers(notModified());
    pass(80);
    await (await get("/a.css")).text();
    await expect.poll(() => written).toBe(2);
    pass(9);
    await (await get("/a.css")).text();
    expect(written).toBe(2);
    origin.answers(fails);
    pass(89);
    expect((await get("/a.css")).headers.get("x-cache")).toBe("STALE");
    pass(11);
    expect((await get("/a.css")).status).toBe(502);
  });

  it("is written again once its zone has changed: later purges apply to the version that it was asked for under", async () => {
    const { get, origin, publish } = await stored();
    origin.answers(notModified());
    await publish({});
    await (await get("/a.css")).text();
    await expect.poll(() => written).toBe(2);
  });
});

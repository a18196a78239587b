import { describe, expect, it } from "vitest";
import { asset, held, pass, play, playEdge } from "../support/edge.ts";

playEdge();

const MIB = 1_048_576;
const ranged = (range: string, more: Record<string, string> = {}) => ({ headers: { range, ...more } });
const STORED_ONLY = { headers: { "cache-control": "only-if-cached" } };
const sizeOf = async (response: Response) => (await response.arrayBuffer()).byteLength;

/** An origin of an object of so many bytes, which may know ranges. */
function serving(size: number, { knowsRanges = true, headers = {} as Record<string, string> } = {}) {
  const whole = Uint8Array.from({ length: size }, (_, i) => (i * 31 + (i >> 8)) % 251);
  const said = { "cache-control": "max-age=600", etag: '"1"', ...headers };
  const line = (request: Request): Response => {
    const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get("range") ?? "") ?? [];
    if (!knowsRanges || first === undefined) {
      const body = request.method === "HEAD" ? null : whole;
      return new Response(body, { headers: { ...said, "content-length": String(size) } });
    }
    const part = whole.slice(Number(first), last === "" ? size : Number(last) + 1);
    const range = `bytes ${first}-${Number(first) + part.byteLength - 1}/${size}`;
    return new Response(part, { status: 206, headers: { ...said, "content-range": range } });
  };
  return { line, whole };
}

describe("a HEAD", () => {
  it("of what is not stored is a HEAD at the origin each time, and stores nothing", async () => {
    const { get, origin } = await play();
    origin.answers(serving(10).line);
    for (let hits = 1; hits <= 3; hits++) {
      const head = await get("/a.mp4", { method: "HEAD" });
      expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([200, "10", ""]);
      expect(head.headers.get("cache-status")).toBe("ResCDN; fwd=bypass; fwd-status=200; detail=head");
      expect(origin.hits).toBe(hits);
    }
    expect((await get("/a.mp4")).headers.get("x-cache")).toBe("MISS");
    expect(origin.requests.map(({ method }) => method)).toEqual(["HEAD", "HEAD", "HEAD", "GET"]);
  });

  it("of what is stale is one as well, and changes nothing of it", async () => {
    const { get, origin } = await play();
    const { line } = serving(10);
    const notModified = asset(null, { etag: '"1"', "cache-control": "max-age=600" }, 304);
    origin.answers(line, asset(null, { etag: '"2"', "content-length": "20" }), notModified);
    await sizeOf(await get("/a.mp4"));
    pass(601);
    const head = await get("/a.mp4", { method: "HEAD" });
    expect([head.headers.get("etag"), head.headers.get("content-length")]).toEqual(['"2"', "20"]);
    const again = await get("/a.mp4");
    expect([again.headers.get("x-cache"), again.headers.get("etag"), await sizeOf(again)]).toEqual([
      "REVALIDATED",
      '"1"',
      10,
    ]);
    expect(origin.requests.map(({ method }) => method)).toEqual(["GET", "HEAD", "GET"]);
  });

  it("of what is stale is answered by that where the origin fails (RFC 5861 §4)", async () => {
    const { get, origin } = await play();
    origin.answers(serving(10).line, asset(null, {}, 503));
    await sizeOf(await get("/a.mp4"));
    pass(601);
    const head = await get("/a.mp4", { method: "HEAD" });
    expect([head.status, head.headers.get("x-cache"), head.headers.get("content-length")]).toEqual([
      200,
      "STALE",
      "10",
    ]);
  });
});

describe("a range of what is not stored", () => {
  it("is a range at the origin, and no whole follows however often it is asked for in small parts", async () => {
    const { get, origin } = await play();
    const { line, whole } = serving(3 * MIB);
    origin.answers(line);
    for (const first of [0, 1_000, 2 * MIB, 3 * MIB - 10]) {
      const part = await get("/a.mp4", ranged(`bytes=${first}-${first + 9}`));
      expect([part.status, part.headers.get("content-range")]).toEqual([206, `bytes ${first}-${first + 9}/${3 * MIB}`]);
      expect(new Uint8Array(await part.arrayBuffer())).toEqual(whole.slice(first, first + 10));
    }
    expect(origin.requests.every(({ headers }) => headers.has("range"))).toBe(true);
  });

  it("that is asked for again is cut out of the whole where that is small, and the whole is stored", async () => {
    const { get, origin } = await play();
    const { line, whole } = serving(MIB);
    origin.answers(line);
    await sizeOf(await get("/a.mp4", ranged("bytes=0-9")));
    const wholes = () => origin.requests.filter(({ headers }) => !headers.has("range")).length;
    const next = async () => {
      const part = await get("/a.mp4", ranged("bytes=1000-1999"));
      expect(new Uint8Array(await part.arrayBuffer())).toEqual(whole.slice(1_000, 2_000));
      return wholes();
    };
    await expect.poll(next).toBe(1);
    await expect.poll(async () => (await get("/a.mp4", STORED_ONLY)).status, { timeout: 5_000 }).toBe(200);
    expect((await get("/a.mp4", ranged("bytes=5000-5009"))).headers.get("x-cache")).toBe("HIT");
    expect(wholes()).toBe(1);
  });

  it("is cut out of the whole once clients have a tenth of it, which is then stored although nobody waits", async () => {
    const { get, origin } = await play();
    const { line, whole } = serving(5 * MIB);
    origin.answers(line);
    expect(await sizeOf(await get("/a.mp4", ranged(`bytes=0-${MIB - 1}`)))).toBe(MIB);
    const wholes = () => origin.requests.filter(({ headers }) => !headers.has("range")).length;
    const next = async () => {
      const part = await get("/a.mp4", ranged(`bytes=${2 * MIB}-${2 * MIB + 9}`));
      expect(new Uint8Array(await part.arrayBuffer())).toEqual(whole.slice(2 * MIB, 2 * MIB + 10));
      return wholes();
    };
    await expect.poll(next).toBe(1);
    await expect.poll(async () => (await get("/a.mp4", STORED_ONLY)).status, { timeout: 5_000 }).toBe(200);
    expect(new Uint8Array(await (await get("/a.mp4")).arrayBuffer())).toEqual(whole);
    expect(wholes()).toBe(1);
  });

  it("that covers everything is answered by the whole, which is stored", async () => {
    const { get, origin } = await play();
    origin.answers(serving(3 * MIB).line);
    const all = await get("/a.mp4", ranged("bytes=0-"));
    expect([all.status, await sizeOf(all)]).toEqual([206, 3 * MIB]);
    expect((await get("/a.mp4", ranged("bytes=0-9"))).headers.get("x-cache")).toBe("HIT");
    expect(origin.requests[0]!.headers.get("range")).toBeNull();
  });

  it("is not waited for by others, nor taken for the whole", async () => {
    const { get, origin } = await play();
    const { promise: passed, resolve: open } = Promise.withResolvers<void>();
    const { line } = serving(10);
    origin.answers(async (request) => {
      if (request.headers.has("range")) await passed;
      return line(request);
    });
    const part = get("/a.mp4", ranged("bytes=0-3"));
    await expect.poll(() => origin.hits).toBe(1);
    expect(await sizeOf(await get("/a.mp4"))).toBe(10);
    open();
    expect(await sizeOf(await part)).toBe(4);
  });

  it("is asked for as one range or not at all: several cannot multiply what the origin sends", async () => {
    const { get, origin } = await play();
    origin.answers(serving(10).line);
    expect(await sizeOf(await get("/a.mp4", ranged("bytes=0-,0-,0-")))).toBe(10);
    expect(origin.requests[0]!.headers.get("range")).toBeNull();
  });
});

describe("an origin without ranges", () => {
  it("gives a range near the beginning at once, and for one beyond the first MiB its client the whole", async () => {
    const { get, origin } = await play({ max_object_bytes: 1_000 });
    const { line, whole } = serving(3 * MIB, { knowsRanges: false });
    origin.answers(line);
    const near = await get("/a.mp4", ranged("bytes=10-19"));
    expect([near.status, new Uint8Array(await near.arrayBuffer())]).toEqual([206, whole.slice(10, 20)]);
    const far = await get("/a.mp4", ranged(`bytes=${2 * MIB}-${2 * MIB + 9}`));
    expect([far.status, await sizeOf(far)]).toEqual([200, 3 * MIB]);
  });
});

describe("a range of what is stale", () => {
  it("is answered by what is stored where that holds, and passed as a range where it is no more", async () => {
    const { get, origin } = await play();
    const { line } = serving(3 * MIB);
    const changed = serving(3 * MIB, { headers: { etag: '"2"' } });
    const notModified = asset(null, { etag: '"1"', "cache-control": "max-age=600" }, 304);
    origin.answers(line, notModified, changed.line);
    await sizeOf(await get("/a.mp4"));
    pass(601);
    expect((await get("/a.mp4", ranged("bytes=5-9"))).headers.get("x-cache")).toBe("REVALIDATED");
    pass(601);
    const part = await get("/a.mp4", ranged(`bytes=${2 * MIB}-${2 * MIB + 9}`));
    expect([part.status, part.headers.get("etag"), await sizeOf(part)]).toEqual([206, '"2"', 10]);
    expect(origin.requests.at(-1)!.headers.get("range")).toBe(`bytes=${2 * MIB}-${2 * MIB + 9}`);
  });
});

describe("a zone with 512 fills under way", () => {
  it("has its next misses passed and not stored, what it holds served, and other zones as they were", {
    timeout: 30_000,
  }, async () => {
    const [busy, other] = [await play(), await play()];
    const { line, open } = held(() => new Response("x"));
    const stored = ["max-age=600", "max-age=1", "max-age=1, must-revalidate", "max-age=1, stale-while-revalidate=600"];
    busy.origin.answers(...stored.map((caching) => asset("stored", { "cache-control": caching })), line);
    other.origin.answers(asset("other"));
    for (const name of ["hot", "stale", "strict", "refreshed"]) await (await busy.get(`/${name}.css`)).text();
    pass(2);
    const under = Array.from({ length: 512 }, (_, n) => busy.get(`/${n}.css`).then((response) => response.text()));
    await expect.poll(() => busy.origin.hits, { timeout: 20_000 }).toBe(516);
    busy.origin.answers(asset("passed"));
    const next = await busy.get("/next.css");
    expect([await next.text(), next.headers.get("x-cache")]).toEqual(["passed", "BYPASS"]);
    expect(next.headers.get("cache-status")).toBe("ResCDN; fwd=bypass; fwd-status=200; detail=busy");
    const answered = ["hot", "stale", "refreshed", "strict"].map((name) => busy.get(`/${name}.css`));
    const answers = (await Promise.all(answered)).map(({ headers }) => headers);
    expect(answers.map((headers) => headers.get("x-cache"))).toEqual(["HIT", "STALE", "STALE", "BYPASS"]);
    expect(answers[1]!.get("cache-status")).toMatch(/; detail=busy$/);
    expect(busy.origin.hits).toBe(518);
    expect((await other.get("/a.css")).headers.get("x-cache")).toBe("MISS");
    open();
    expect(new Set(await Promise.all(under))).toEqual(new Set(["x"]));
    await expect.poll(async () => (await busy.get(`/${crypto.randomUUID()}.css`)).headers.get("x-cache")).toBe("MISS");
  });
});

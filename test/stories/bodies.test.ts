import { describe, expect, it } from "vitest";
import { asset, type Play, pass, play, playEdge } from "../support/edge.ts";

playEdge();

/** A body in chunks, with or without its length; ends with an error where it is told to. */
function chunked(chunks: Uint8Array[], headers: Record<string, string> = {}, error?: string) {
  return () => {
    const left = [...chunks];
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const chunk = left.shift();
        if (chunk !== undefined) controller.enqueue(chunk);
        else if (error !== undefined) controller.error(new Error(error));
        else controller.close();
      },
    });
    return new Response(body, { headers: { "cache-control": "max-age=600", ...headers } });
  };
}

const bytes = (size: number, seed = 1) => new Uint8Array(size).map((_, i) => (i * 31 + seed + (i >> 8)) % 251);
const read = async (response: Response) => new Uint8Array(await response.arrayBuffer());
const mib = 1_048_576;

/** Waits for what is being stored: who reads it may have all of it a moment before. */
async function stored(get: Play["get"], path: string): Promise<void> {
  const known = () => get(path, { method: "HEAD", headers: { "cache-control": "only-if-cached" } });
  await expect.poll(async () => (await known()).status).toBe(200);
}

/** As `toEqual`, which takes seconds for some MiB. */
function expectBytes(given: Uint8Array, expected: Uint8Array): void {
  const difference = given.findIndex((byte, at) => byte !== expected[at]);
  expect({ size: given.byteLength, difference }).toEqual({ size: expected.byteLength, difference: -1 });
}

describe("a body", () => {
  it("reaches the client before the origin has finished", async () => {
    const { get, origin } = await play();
    const { promise: rest, resolve: finish } = Promise.withResolvers<void>();
    origin.answers(() => {
      let sent = false;
      return new Response(
        new ReadableStream<Uint8Array>({
          async pull(controller) {
            if (sent) {
              await rest;
              controller.close();
            } else {
              sent = true;
              controller.enqueue(new Uint8Array([1, 2, 3]));
            }
          },
        }),
      );
    });
    const reader = (await get("/a.mp4")).body!.getReader();
    expect((await reader.read()).value).toEqual(new Uint8Array([1, 2, 3]));
    finish();
    expect((await reader.read()).done).toBe(true);
  });

  it("that is small reaches the client before the origin has finished as well, if that takes long", async () => {
    const { get, origin } = await play();
    const { promise: rest, resolve: finish } = Promise.withResolvers<void>();
    const pieces = [Promise.resolve(bytes(10)), rest.then(() => bytes(10, 2))];
    const pull = async (controller: ReadableStreamDefaultController) => {
      const piece = pieces.shift();
      if (piece === undefined) controller.close();
      else controller.enqueue(await piece);
    };
    const headers = { "content-length": "20", "content-type": "video/mp4", "cache-control": "max-age=600" };
    origin.answers(() => new Response(new ReadableStream({ pull }), { headers }));
    const reader = (await get("/a.mp4")).body!.getReader();
    expect((await reader.read()).value).toEqual(bytes(10));
    finish();
    expect((await reader.read()).value).toEqual(bytes(10, 2));
    expect((await reader.read()).done).toBe(true);
    await stored(get, "/a.mp4");
  });

  it.each([
    ["small, of unknown length", 3, {}],
    ["large, of unknown length", 40, {}],
    ["large, of known length", 40, { "content-length": String(40 * 100_000) }],
  ] as const)("that is %s is stored byte for byte", async (_title, count, headers) => {
    const { get, origin } = await play();
    const chunks = Array.from({ length: count }, (_, i) => bytes(100_000, i));
    origin.answers(chunked(chunks, headers));
    const expected = new Uint8Array(count * 100_000);
    for (const [i, chunk] of chunks.entries()) expected.set(chunk, i * 100_000);
    expectBytes(await read(await get("/a.mp4?x")), expected);
    await stored(get, "/a.mp4?x");
    expectBytes(await read(await get("/a.mp4?x")), expected);
    expect(origin.hits).toBe(1);
  });

  it.each([
    ["cut off", chunked([bytes(10)], {}, "reset")],
    ["cut off when large", chunked([bytes(mib), bytes(mib)], {}, "reset")],
    ["shorter than its Content-Length", chunked([bytes(70_000)], { "content-length": "70001" })],
    [
      "larger and shorter than its Content-Length",
      chunked([bytes(mib), bytes(mib)], { "content-length": String(3 * mib) }),
    ],
    ["longer than its Content-Length", chunked([bytes(70_000), bytes(10)], { "content-length": "70001" })],
  ])("that is %s is never stored", async (_title, line) => {
    const { get, origin } = await play();
    origin.answers(line, asset("whole"));
    await expect(get("/a.mp4").then(read)).rejects.toThrow();
    expect(await (await get("/a.mp4")).text()).toBe("whole");
    expect(origin.hits).toBe(2);
  });

  it.each([
    ["cut off", chunked([bytes(10)], { "content-length": "20" }, "reset")],
    ["shorter than its Content-Length", chunked([bytes(10)], { "content-length": "20" })],
    ["longer than its Content-Length", chunked([bytes(10), bytes(10)], { "content-length": "15" })],
  ])("that is small and %s is answered with a reason, or with what was stored before", async (_title, line) => {
    const { get, origin } = await play({ stale_if_error: 600 });
    const headers = { "content-length": "5", "cache-control": "max-age=10" };
    origin.answers(line, asset("whole", headers), line, asset("newer", headers));
    const refused = await get("/a.css");
    expect([refused.status, refused.headers.get("cache-status")]).toEqual([502, "ResCDN; detail=origin-body-cut"]);
    expect([await (await get("/a.css")).text(), origin.hits]).toEqual(["whole", 2]);
    pass(20);
    const stale = await get("/a.css");
    expect([await stale.text(), stale.headers.get("x-cache"), origin.hits]).toEqual(["whole", "STALE", 3]);
    expect([await (await get("/a.css")).text(), origin.hits]).toEqual(["newer", 4]);
  });

  it("that falls silent is given up after idle_ms and never stored", async () => {
    const { get, origin } = await play({ timeouts: { first_byte_ms: 1000, idle_ms: 20 } });
    origin.answers(
      () => new Response(new ReadableStream({ start: (controller) => controller.enqueue(bytes(10)) })),
      asset("whole"),
    );
    await expect(read(await get("/a.mp4"))).rejects.toThrow();
    expect(await (await get("/a.mp4")).text()).toBe("whole");
  });

  it.each([
    ["known", { "content-length": "2000000" }],
    ["unknown", {}],
  ])("above max_object_bytes, its length %s, is passed through and not stored", async (_title, headers) => {
    const { get, origin } = await play({ max_object_bytes: 1_500_000 });
    origin.answers(chunked([bytes(mib), bytes(2_000_000 - mib)], headers));
    for (const hits of [1, 2]) {
      expect((await read(await get("/a.mp4"))).byteLength).toBe(2_000_000);
      expect(origin.hits).toBe(hits);
    }
  });

  it("above max_object_bytes is not stored either where it is held in memory before its length is known", async () => {
    const { get, origin } = await play({ max_object_bytes: 1_000 });
    origin.answers(chunked([bytes(600), bytes(600, 1)], {}), chunked([bytes(600), bytes(400, 1)], {}));
    expect((await read(await get("/a.mp4"))).byteLength).toBe(1_200);
    for (const hits of [2, 2]) {
      expect((await read(await get("/a.mp4"))).byteLength).toBe(1_000);
      expect(origin.hits).toBe(hits);
    }
  });
});

describe("a response that comes without a validator", () => {
  it.each<[string, Record<string, string>, boolean]>([
    ["with none", {}, true],
    ["with a tag", { etag: '"1"' }, false],
    ["with a date, which says enough", { "last-modified": "Sun, 01 Nov 2026 10:00:00 GMT" }, false],
  ])("gets a tag of ours only then: %s", async (_title, said, isOurs) => {
    const { get, origin } = await play();
    origin.answers(asset("x", said));
    await (await get("/a.css")).text();
    const hit = await get("/a.css");
    expect([hit.headers.get("x-cache"), hit.headers.get("etag") ?? "none"]).toEqual([
      "HIT",
      isOurs ? expect.stringMatching(/^"[\w-]{22}"$/) : (said.etag ?? "none"),
    ]);
  });

  it("shows that tag in its first answer too, if all of it is here soon", async () => {
    const { get, origin } = await play();
    origin.answers(asset("x", { "content-length": "1" }));
    const tags = [];
    for (const xCache of ["MISS", "HIT"]) {
      const { headers } = await get("/a.css");
      expect(headers.get("x-cache")).toBe(xCache);
      tags.push(headers.get("etag"));
    }
    expect(tags[0]).toMatch(/^"[\w-]{22}"$/);
    expect(tags[1]).toBe(tags[0]);
  });

  it.each([204, 205])("and without content, as a %i, is stored and given again", async (status) => {
    const { get, origin } = await play();
    origin.answers(asset(null, { "cache-control": "max-age=60" }, status));
    for (const xCache of ["MISS", "HIT", "HIT"]) {
      const response = await get("/page");
      expect([response.status, await response.text(), response.headers.get("x-cache")]).toEqual([status, "", xCache]);
    }
    expect(origin.hits).toBe(1);
  });
});

describe("a client that has it already", () => {
  it("fills the cache all the same, though it takes nothing of the body", async () => {
    const { get, origin } = await play();
    // More than is held in memory, and so little that it is read to its end for nobody.
    const body = bytes(mib + 32_768);
    origin.answers(chunked([body], { etag: '"1"', "content-length": String(body.byteLength) }));
    expect((await get("/a.mp4", { headers: { "if-none-match": '"1"' } })).status).toBe(304);
    await stored(get, "/a.mp4");
    expectBytes(await read(await get("/a.mp4")), body);
    expect(origin.hits).toBe(1);
  });
});

describe("a range", () => {
  const body = bytes(5 * mib);
  const ranged = (range: string) => ({ headers: { range } });

  it.each([
    ["bytes=0-9", 0, 9],
    ["bytes=100-", 100, 5 * mib - 1],
    ["bytes=-7", 5 * mib - 7, 5 * mib - 1],
    [`bytes=${4 * mib}-99999999`, 4 * mib, 5 * mib - 1],
  ])("%s is cut out of a stored body", async (range, first, last) => {
    const { get, origin } = await play();
    origin.answers(chunked([body], { "content-length": String(body.byteLength), etag: '"1"' }));
    await read(await get("/a.mp4"));
    await stored(get, "/a.mp4");
    const part = await get("/a.mp4", ranged(range));
    expect(part.status).toBe(206);
    expect(part.headers.get("content-range")).toBe(`bytes ${first}-${last}/${body.byteLength}`);
    expect(part.headers.get("content-length")).toBe(String(last - first + 1));
    expectBytes(await read(part), body.slice(first, last + 1));
    expect(origin.hits).toBe(1);
  });

  it("of something too large to store is the origin's own answer, and never stored as a whole", async () => {
    const { get, origin } = await play({ max_object_bytes: 1000 });
    origin.answers((request) => {
      const range = request.headers.get("range");
      return range === null
        ? new Response(body, { headers: { "content-length": String(body.byteLength) } })
        : new Response(body.slice(10, 20), {
            status: 206,
            headers: { "content-range": `bytes 10-19/${body.byteLength}` },
          });
    });
    const part = await get("/a.mp4", ranged("bytes=10-19"));
    expect(part.status).toBe(206);
    expect(await read(part)).toEqual(body.slice(10, 20));
    for (let i = 0; i < 2; i++) {
      const whole = await get("/a.mp4");
      expect(whole.headers.get("x-cache")).toBe("BYPASS");
      expect((await read(whole)).byteLength).toBe(body.byteLength);
    }
  });

  it("beyond the end is a 416 that tells the size", async () => {
    const { get, origin } = await play();
    origin.answers(asset("0123456789", { "cdn-cache-control": "max-age=600", "cache-control": "max-age=60" }));
    await (await get("/a.png")).arrayBuffer();
    const response = await get("/a.png", ranged("bytes=10-"));
    expect(response.status).toBe(416);
    // Of another range no cache is to say so.
    expect(["cache-control", "cdn-cache-control"].map((name) => response.headers.get(name))).toEqual([
      "no-store",
      null,
    ]);
    expect(response.headers.get("content-range")).toBe("bytes */10");
    expect(await response.text()).toBe("");
  });

  it("is not applied when If-Range names another version", async () => {
    const { get, origin } = await play();
    origin.answers(asset("0123456789", { etag: '"1"' }));
    await (await get("/a.png")).arrayBuffer();
    expect((await get("/a.png", { headers: { range: "bytes=0-1", "if-range": '"1"' } })).status).toBe(206);
    expect((await get("/a.png", { headers: { range: "bytes=0-1", "if-range": '"2"' } })).status).toBe(200);
  });
});

describe("a text", () => {
  const text = "body { color: rebeccapurple }\n".repeat(200);
  const decoded = async (response: Response) => {
    expect(response.headers.get("content-encoding")).toBe("gzip");
    const stream = response.body!;
    return new Response(stream).text();
  };

  it("is coded once for each coding that clients prefer, under an ETag of its own", async () => {
    const { get, origin } = await play();
    origin.answers(asset(text, { etag: '"1"' }));
    await (await get("/a.css")).text();
    const gzip = await get("/a.css", { headers: { "accept-encoding": "gzip" } });
    const etag = gzip.headers.get("etag");
    expect(etag).toBe('"1-gzip"');
    expect(gzip.headers.get("vary")).toBe("Accept-Encoding");
    expect(await decoded(gzip)).toBe(text);
    const br = await get("/a.css", { headers: { "accept-encoding": "gzip;q=0.5, br" } });
    expect(br.headers.get("content-encoding")).toBe("br");
    expect(br.headers.get("etag")).toBe('"1-br"');
    expect(await br.text()).toBe(text);
    const plain = await get("/a.css");
    expect(plain.headers.get("etag")).toBe('"1"');
    expect(plain.headers.get("vary")).toBe("Accept-Encoding");
    expect(await plain.text()).toBe(text);
    expect((await get("/a.css", { headers: { "accept-encoding": "gzip", "if-none-match": etag! } })).status).toBe(304);
    expect(origin.hits).toBe(1);
    expect(origin.requests[0]!.headers.get("accept-encoding")).toBe("identity");
  });

  it("is coded already on a miss", async () => {
    const { get, origin } = await play();
    origin.answers(asset(text, { etag: '"1"' }));
    const missed = await get("/a.css", { headers: { "accept-encoding": "gzip, br" } });
    expect(missed.headers.get("x-cache")).toBe("MISS");
    expect(await decoded(missed)).toBe(text);
  });

  it.each([
    ["a client accepts nothing but the identity", "/a.css", { "accept-encoding": "br;q=0, identity" }, {}],
    ["it is short", "/short.css", { "accept-encoding": "br" }, {}],
    ["it is a packed font", "/a.woff2", { "accept-encoding": "br" }, {}],
    ["it is an image", "/a.png", { "accept-encoding": "br" }, {}],
    [
      "the origin says no-transform",
      "/a.css",
      { "accept-encoding": "br" },
      { "cache-control": "no-transform, max-age=60" },
    ],
  ])("is left as it is when %s", async (_title, path, headers, said) => {
    const { get, origin } = await play();
    origin.answers(asset(path === "/short.css" ? "x" : text, said as Record<string, string>));
    for (const cache of ["MISS", "HIT"]) {
      const response = await get(path, { headers: headers as Record<string, string> });
      expect(response.headers.get("x-cache")).toBe(cache);
      expect(response.headers.get("content-encoding")).toBeNull();
      await response.arrayBuffer();
    }
  });

  it.each(["deflate", "zstd"])("that the origin sent in %s all the same is stored decoded", async (coding) => {
    const { get, origin } = await play();
    const zlib = await import("node:zlib");
    const coded = coding === "zstd" ? zlib.zstdCompressSync(text) : zlib.deflateSync(text);
    origin.answers(asset(coded, { "content-encoding": coding, etag: '"1"' }));
    for (const cache of ["MISS", "HIT"]) {
      const response = await get("/a.css");
      expect(response.headers.get("x-cache")).toBe(cache);
      expect(response.headers.get("content-encoding")).toBeNull();
      expect(response.headers.get("etag")).toBe('W/"1"');
      expect(await response.text()).toBe(text);
    }
  });

  it("in a coding that nobody here knows is passed and stored with its label", async () => {
    const { get, origin } = await play();
    origin.answers(asset("opaque", { "content-encoding": "exotic" }));
    for (const cache of ["MISS", "HIT"]) {
      const response = await get("/a.css", { headers: { "accept-encoding": "exotic" } });
      expect(response.headers.get("x-cache")).toBe(cache);
      expect(response.headers.get("content-encoding")).toBe("exotic");
      expect(await response.text()).toBe("opaque");
    }
  });
});

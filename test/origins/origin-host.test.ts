import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { request } from "../server/request.ts";
import { type Cdn, startCdn } from "./cdn.ts";
import { listen } from "./listen.ts";
import { get, type RawAnswer, RawClient } from "./raw-client.ts";
import { answer, type Behaviour, chunk, head, LAST_CHUNK, RawOrigin } from "./raw-origin.ts";

let cdn: Cdn;
let origin: RawOrigin;
let fallback: RawOrigin;

beforeAll(async () => {
  [cdn, origin, fallback] = await Promise.all([startCdn(), RawOrigin.start(), RawOrigin.start()]);
});

afterAll(async () => {
  await cdn.stop();
  await Promise.all([origin.close(), fallback.close()]);
});

const hostsAsked = (asked: RawOrigin, path: string) => asked.requests(path).map(({ headers }) => headers.host);

describe("origin_host", () => {
  it("stands in the Host of each request to the origin, whatever the client's is", async () => {
    const zone = await cdn.zone(origin.url, { origin_host: "Shop.Example.com:8080", forward: { headers: "all" } });
    origin.on("/a.css", answer("a {}", { "cache-control": "max-age=0", etag: '"1"' }), answer("", {}, 304));
    for (const _ of [1, 2]) expect(await get(cdn.port, zone, "/a.css")).toMatchObject({ status: 200 });
    expect(hostsAsked(origin, "/a.css")).toEqual(["shop.example.com:8080", "shop.example.com:8080"]);
  });

  it("is the origin's own by default, and never the fallback's", async () => {
    const settings = { origin_host: "shop.example.com", fallback_origin: fallback.url };
    const zones = [await cdn.zone(origin.url), await cdn.zone(origin.url, settings)];
    origin.on("/b.css", answer("b {}"), answer("down", {}, 503));
    fallback.on("/b.css", answer("b {}"));
    for (const zone of zones) expect(await get(cdn.port, zone, "/b.css")).toMatchObject({ status: 200 });
    expect(hostsAsked(origin, "/b.css")).toEqual([`127.0.0.1:${origin.port}`, "shop.example.com"]);
    expect(hostsAsked(fallback, "/b.css")).toEqual([`127.0.0.1:${fallback.port}`]);
  });
});

describe("the zone's own host as origin_host", () => {
  it("is what an origin that writes URLs by its Host writes, and clients stay with the zone", async () => {
    const zone = await cdn.zone(origin.url, (host) => ({ origin_host: `${host.toUpperCase()}:${cdn.port}` }));
    // As Apache and nginx have it: by the Host that they see, and the scheme that they were asked by.
    origin.on("/docs", (socket, { headers }) => {
      answer(
        "",
        { Location: `http://${headers.host}/docs/`, "Cache-Control": "max-age=60" },
        301,
      )(socket, { method: "GET", target: "", headers: {} });
    });
    origin.on("/docs/", answer("docs"));
    origin.on("/package", (socket, { headers, method, target }) =>
      answer(`{"tarball":"http://${headers.host}/package.tgz"}`)(socket, { method, target, headers }),
    );
    for (let i = 0; i < 2; i++) {
      expect(await get(cdn.port, zone, "/docs")).toMatchObject({ status: 301, headers: { location: "/docs/" } });
    }
    expect(await get(cdn.port, zone, "/docs/")).toMatchObject({ status: 200, body: Buffer.from("docs") });
    const tarball = `{"tarball":"http://${zone}:${cdn.port}/package.tgz"}`;
    expect(await get(cdn.port, zone, "/package")).toMatchObject({ status: 200, body: Buffer.from(tarball) });
  });

  it("is no way out of a redirect to https that an origin makes of each request", async () => {
    const zone = await cdn.zone(origin.url, (host) => ({ origin_host: host }));
    origin.on("/secure", answer("", { Location: `https://${zone}/secure` }, 301));
    expect(await get(cdn.port, zone, "/secure")).toMatchObject({
      status: 508,
      headers: { "cache-status": "ResCDN; detail=redirect-loop" },
    });
  });
});

// With a type: nothing of the body has to be looked at before the answer begins.
const CHUNKED = { "Transfer-Encoding": "chunked", "Content-Type": "image/png" };
const HINTS = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";

describe("an origin that is asked with a Host of its own", () => {
  let zone: string;
  let paths = 0;
  beforeAll(async () => {
    zone = await cdn.zone(origin.url, {
      origin_host: "shop.example.com",
      timeouts: { first_byte_ms: 400, idle_ms: 400 },
      methods: "all",
    });
  });

  /** Sends bytes, and ends the connection where it is told to. */
  const says =
    (bytes: (string | Buffer)[], end = false): Behaviour =>
    (socket) => {
      for (const part of bytes) socket.write(part);
      if (end) socket.end();
    };
  const ask = async (behaviour: Behaviour) => {
    const path = `/raw-${++paths}.png`;
    origin.on(path, behaviour);
    return get(cdn.port, zone, path);
  };

  it.each<[string, Behaviour]>([
    ["a length", answer("hello")],
    ["chunks", says([head({ "Transfer-Encoding": "chunked" }), chunk("he"), chunk("llo"), LAST_CHUNK])],
    [
      "chunks with extensions and trailers",
      says([head({ "Transfer-Encoding": "chunked" }), "5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n"]),
    ],
    ["the end of the connection", says([head({}), "hel", "lo"], true)],
    [
      "interim responses before it",
      says(["HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", head({ "Content-Length": 5 }), "hello"]),
    ],
    ["lines that end in LF alone", says(["HTTP/1.1 200 OK\nContent-Type: image/png\nContent-Length: 5\n\nhello"])],
    ["lines that end in either way", says(["HTTP/1.1 200 OK\r\nA: 1\nContent-Length: 5\r\n\nhello"])],
    ["empty lines before it", says([`\r\n\n${head({ "Content-Length": 5 })}hello`])],
    ["folded lines", says([`HTTP/1.1 200 OK\r\nA: 1\r\n  2\r\nContent-Length: 5\r\n\r\nhello`])],
    ["a head of 120 KB", says([head({ A: "a".repeat(60_000), B: "b".repeat(60_000), "Content-Length": 5 }), "hello"])],
    ["a length with zeros before it", says([head({ "Content-Length": "0".repeat(30) + 5 }), "hello"])],
    ["chunk sizes with zeros before them", says([head(CHUNKED), "0000000000005\r\nhello\r\n000\r\n\r\n"])],
    ["many interim responses before it", says([...Array(30).fill(HINTS), head({ "Content-Length": 5 }), "hello"])],
    ["more bytes than it says", says([head({ "Content-Length": 5 }), "hello and more"])],
    ["gzip that nobody asked for", answer(gzipSync("hello"), { "Content-Encoding": "gzip" })],
    [
      "one byte at a time",
      (socket) => {
        const bytes = [...`${head({ "Content-Length": 5 })}hello`];
        const next = () => {
          const byte = bytes.shift();
          if (byte !== undefined) socket.write(byte, () => setImmediate(next));
        };
        next();
      },
    ],
  ])("is understood: %s", async (_, behaviour) => {
    const got = await ask(behaviour);
    expect(got).toMatchObject({ end: "whole", status: 200 });
    expect((got as { body: Buffer }).body.toString()).toBe("hello");
  });

  it.each([
    ["UTF-8", Buffer.from("Größe 世界 🎉")],
    ["nothing but ASCII", Buffer.from("size")],
  ])("has its fields passed on byte for byte: %s", async (_, value) => {
    const got = await ask(
      says([
        Buffer.concat([
          Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Title: `),
          value,
          Buffer.from("\r\n\r\nhello"),
        ]),
      ]),
    );
    expect(got).toMatchObject({ end: "whole", status: 200 });
    expect(Buffer.from((got as RawAnswer).headers["x-title"]!, "latin1").equals(value)).toBe(true);
  });

  it("passes a body larger than any buffer, whole", async () => {
    const body = Buffer.alloc(3_000_000, "abcdefg");
    const got = await ask(answer(body));
    expect(got).toMatchObject({ end: "whole", status: 200 });
    expect((got as { body: Buffer }).body.equals(body)).toBe(true);
  });

  it.each<[string, Behaviour, number]>([
    ["a length and chunks", says([head({ "Content-Length": 5, "Transfer-Encoding": "chunked" }), "0\r\n\r\n"]), 502],
    ["no HTTP at all", says(["hello\r\n\r\n"]), 502],
    ["101, which ends HTTP", says(["HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n"]), 502],
    ["interim responses without end", says(Array(6_000).fill(HINTS)), 502],
    [
      "interim responses of 200 KiB together",
      says(
        [...Array(16).fill(`HTTP/1.1 103 Early Hints\r\nA: ${"a".repeat(12_800)}\r\n\r\n`), head({}), "hello"],
        true,
      ),
      502,
    ],
    ["a head without end", says([`HTTP/1.1 200 OK\r\nA: ${"a".repeat(200_000)}`]), 502],
    ["empty lines without end", says(["\r\n".repeat(100_000)]), 502],
    ["a length in a folded line", says(["HTTP/1.1 200 OK\r\nA: 1\r\n Content-Length: 5\r\n\r\nhello"]), 502],
    ["a length that is folded", says(["HTTP/1.1 200 OK\r\nContent-Length:\r\n 5\r\n\r\nhello"]), 502],
    [
      "two lengths, in lines that end in LF",
      says(["HTTP/1.1 200 OK\nContent-Length: 5\nContent-Length: 6\n\nhello"]),
      502,
    ],
    ["a CR within a line", says(["HTTP/1.1 200 OK\r\nA: 1\rContent-Length: 5\r\n\r\nhello"]), 502],
    ["half a head", says(["HTTP/1.1 200 OK\r\nA: 1"], true), 502],
    ["nothing", says([], true), 502],
    ["a length that is not reached", says([head({ "Content-Length": 10 }), "hello"], true), 502],
    ["silence", says([]), 504],
    ["a head that never ends", says(["HTTP/1.1 200 OK\r\n"]), 504],
  ])("is refused: %s", async (_, behaviour, status) => {
    expect(await ask(behaviour)).toMatchObject({ status });
  });

  it.each<[string, Behaviour]>([
    ["a large length that is not reached", says([head({ "Content-Length": 100_000 }), "hello"], true)],
    ["chunks without the last", says([head(CHUNKED), chunk("hello")], true)],
    ["a chunk that is longer than it says", says([head(CHUNKED), "2\r\nhello\r\n", LAST_CHUNK], true)],
    ["a chunk with no length", says([head(CHUNKED), "x\r\nhello\r\n", LAST_CHUNK], true)],
    ["trailers without end", says([head(CHUNKED), "0\r\n", "a: b\r\n".repeat(40_000)])],
    ["chunk extensions without end", says([head(CHUNKED), `1;${"a".repeat(4_000)}\r\nx\r\n`.repeat(20), LAST_CHUNK])],
    ["silence within the body", says([head({ "Content-Length": 10 }), "hello"])],
  ])("never passes for whole: %s", async (_, behaviour) => {
    const path = `/raw-${paths + 1}.png`;
    const got = await ask(behaviour);
    expect(got.end).not.toBe("whole");
    origin.on(path, answer("whole"));
    expect(await get(cdn.port, zone, path), "and is not stored").toMatchObject({ body: Buffer.from("whole") });
  });

  it("gets the body of an unsafe request", async () => {
    origin.on("/form", answer("thanks"));
    const sent = await request(cdn.port, zone, "/form", { method: "POST", body: { a: "b".repeat(100_000) } });
    expect(sent).toMatchObject({ status: 200, body: "thanks" });
    expect(origin.requests("/form")[0]!.headers).toMatchObject({ host: "shop.example.com", connection: "close" });
  });

  it("is asked with HEAD as with GET", async () => {
    origin.on("/head.png", answer("hello"));
    const got = await request(cdn.port, zone, "/head.png", { method: "HEAD" });
    expect(got).toMatchObject({ status: 200, body: "" });
    expect(got.headers["content-length"]).toBe("5");
  });

  describe("with time enough to be silent", () => {
    /** Longer than a test may take: what ends has ended for another reason. */
    const PATIENT = { first_byte_ms: 60_000, idle_ms: 60_000 };
    let patient: string;
    beforeAll(async () => {
      patient = await cdn.zone(origin.url, { origin_host: "shop.example.com", timeouts: PATIENT, methods: "all" });
    });

    it.each<[string, string]>([
      ["a size that is none", "zz\r\n"],
      ["a size that is none, in a line without end", "zz"],
      ["a size of nine digits", "fffffffff\r\n"],
      ["a size line that ends in LF alone", "2\nhe\r\n"],
      ["a CR within a size line", "2\rhe\r\n"],
      ["other bytes where a chunk should end", "2\r\nheXX"],
      ["one other byte where a chunk should end", "2\r\nheX"],
      ["a CR alone where a chunk should end", "2\r\nhe\rX"],
    ])(
      "breaks off the client's answer at once, and its own connection: %s",
      async (title, broken) => {
        const path = `/at-once-${title.replaceAll(/\W/g, "-")}.png`;
        const ended = Promise.withResolvers<void>();
        origin.on(path, (socket) => {
          socket.once("close", ended.resolve);
          socket.write(head({ "Transfer-Encoding": "chunked" }));
          socket.write(chunk("hello"), () => setImmediate(() => socket.write(broken)));
        });
        expect((await get(cdn.port, patient, path)).end).not.toBe("whole");
        await ended.promise;
      },
      20_000,
    );

    it.each([
      ["with a length", "Content-Length: 100000", "hello"],
      ["in chunks", "Transfer-Encoding: chunked", "5\r\nhello\r\n"],
    ])(
      "is let go by an upload %s whose client leaves",
      async (_, framing, start) => {
        // A server that listens only: the script of a path begins when its request is complete, and this one never is.
        const began = Promise.withResolvers<Socket>();
        const listener = createServer((socket) =>
          socket.on("error", () => undefined).once("data", () => began.resolve(socket)),
        );
        const { url, close } = await listen(listener);
        const uploads = await cdn.zone(url, { origin_host: "shop.example.com", timeouts: PATIENT, methods: "all" });
        const client = await RawClient.open(cdn.port);
        client.send(`POST /upload HTTP/1.1\r\nHost: ${uploads}\r\n${framing}\r\n\r\n${start}`);
        const socket = await began.promise;
        const ended = once(socket, "end");
        client.leave();
        await ended;
        await close();
      },
      20_000,
    );

    it("is let go by a client that leaves while nobody else wants the answer", async () => {
      const ended = Promise.withResolvers<void>();
      origin.on("/drip.png", (socket) => {
        socket.write(head({ "Cache-Control": "no-store" }));
        const drip = setInterval(() => socket.write("drop"), 20);
        socket.once("close", () => {
          clearInterval(drip);
          ended.resolve();
        });
      });
      const client = await RawClient.open(cdn.port);
      client.ask(patient, "/drip.png");
      await client.arrived(300);
      client.leave();
      await ended.promise;
    }, 20_000);
  });
});

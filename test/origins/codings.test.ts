import { createHash, randomBytes } from "node:crypto";
import {
  brotliCompressSync,
  brotliDecompressSync,
  constants,
  deflateRawSync,
  deflateSync,
  gunzipSync,
  gzipSync,
  zstdCompressSync,
} from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cdn, startCdn } from "./cdn.ts";
import { memoryOf, processListeningOn, restartPeak } from "./memory.ts";
import { get, type NoAnswer, type RawAnswer, RawClient } from "./raw-client.ts";
import { answer, type Behaviour, chunk, head, LAST_CHUNK, RawOrigin } from "./raw-origin.ts";

let cdn: Cdn;
let origin: RawOrigin;
let host: string;

beforeAll(async () => {
  [cdn, origin] = await Promise.all([startCdn(), RawOrigin.start()]);
  host = await cdn.zone(origin.url);
});

afterAll(async () => {
  await cdn.stop();
  await origin.close();
});

const text = "body { color: rebeccapurple }\n".repeat(200);

const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("base64");

let paths = 0;
const newPath = () => `/${++paths}.css`;

const ask = (path: string, acceptEncoding: string | null, method = "GET") =>
  get(cdn.port, host, path, acceptEncoding === null ? {} : { "Accept-Encoding": acceptEncoding }, method);

/** Each kind of client, with the codings that it can read. */
const CLIENTS: [acceptEncoding: string | null, readable: string[]][] = [
  [null, ["none"]],
  ["gzip", ["none", "gzip"]],
  ["br", ["none", "br"]],
  ["gzip, deflate, br, zstd", ["none", "gzip", "br"]],
  ["gzip;q=0, identity", ["none"]],
];

/** What a client that trusts the label reads. */
function decoded(got: RawAnswer): string {
  const coding = got.headers["content-encoding"] ?? "none";
  switch (coding) {
    case "none":
      return String(got.body);
    case "gzip":
      return String(gunzipSync(got.body));
    case "br":
      return String(brotliDecompressSync(got.body));
    default:
      throw new Error(`a coding that nobody asked for: ${coding}`);
  }
}

function isReadable(got: RawAnswer | NoAnswer, readable: readonly string[], expected = text): void {
  expect(got.end).toBe("whole");
  const { headers, body } = got as RawAnswer;
  expect(readable).toContain(headers["content-encoding"] ?? "none");
  if (headers["content-length"] !== undefined) expect(Number(headers["content-length"])).toBe(body.byteLength);
  expect(decoded(got as RawAnswer)).toBe(expected);
}

const coded = (bytes: Uint8Array, coding: string): Behaviour =>
  answer(bytes, { "Content-Type": "text/css", "Content-Encoding": coding });

const CODED: [title: string, behaviour: Behaviour][] = [
  ["no coding", answer(text)],
  ["gzip", coded(gzipSync(text), "gzip")],
  ["x-gzip", coded(gzipSync(text), "x-gzip")],
  ["gzip, spelled in capitals", coded(gzipSync(text), "GZIP")],
  ["br", coded(brotliCompressSync(text), "br")],
  ["br, spelled in capitals", coded(brotliCompressSync(text), "Br")],
  ["deflate", coded(deflateSync(text), "deflate")],
  ["zstd", coded(zstdCompressSync(text), "zstd")],
  ["gzip of two members", coded(Buffer.concat([gzipSync(text.slice(0, 999)), gzipSync(text.slice(999))]), "gzip")],
  [
    "gzip in chunks",
    (socket) => {
      socket.write(head({ "Transfer-Encoding": "chunked", "Content-Encoding": "gzip" }));
      for (const byte of gzipSync(text)) socket.write(chunk(Uint8Array.of(byte)));
      socket.write(LAST_CHUNK);
    },
  ],
];

describe.each(CODED)("from an origin that sends %s", (_title, behaviour) => {
  it.each(CLIENTS)(
    "a client that accepts %s reads the text, on a miss and on a hit",
    async (acceptEncoding, readable) => {
      const path = newPath();
      origin.on(path, behaviour);
      for (const xCache of ["MISS", "HIT", "HIT"]) {
        const got = await ask(path, acceptEncoding);
        isReadable(got, readable);
        expect((got as RawAnswer).headers).toMatchObject({ "x-cache": xCache });
      }
      expect(origin.requests(path)).toHaveLength(1);
    },
  );

  it("all kinds of client read one stored object, and each knows that the others may see another form", async () => {
    const path = newPath();
    origin.on(path, behaviour);
    for (const [acceptEncoding, readable] of CLIENTS) {
      const got = await ask(path, acceptEncoding);
      isReadable(got, readable);
      expect((got as RawAnswer).headers.vary).toBe("Accept-Encoding");
    }
    expect(origin.requests(path)).toHaveLength(1);
    expect(origin.requests(path)[0]!.headers["accept-encoding"]).toBe("identity");
  });
});

describe("a label that names", () => {
  it.each<[title: string, label: string, body: Uint8Array]>([
    ["a coding and nothing", "gzip,", gzipSync(text)],
    ["nothing and a coding", ",, gzip", gzipSync(text)],
    ["how it was uploaded", "aws-chunked,gzip", gzipSync(text)],
    ["only how it was uploaded", "aws-chunked", Buffer.from(text)],
    ["a charset", "UTF-8", Buffer.from(text)],
    ["a charset and a coding", "UTF-8, gzip", gzipSync(text)],
    ["nothing", "", Buffer.from(text)],
    ["identity", "identity", Buffer.from(text)],
    ["a media type", "text/css", Buffer.from(text)],
    ["what nobody knows, and a coding", "mystery, br", brotliCompressSync(text)],
    ["a coding twice that is on once", "gzip, gzip", gzipSync(text)],
    ["a coding twice that is on twice", "gzip, gzip", gzipSync(gzipSync(text))],
    ["Brotli twice that is on once", "br, br", brotliCompressSync(text)],
    ["Brotli twice that is on twice", "br, br", brotliCompressSync(brotliCompressSync(text))],
    ["zstd twice that is on once", "zstd, zstd", zstdCompressSync(text)],
    ["deflate twice that is on twice", "deflate, deflate", deflateSync(deflateSync(text))],
    ["two codings", "deflate, gzip", gzipSync(deflateSync(text))],
    ["deflate without its wrapper", "deflate", deflateRawSync(text)],
  ])("%s gives nobody what they did not ask for", async (_title, label, body) => {
    const path = newPath();
    origin.on(path, coded(body, label));
    for (const [acceptEncoding, readable] of CLIENTS) isReadable(await ask(path, acceptEncoding), readable);
    expect(origin.requests(path)).toHaveLength(1);
  });

  it("what cannot be decoded here stays as it is", async () => {
    for (const label of ["compress, gzip", "exotic", "gzip, aes128gcm"]) {
      const path = newPath();
      origin.on(path, coded(Buffer.from(text), label));
      const got = (await ask(path, "gzip")) as RawAnswer;
      expect([got.headers["content-encoding"], String(got.body)]).toEqual([label, text]);
    }
  });
});

describe("compressed data that is labelled with its own coding", () => {
  const packed = gzipSync(text);

  it.each([
    ["/a.tgz", "application/x-gzip", "x-gzip"],
    ["/a.tar.gz", "application/x-tar", "gzip"],
    ["/a.svgz", "image/svg+xml", "gzip"],
    ["/download", "application/gzip", "gzip"],
  ])("passes as it came: %s, %s, %s", async (path, type, coding) => {
    origin.on(path, answer(packed, { "Content-Encoding": coding, "Content-Type": type, "Cache-Control": "max-age=9" }));
    for (const [acceptEncoding] of CLIENTS) {
      const got = (await ask(path, acceptEncoding)) as RawAnswer;
      expect(got).toMatchObject({ end: "whole", headers: { "content-encoding": coding } });
      expect(got.headers["content-length"]).toBe(String(packed.byteLength));
      expect(got.body.equals(packed)).toBe(true);
    }
    expect(origin.requests(path)).toHaveLength(1);
  });
});

describe("no-transform", () => {
  it.each(CLIENTS)("leaves an uncoded text alone for a client that accepts %s", async (acceptEncoding) => {
    const path = newPath();
    origin.on(path, answer(text, { "Cache-Control": "max-age=60, no-transform" }));
    for (let i = 0; i < 2; i++) isReadable(await ask(path, acceptEncoding), ["none"]);
  });

  it("never makes a coded text unreadable", async () => {
    const path = newPath();
    origin.on(
      path,
      answer(gzipSync(text), { "Content-Encoding": "gzip", "Cache-Control": "max-age=60, no-transform" }),
    );
    for (let i = 0; i < 2; i++) isReadable(await ask(path, "gzip"), ["gzip"]);
  });

  it.each(CLIENTS)(
    "leaves a coded text as it came for a client that accepts %s (RFC 9110 §7.7)",
    async (acceptEncoding) => {
      const path = newPath();
      const body = gzipSync(text);
      const fields = { "Content-Encoding": "gzip", "Cache-Control": "max-age=60, no-transform", ETag: '"1"' };
      origin.on(path, answer(body, { ...fields, "Content-MD5": md5(body) }));
      for (let i = 0; i < 2; i++) {
        const got = (await ask(path, acceptEncoding)) as RawAnswer;
        expect(got.headers).toMatchObject({ "content-encoding": "gzip", etag: '"1"', "content-md5": md5(body) });
        expect(got.body.equals(body)).toBe(true);
      }
      expect(origin.requests(path)).toHaveLength(1);
    },
  );
});

describe("a page without a type under an asset's name", () => {
  const page = "<!doctype html><title>account of 12345678</title>".repeat(90);

  it.each([
    ["decoded", "gzip", gzipSync(page), "max-age=60"],
    ["left in its coding", "gzip", gzipSync(page), "max-age=60, no-transform"],
    ["left in Brotli", "br", brotliCompressSync(page), "max-age=60, no-transform"],
    ["left in two codings", "deflate, gzip", gzipSync(deflateSync(page)), "max-age=60, no-transform"],
  ])("is seen through its coding, and never kept: %s", async (_title, coding, body, control) => {
    const path = newPath();
    origin.on(path, answer(body, { "Content-Encoding": coding, "Cache-Control": control }));
    for (let i = 0; i < 2; i++) {
      const got = (await ask(path, "gzip")) as RawAnswer;
      expect(got).toMatchObject({ end: "whole", headers: { "x-cache": "BYPASS" } });
      expect(got.headers["cache-control"]).toMatch(/^no-store(, no-transform)?$/);
      expect(got.headers["cache-control"]!.includes("no-transform")).toBe(control.includes("no-transform"));
    }
  });
});

describe("what is not kept", () => {
  it("goes in the coding in which it came to whoever accepts it", async () => {
    const path = newPath();
    const body = gzipSync(text);
    origin.on(path, answer(body, { "Content-Encoding": "gzip", "Cache-Control": "no-store", ETag: '"1"' }));
    for (const [acceptEncoding, readable] of CLIENTS) {
      const got = (await ask(path, acceptEncoding)) as RawAnswer;
      isReadable(got, readable);
      expect(got.headers.vary).toBe("Accept-Encoding");
      if (readable.includes("gzip")) expect(got.body.equals(body)).toBe(true);
    }
  });
});

describe.each([
  ["gzip", gzipSync(text)],
  ["x-gzip", gzipSync(text)],
  ["br", brotliCompressSync(text)],
  ["deflate", deflateSync(text)],
  ["zstd", zstdCompressSync(text)],
])("%s that is none", (coding, whole) => {
  it.each([
    ["plain bytes with the label", Buffer.from(text)],
    ["the label on a body that breaks off", whole.subarray(0, whole.byteLength - 10)],
  ])("%s is not stored, and never looks complete", async (_title, bytes) => {
    for (const [acceptEncoding] of CLIENTS) {
      const path = newPath();
      origin.on(path, coded(bytes, coding), coded(whole, coding));
      const got = await ask(path, acceptEncoding);
      const looksFine = got.end === "whole" && got.status < 500;
      expect(looksFine, `the client was sent ${JSON.stringify(got)}`).toBe(false);
      const next = await ask(path, acceptEncoding);
      expect(next).toMatchObject({ end: "whole", headers: { "x-cache": "MISS" } });
      expect(decoded(next as RawAnswer)).toBe(text);
    }
  });
});

it("an empty body with a label is an empty body", async () => {
  const path = newPath();
  origin.on(path, coded(new Uint8Array(), "gzip"));
  for (const [acceptEncoding] of CLIENTS) {
    expect(await ask(path, acceptEncoding)).toMatchObject({ end: "whole", status: 200, body: Buffer.alloc(0) });
  }
});

describe("an origin that cuts ranges out of what it keeps in a coding", () => {
  const kept = gzipSync(text);
  const size = kept.byteLength;

  const ranged: Behaviour = (socket, request) => {
    const asked = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
    const fields = { "Content-Encoding": "gzip", ETag: '"kept"' };
    if (asked === null) return answer(kept, fields)(socket, request);
    const [first, last] = [Number(asked[1]), asked[2] === "" ? size - 1 : Number(asked[2])];
    const part = kept.subarray(first, last + 1);
    answer(part, { ...fields, "Content-Range": `bytes ${first}-${last}/${size}` }, 206)(socket, request);
  };

  it.each([
    ["an origin with its own name", {}],
    ["an origin with a Host of its own", { origin_host: "shop.example.com" }],
  ])("has its parts passed as they are, and none is kept: %s", async (_title, settings) => {
    const zone = await cdn.zone(origin.url, settings);
    const path = newPath();
    origin.on(path, ranged);
    const half = Math.floor(size / 2);
    const parts: Buffer[] = [];
    for (const range of [`bytes=0-${half - 1}`, `bytes=${half}-`, `bytes=0-${half - 1}`]) {
      const got = (await get(cdn.port, zone, path, { Range: range, "Accept-Encoding": "gzip" })) as RawAnswer;
      expect(got).toMatchObject({ end: "whole", status: 206, headers: { "content-encoding": "gzip", etag: '"kept"' } });
      parts.push(got.body);
    }
    expect(String(gunzipSync(Buffer.concat(parts.slice(0, 2))))).toBe(text);
    expect(origin.requests(path)).toHaveLength(3);
    isReadable(await get(cdn.port, zone, path), ["none"]);
  });

  it.each(["bytes=0-9", "bytes=20-", "bytes=-30"])(
    "sends the whole in the place of the part %s to who did not ask for the coding",
    async (range) => {
      const path = newPath();
      origin.on(path, ranged);
      for (const acceptEncoding of ["identity", "br", undefined]) {
        const got = (await get(cdn.port, host, path, {
          Range: range,
          ...(acceptEncoding !== undefined && { "Accept-Encoding": acceptEncoding }),
        })) as RawAnswer;
        expect(got.end).toBe("whole");
        expect(got.headers).not.toHaveProperty("content-encoding");
        if (got.status === 200) expect(String(got.body)).toBe(text);
        else expect(got.headers["content-range"]).toMatch(new RegExp(`/${text.length}$`));
      }
    },
  );

  it("does not complete a part of the identity form", async () => {
    const path = newPath();
    const part = answer(text.slice(0, 9), { "Content-Range": `bytes 0-8/${text.length}`, ETag: '"kept"' }, 206);
    origin.on(path, part, ranged);
    await get(cdn.port, host, path, { Range: "bytes=0-8" });
    isReadable(await ask(path, null), ["none"]);
  });
});

it("a coding that nobody here knows goes through with its label", async () => {
  const path = newPath();
  origin.on(path, coded(Buffer.from("opaque"), "exotic"));
  for (const xCache of ["MISS", "HIT"]) {
    expect(await ask(path, "exotic")).toMatchObject({
      end: "whole",
      headers: { "content-encoding": "exotic", "x-cache": xCache },
      body: Buffer.from("opaque"),
    });
  }
});

const MIB = 1_048_576;
const ZEROS = Buffer.alloc(32 * MIB);

describe.each([
  ["gzip", gzipSync(ZEROS)],
  ["deflate", deflateSync(ZEROS)],
  ["br", brotliCompressSync(ZEROS)],
  ["zstd", zstdCompressSync(ZEROS)],
])("%s of 32 MiB of nothing", (coding, bomb) => {
  const MOST = MIB + 100 * bomb.byteLength;

  it.each([
    ["with its length", (bytes: Uint8Array) => coded(bytes, coding), {}],
    [
      "in chunks",
      (bytes: Uint8Array): Behaviour =>
        (socket) => {
          socket.write(head({ "Transfer-Encoding": "chunked", "Content-Encoding": coding }));
          socket.write(chunk(bytes));
          socket.write(LAST_CHUNK);
        },
      {},
    ],
    [
      "from an origin with a Host of its own",
      (bytes: Uint8Array) => coded(bytes, coding),
      { origin_host: "shop.example.com" },
    ],
  ])(
    "breaks off at 100 times what was sent and 1 MiB, is not stored, and the log says why: %s",
    async (_, send, settings) => {
      const zone = await cdn.zone(origin.url, settings);
      const path = newPath();
      origin.on(path, send(bomb), send(codedText(coding)));
      const got = await get(cdn.port, zone, path);
      expect(got.end).not.toBe("whole");
      expect("body" in got ? got.body.byteLength : 0).toBeLessThanOrEqual(MOST);
      await expect
        .poll(() => cdn.log())
        .toMatch(new RegExp(`"body_broken","key":"[^"]*${path}","reason":"origin-body-expands"`));
      const next = (await get(cdn.port, zone, path)) as RawAnswer;
      expect(next).toMatchObject({ end: "whole", headers: { "x-cache": "MISS" } });
      expect(String(next.body)).toBe(text);
    },
  );
});

/** The text in a coding. */
function codedText(coding: string): Uint8Array {
  const encode = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync, zstd: zstdCompressSync }[coding];
  return encode!(text);
}

describe("a coded body", () => {
  /** Text that becomes about a fifth, 3 MiB of it. */
  const prose = Array.from({ length: 100_000 }, (_, i) => `.rule-${(i * 7_919) % 99_991} { top: ${i}px }\n`).join("");

  it.each([
    ["gzip", gzipSync(prose)],
    ["br", brotliCompressSync(prose)],
    ["zstd", zstdCompressSync(prose)],
  ])("in %s that expands as text does comes whole, and is stored", async (coding, bytes) => {
    const path = newPath();
    origin.on(path, coded(bytes, coding));
    for (const xCache of ["MISS", "HIT"]) {
      const got = (await ask(path, null)) as RawAnswer;
      expect(got).toMatchObject({ end: "whole", headers: { "x-cache": xCache } });
      expect(String(got.body) === prose).toBe(true);
    }
  });

  it("is not decoded beyond the zone's largest object", async () => {
    const zone = await cdn.zone(origin.url, { max_object_bytes: 2 * MIB });
    const path = newPath();
    origin.on(path, coded(gzipSync(prose), "gzip"));
    const got = await get(cdn.port, zone, path);
    expect(got.end).not.toBe("whole");
    expect("body" in got ? got.body.byteLength : 0).toBeLessThanOrEqual(2 * MIB);
  });

  it("in two codings becomes no more than one in one", async () => {
    const twice = gzipSync(gzipSync(ZEROS));
    for (const settings of [{}, { origin_host: "shop.example.com" }]) {
      const path = newPath();
      origin.on(path, coded(twice, "gzip, gzip"));
      const got = await get(cdn.port, await cdn.zone(origin.url, settings), path);
      expect(got.end).not.toBe("whole");
      expect("body" in got ? got.body.byteLength : 0).toBeLessThanOrEqual(MIB + 100 * twice.byteLength);
    }
  });
});

it("clients that do not read what little Brotli becomes cost no copy of it each, and each gets it when its turn comes", async () => {
  const much = Buffer.concat([randomBytes(170_000), Buffer.alloc(15 * MIB, "a")]);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_LGWIN]: 24 };
  const path = newPath();
  const headers = { "Content-Type": "text/css", "Content-Encoding": "br", "Cache-Control": "no-store" };
  origin.on(path, answer(brotliCompressSync(much, { params }), headers));
  await ask(path, null);
  const pid = processListeningOn(cdn.port);
  restartPeak(pid);
  const before = memoryOf(pid).resident;
  const clients = await Promise.all(Array.from({ length: 30 }, () => RawClient.open(cdn.port)));
  for (const client of clients) {
    await client.ask(host, path).arrived(100);
    client.stall();
  }
  const last = clients.pop()!;
  await expect.poll(() => origin.requests(path).length).toBe(31);
  for (const client of clients) client.leave();
  last.socket.resume();
  const got = (await last.receive()) as RawAnswer;
  expect([got.end, got.body.equals(much)]).toEqual(["whole", true]);
  last.leave();
  expect((memoryOf(pid).peak - before) / MIB).toBeLessThan(200);
});

it("while forty large texts are to be coded, other zones' clients are served, and each client can read what it gets", async () => {
  const long = Array.from({ length: 40_000 }, (_, i) => `line ${i} ${Math.sin(i)} of a text\n`).join("");
  const other = await cdn.zone(origin.url);
  const hot = newPath();
  origin.on(hot, answer(text));
  for (let i = 0; i < 2; i++) await get(cdn.port, other, hot);
  const paths = Array.from({ length: 40 }, newPath);
  for (const path of paths) {
    origin.on(path, answer(long));
    await ask(path, null);
  }
  let coded = 0;
  const coming = paths.map((path) => ask(path, "br").finally(() => coded++));
  expect(await get(cdn.port, other, hot)).toMatchObject({ end: "whole", headers: { "x-cache": "HIT" } });
  expect(coded, "large texts that it has waited for").toBeLessThan(paths.length);
  for (const got of await Promise.all(coming)) {
    isReadable(got, ["none", "br"], long);
    expect((got as RawAnswer).headers.vary).toBe("Accept-Encoding");
  }
  for (const path of paths.slice(0, 3)) isReadable(await ask(path, "br"), ["br"], long);
});

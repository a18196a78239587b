import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cdn, startCdn } from "./cdn.ts";
import { get, type RawAnswer } from "./raw-client.ts";
import { answer, type Behaviour, chunk, head, LAST_CHUNK, RawOrigin } from "./raw-origin.ts";

let cdn: Cdn;
let origin: RawOrigin;
const zones = new Map<string, string>();

const SHARED = { forward: { cookies: true } };
const WAYS = ["the platform's fetch", "a Host of its own"] as const;

beforeAll(async () => {
  [cdn, origin] = await Promise.all([startCdn(), RawOrigin.start()]);
  const own = { ...SHARED, origin_host: "shop.example.com" };
  for (const [at, way] of WAYS.entries()) zones.set(way, await cdn.zone(origin.url, at === 0 ? SHARED : own));
});

afterAll(async () => {
  await cdn.stop();
  await origin.close();
});

let paths = 0;

/** Two answers to one path: what the origin sends, and what comes of it. */
async function twice(way: string, name: string, behaviour: Behaviour): Promise<RawAnswer[]> {
  const path = `/${++paths}/x.${name}`;
  origin.on(path, behaviour);
  const answers: RawAnswer[] = [];
  for (const cookie of ["session=victim", "session=thief"]) {
    const got = await get(cdn.port, zones.get(way)!, path, { cookie });
    if (got.end !== "whole") throw new Error(`${name}: ${got.end}`);
    answers.push(got);
  }
  return answers;
}

const raw =
  (bytes: string): Behaviour =>
  (socket) =>
    socket.write(bytes);

const lines = (...types: string[]) => types.map((type) => `${type}\r\n`).join("");
const PAGE = "<!DOCTYPE html>\n<title>Your account</title>";
const FRESH = "Cache-Control: public, max-age=600\r\n";
const withTypes = (...types: string[]) =>
  raw(`HTTP/1.1 200 OK\r\n${lines(...types)}${FRESH}Content-Length: ${PAGE.length}\r\n\r\n${PAGE}`);

describe.each(WAYS)("a page under the name of an asset, asked for by %s", (way) => {
  it.each([
    ["one line", withTypes("Content-Type: text/html")],
    ["odd case and parameters", withTypes("cOnTeNt-TyPe:TEXT/Html ;charset=UTF-8;a=b")],
    ["two lines", withTypes("Content-Type: text/css", "Content-Type: text/html")],
    ["two lines, the last of them nonsense", withTypes("Content-Type: text/html", "Content-Type: nonsense")],
    ["two lines of it", withTypes("Content-Type: text/html", "Content-Type: text/html; charset=utf-8")],
    ["XHTML", withTypes("Content-Type: application/xhtml+xml; charset=utf-8")],
    ["no type", withTypes()],
    ["no type, and nosniff", withTypes("X-Content-Type-Options: nosniff")],
    ["an empty type", withTypes("Content-Type:")],
    ["a type that is none", withTypes("Content-Type: html")],
    [
      "no type, gzipped",
      answer(gzipSync(PAGE), { "Cache-Control": "public, max-age=600", "Content-Encoding": "gzip" }),
    ],
    ["no type, in br", answer(brotliCompressSync(PAGE), { "Cache-Control": "s-maxage=600", "Content-Encoding": "br" })],
    [
      "no type, byte by byte",
      (socket) => {
        socket.write(head({ "Transfer-Encoding": "chunked", "Cache-Control": "public, max-age=600" }));
        for (const byte of PAGE) socket.write(chunk(byte));
        socket.write(LAST_CHUNK);
      },
    ],
  ] satisfies [string, Behaviour][])(
    "is passed whole, with no-store and nosniff, and not stored: %s",
    async (_, behaviour) => {
      for (const name of ["css", "js", "png", "mp4", "txt"]) {
        for (const { headers, body } of await twice(way, name, behaviour)) {
          expect(body.toString()).toBe(PAGE);
          expect(headers).toMatchObject({
            "x-cache": "BYPASS",
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
          });
          expect(headers["cache-status"]).toContain("detail=type-mismatch");
          expect(headers["content-type"]).not.toContain(",");
        }
      }
    },
  );
});

describe.each(WAYS)("an asset asked for by %s", (way) => {
  const css = "a { color: red }";
  const typed = (...types: string[]) =>
    raw(`HTTP/1.1 200 OK\r\n${lines(...types)}Content-Length: ${css.length}\r\n\r\n${css}`);

  it.each([
    ["css", typed(), "text/css"],
    ["css", typed("Content-Type: text/html", "Content-Type: text/css; charset=utf-8"), "text/css; charset=utf-8"],
    ["css", typed("Content-Type: text/css; charset=utf-8", "Content-Type: text/css"), "text/css; charset=utf-8"],
    ["css", typed("Content-Type: text/css", "Content-Type: */*"), "text/css"],
    ["js", typed("Content-Type: text/plain", "Content-Type: text/javascript"), "application/javascript"],
    ["mp4", typed("Content-Type: video/mp4", "Content-Type: application/mp4"), "application/mp4"],
  ])("has one type, the last valid one of .%s: %#", async (name, behaviour, type) => {
    const answers = await twice(way, name, behaviour);
    expect(answers.map(({ headers }) => headers["content-type"])).toEqual([type, type]);
    expect(answers.map(({ body }) => body.toString())).toEqual([css, css]);
  });

  it("is whole where it comes without a type, however large it is", async () => {
    const large = Buffer.alloc(3_000_000, "a{}\n");
    for (const { headers, body } of await twice(
      way,
      "css",
      answer(large, { "Cache-Control": "public, max-age=600" }),
    )) {
      expect(headers["content-type"]).toBe("text/css");
      expect(body.equals(large)).toBe(true);
    }
  });

  it.each([
    ["gzip", gzipSync],
    ["br", brotliCompressSync],
  ] as const)("is whole where it comes in %s, without a type", async (coding, code) => {
    const fields = { "Content-Encoding": coding, "Cache-Control": "public, max-age=600" };
    const [miss, hit] = await twice(way, "css", answer(code(css), fields));
    expect([miss!.headers["x-cache"], hit!.headers["x-cache"]]).toEqual(["MISS", "HIT"]);
    expect([String(miss!.body), String(hit!.body)]).toEqual([css, css]);
  });

  it("reaches nobody where it says to be in a coding, without a type, and nothing of it can be read", async () => {
    const path = `/${++paths}/x.css`;
    origin.on(path, answer(css, { "Content-Encoding": "gzip" }));
    for (let n = 0; n < 2; n++) expect(await get(cdn.port, zones.get(way)!, path)).toMatchObject({ end: "no-answer" });
  });
});

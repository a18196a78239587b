import { describe, expect, it } from "vitest";
import { isCompressedData } from "../../../src/edge/origin/compressed-data.ts";
import { decodingOf } from "../../../src/edge/origin/decoding.ts";
import { isCodedAgain } from "../../../src/edge/origin/is-coded-again.ts";

describe("decodingOf()", () => {
  it.each<[title: string, fields: Record<string, string>, path: string, status: number, decoded: string, left: string]>(
    [
      ["one coding", { "content-encoding": "gzip" }, "/a.css", 200, "gzip", ""],
      ["its older name", { "content-encoding": "x-gzip" }, "/a.css", 200, "gzip", ""],
      ["two, the last first", { "content-encoding": "deflate, br" }, "/a.css", 200, "br deflate", ""],
      [
        "more than anybody means",
        { "content-encoding": "gzip, gzip, gzip, gzip" },
        "/a",
        200,
        "",
        "gzip gzip gzip gzip",
      ],
      ["an unknown one", { "content-encoding": "exotic" }, "/a.css", 200, "", "exotic"],
      ["one that cannot be decoded here", { "content-encoding": "compress, gzip" }, "/a", 200, "", "compress gzip"],
      ["a part", { "content-encoding": "gzip" }, "/a.css", 206, "", "gzip"],
      ["no-transform", { "content-encoding": "gzip", "cache-control": "No-Transform" }, "/a.css", 200, "", "gzip"],
      [
        "no-transform for CDNs",
        { "content-encoding": "gzip", "cdn-cache-control": "no-transform" },
        "/a",
        200,
        "",
        "gzip",
      ],
      ["compressed data by its name", { "content-encoding": "gzip" }, "/a.tar.gz", 200, "", "gzip"],
      ["and by its type", { "content-encoding": "gzip", "content-type": "application/x-gzip" }, "/a", 200, "", "gzip"],
      ["what is no coding", { "content-encoding": "UTF-8" }, "/a.css", 200, "", ""],
    ],
  )("%s", (_title, headers, path, status, decoded, left) => {
    const { decoded: off, left: on } = decodingOf({ status, headers: new Headers(headers) }, { path });
    expect([off.join(" "), on.join(" ")]).toEqual([decoded, left]);
  });
});

describe("isCompressedData()", () => {
  it.each<[path: string, type: string | null, verdict: boolean]>([
    ["/a.tgz", null, true],
    ["/a.TAR.GZ", null, true],
    ["/a.js.gz", "text/javascript", true],
    ["/a.svgz", "image/svg+xml", true],
    ["/a.wasm.br", "application/wasm", true],
    ["/a", "application/gzip", true],
    ["/a", "Application/X-GZIP; a=b", true],
    ["/a", "application/x-7z-compressed", true],
    ["/a.js", "text/javascript", false],
    ["/gz", null, false],
    ["/a.tar", "application/x-tar", false],
    ["/a", "application/json", false],
  ])("of %s, %s is %j", (path, type, verdict) => {
    expect(isCompressedData(path, type)).toBe(verdict);
  });
});

describe("isCodedAgain()", () => {
  const text = new TextEncoder().encode("body { color: grün }");

  it.each<[coding: string, start: Uint8Array, verdict: boolean]>([
    ["gzip", Uint8Array.of(0x1f, 0x8b, 8), true],
    ["gzip", text, false],
    ["zstd", Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 4), true],
    ["zstd", text, false],
    ["deflate", Uint8Array.of(0x78, 0x9c), true],
    ["deflate", Uint8Array.of(0x78, 0x9d), false],
    ["deflate", text, false],
    ["br", Uint8Array.of(0x1b, 0xff, 0x0f), true],
    ["br", text, false],
    ["br", text.subarray(0, text.length - 3), false],
  ])("%s of %s is %j", (coding, start, verdict) => {
    expect(isCodedAgain(coding, start)).toBe(verdict);
  });
});
